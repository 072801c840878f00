import Cart
import Catalog
package import Commerce
package import Links
package import Postgres
import Records
import UsageGuide

/// From carts to orders: what `OrderStore` then holds.
package struct Checkout: Sendable {
    let orders: OrderStore
    private let queue: PlacementQueue
    private let alongside: Alongside

    /// What rooms above this one write in the transaction that places orders.
    package typealias Alongside = @Sendable ([(order: Order, request: OrderRequest, actor: Actor)]) -> [Statement]

    /// - Parameter alongside: what is written last, after the orders and the first entries of their logs.
    package init(_ orders: OrderStore, alongside: @escaping Alongside) {
        self.orders = orders
        // What asks the database gives up first, and says why.
        queue = PlacementQueue(waitMax: orders.pool.limits.wait + .milliseconds(300))
        self.alongside = alongside
    }

    /// What became of an order request that was not refused.
    package enum Placed: Sendable {
        case now(Order)
        /// The same request had placed it already: the answer is the same again.
        case before(Order)

        package var order: Order {
            switch self {
            case .now(let order), .before(let order): order
            }
        }
    }

    /// Each further attempt has a reason of its own; a catalog that changes all the time must not keep one going.
    private static let attemptsMax = 20
    /// How long a request waits for another one that holds its cart.
    private static let inFlightWait = Duration.seconds(5)

    /// Places the order of a cart: stock, order, lines, guide and the first entry of its log in one transaction, or
    /// nothing. Orders that are asked for at the same time share one (see `placeTogether`).
    ///
    /// Two round trips. The first locks the cart, which makes the requests of one cart follow each other, and reads
    /// what the decision needs. The second writes everything and commits, so that the stock rows, which all orders
    /// share, are locked no longer than it takes to commit. Should the stock have gone in between, the schema refuses
    /// the second trip, and the decision is taken again with the stock rows locked: what is decided then, holds.
    ///
    /// - Throws: `PlacementError`, or `PostgresError` when the database can't be asked or its answer did not arrive; the
    ///   same request with the same key is safe then.
    package func place(_ request: OrderRequest, cart: Link, now: Instant, actor: Actor) async throws -> Placed {
        let candidate = PlacementQueue.Candidate(request: request, cart: cart, now: now, actor: actor)
        switch await queue.join(candidate, place: { await self.placeTogether($0) }) {
        case .placed(let order): return .now(order)
        case .refused(let error): throw error
        case .failed(let error): throw error
        case .alone: return try await placeAlone(candidate)
        }
    }

    /// Whether somebody who wants to order now would be served soon.
    package var hasRoom: Bool { queue.hasRoom }

    private func placeAlone(_ candidate: PlacementQueue.Candidate) async throws -> Placed {
        let deadline = ContinuousClock.now + Self.inFlightWait
        var locksStock = false
        var catalog = try await orders.catalogs.lastSeen()
        for _ in 0..<Self.attemptsMax {
            do {
                return try await attempt(candidate, catalog: catalog, locksStock: locksStock)
            } catch let moved as CatalogMoved {
                // Read outside the transaction: one that waited for a second connection could wait for ever.
                catalog = try await orders.catalogs.catalog(version: moved.version)
            } catch let error as PostgresError {
                guard let refusal = error.serverError else { throw error }
                if refusal.constraint == StockStore.reservationConstraint, !locksStock {
                    locksStock = true
                } else if refusal.state == .lockNotAvailable, refusal.statement == 0 {
                    if ContinuousClock.now >= deadline { throw PlacementError.inFlight }
                } else if let limit = Self.limitDetail(refusal.constraint) {
                    throw PlacementError.limitReached(limit)
                } else if refusal.constraint != "orders_one_per_cart" {
                    throw error
                }
                // After orders_one_per_cart the cart was gone and another request was first: its order is there now.
            }
        }
        throw PlacementError.inFlight
    }

    /// The catalog that the decision was to be taken with is no longer the newest.
    private struct CatalogMoved: Error {
        let version: Int64
    }

    private func attempt(
        _ candidate: PlacementQueue.Candidate,
        catalog: Catalog,
        locksStock: Bool
    ) async throws -> Placed {
        let (request, now, id) = (candidate.request, candidate.now, candidate.cart.target.id)
        return try await orders.pool.transaction { transaction in
            let (found, version, stock, sequence, redemptions, earlier) = try await transaction.read(
                CartStore.cart(candidate.cart, locking: true),
                CatalogStore.version,
                StockStore.available(locking: locksStock),
                Self.nextIDs(1),
                redemptions(ofCart: id),
                orders.placed(from: candidate.cart)
            )
            // Asked first: the order lasts longer than its cart.
            if let earlier { return .before(try repeated(earlier.order, under: earlier.key, request)) }
            guard let cart = found else { throw PlacementError.cartUnknown }
            guard cart.expiresAt > now else { throw PlacementError.cartExpired }
            guard version == catalog.version else { throw CatalogMoved(version: version) }
            let quote = quote(cart, for: request, catalog: catalog, stock: stock, now: now, redemptions: redemptions)
            if let error = request.error(for: cart, quote: quote, catalog: catalog) { throw error }
            guard let orderID = sequence.first else { throw PostgresError.misuse("the sequence of orders gave no id") }
            let placement = Placement(
                order: try order(for: request, id: orderID, now: now, cart: cart, quote: quote, catalog: catalog),
                request: request,
                cart: candidate.cart.target,
                actor: candidate.actor,
                catalogVersion: catalog.version,
                linkKey: orders.keys.current
            )
            _ = try await transaction.commit(
                [StockStore.reserve(quote.allotment.demand)] + insertions([placement])
                    + limits(placement.order, catalog: catalog)
                    + [CartStore.ordered([id])]
            )
            orders.changes.notify()
            return .now(placement.order)
        }
    }

    /// The cart has an order: the same request gets the same answer, any other learns where the order is.
    private func repeated(_ order: Order, under key: IdempotencyKey, _ request: OrderRequest) throws -> Order {
        guard key.scope == request.key.scope else { throw PlacementError.alreadyOrdered(order) }
        guard key.fingerprint == request.key.fingerprint else { throw PlacementError.keyReused }
        return order
    }

    /// Takes the ids of orders to come. One that is not used is never used.
    static func nextIDs(_ count: Int) -> Query<[Int64]> {
        Query(
            each: Statement("SELECT nextval('order_sequence') AS id FROM generate_series(1, $1)", count)
        ) { try $0.value("id") }
    }

    /// The order that a request comes to, as it is placed.
    func order(
        for request: OrderRequest,
        id: Int64,
        now: Instant,
        cart: Cart,
        quote: Quote,
        catalog: Catalog
    ) throws -> Order {
        let lines = quote.lines.map { line in
            Order.Line(
                sku: line.product.sku,
                kind: line.product.kind,
                name: line.product.name,
                quantity: line.quantity,
                unitPrice: line.unitPrice,
                total: line.total,
                components: line.parts.map { part in
                    Order.Component(
                        sku: part.sku,
                        name: catalog.product(part.sku)?.name ?? part.sku.rawValue,
                        quantity: part.allotted,
                        wanted: part.wanted,
                        isRequired: part.isRequired
                    )
                },
                shares: line.shares,
                isSealed: catalog.isSealed(line.product)
            )
        }
        let regimen = Regimen.current
        let guide = Guide(
            plan: Plan(cart.choice.course, regimen: regimen),
            products: Guide.Product.list(regimen, bought: Order.bought(lines)) { catalog.product($0)?.name }
        )
        let target = LinkTarget(id: id, version: 1, key: orders.keys.current)
        return Order(
            id: id,
            number: orders.number(of: id),
            token: try orders.keys.link(.order, to: target).token,
            guideToken: try orders.keys.link(.guide, to: target).token,
            calendarToken: try orders.keys.link(.calendar, to: target).token,
            linkVersions: [.order: 1, .guide: 1, .calendar: 1],
            placedAt: now,
            status: .placed,
            paymentStatus: .unpaid,
            fulfilmentStatus: .unfulfilled,
            totals: quote.totals,
            shippingTax: quote.shippingTax,
            shippingTaxBasisPoints: quote.shippingTaxBasisPoints,
            adjustments: [],
            isStockHeld: true,
            isMailUndeliverable: false,
            refunded: 0,
            shippingMethod: quote.delivery?.method.code,
            discountCodes: cart.choice.discountCodes,
            reference: cart.choice.reference,
            shipBy: quote.delivery?.shipBy,
            details: request.details,
            packedAt: nil,
            deliveredAt: nil,
            hold: nil,
            lines: lines,
            shipments: [],
            guide: try orders.issue(guide, at: now, language: request.details.language)
        )
    }

    // MARK: - Writing

    /// An order that is to be written, with what it was asked by.
    struct Placement: Sendable {
        let order: Order
        let request: OrderRequest
        let cart: LinkTarget
        let actor: Actor
        let catalogVersion: Int64
        /// The number of the key of its links.
        let linkKey: Int16
    }

    /// Writes orders with all that belongs to them: one statement for each table, however many they are.
    func insertions(_ placements: [Placement]) throws -> [Statement] {
        let lines = placements.flatMap { placement in
            placement.order.lines.enumerated().map {
                PlacedLine(order: placement.order.id, position: $0.offset + 1, line: $0.element)
            }
        }
        let components = lines.flatMap { line in
            line.line.components.enumerated().map {
                PlacedComponent(line: line, position: $0.offset + 1, component: $0.element)
            }
        }
        return [
            try Self.orderRows.statement(placements), try Self.orderLines.statement(lines),
            try Self.orderComponents.statement(components),
            try IssuedGuide.rows.statement(placements.map { ($0.order.id, $0.order.guide) }),
            try OrderLog.firstEntries(of: placements),
        ] + alongside(placements.map { ($0.order, $0.request, $0.actor) })
    }

    private static let orderRows = Insertion<Placement>(
        into: "orders",
        [
            .column("id") { $0.order.id },
            .column("number") { $0.order.number.description },
            .column("placed_at") { $0.order.placedAt },
            .column("link_key") { $0.linkKey },
            .column("cart_id") { $0.cart.id },
            .column("cart_link_key") { $0.cart.key },
            .column("key_hash") { Bytea($0.request.key.scope) },
            .column("request_fingerprint") { Bytea($0.request.key.fingerprint) },
            .column("currency") { $0.order.totals.total.currency },
            .column("items_amount") { $0.order.totals.items.amount },
            .column("discount_amount") { $0.order.totals.discount.amount },
            .column("shipping_amount") { $0.order.totals.shipping.amount },
            .column("tax_amount") { $0.order.totals.tax.amount },
            .column("tax_included") { $0.order.totals.isTaxIncluded },
            .column("total_amount") { $0.order.totals.total.amount },
            .column("shipping_tax_amount") { $0.order.shippingTax },
            .column("shipping_tax_basis_points") { $0.order.shippingTaxBasisPoints },
            .column("catalog_version") { $0.catalogVersion },
            .optional("shipping_method") { $0.order.shippingMethod },
            // Codes hold no comma.
            .column("discount_codes", as: "string_to_array(%, ',')") {
                $0.order.discountCodes.joined(separator: ",")
            },
            .optional("reference") { $0.order.reference },
            .optional("ship_by") { $0.order.shipBy },
        ] + Order.Details.columns.map { $0.of { $0.order.details } }
    )

    private struct PlacedLine: Sendable {
        let order: Int64
        let position: Int
        let line: Order.Line
    }

    private static let orderLines = Insertion<PlacedLine>(
        into: "order_line",
        [
            .column("order_id") { $0.order },
            .column("position") { $0.position },
            .column("sku") { $0.line.sku },
            .column("kind") { $0.line.kind },
            .column("name") { $0.line.name },
            .column("quantity") { $0.line.quantity },
            .column("unit_amount") { $0.line.unitPrice.amount },
            .column("total_amount") { $0.line.total.amount },
            .column("discount_amount") { $0.line.shares.discount },
            .column("tax_amount") { $0.line.shares.tax },
            .column("tax_basis_points") { $0.line.shares.taxBasisPoints },
            .column("is_sealed") { $0.line.isSealed },
        ]
    )

    private struct PlacedComponent: Sendable {
        let line: PlacedLine
        let position: Int
        let component: Order.Component
    }

    private static let orderComponents = Insertion<PlacedComponent>(
        into: "order_component",
        [
            .column("order_id") { $0.line.order },
            .column("line") { $0.line.position },
            .column("position") { $0.position },
            .column("sku") { $0.component.sku },
            .column("name") { $0.component.name },
            .column("quantity") { $0.component.quantity },
            .column("wanted") { $0.component.wanted },
            .column("required") { $0.component.isRequired },
        ]
    )
}
