import Cart
import Catalog
package import Commerce
package import Links
import Postgres
import UsageGuide

extension OrderStore {
    /// What became of an order request that was not refused.
    package enum Outcome: Sendable {
        case placed(Order)
        /// The same request had placed it already: the answer is the same again.
        case repeated(Order)

        package var order: Order {
            switch self {
            case .placed(let order), .repeated(let order): order
            }
        }
    }

    /// Each further attempt has a reason of its own; a catalog that changes all the time must not keep one going.
    private static let attemptsMax = 20
    /// How long a request waits for another one that holds its cart.
    private static let inFlightWait = Duration.seconds(5)

    /// Places the order of a cart: stock, order, lines, guide, event and outbox row in one transaction, or nothing. Orders
    /// that are asked for at the same time share one (see `placeTogether`).
    ///
    /// Two round trips. The first locks the cart, which makes the requests of one cart follow each other, and reads
    /// what the decision needs. The second writes everything and commits, so that the stock rows, which all orders
    /// share, are locked no longer than it takes to commit. Should the stock have gone in between, the schema refuses
    /// the second trip, and the decision is taken again with the stock rows locked: what is decided then, holds.
    ///
    /// - Throws: `OrderRequest.Refusal`, or `PostgresError` when the database can't be asked or its answer did not
    ///   arrive; the same request with the same key is safe then.
    package func place(
        _ request: OrderRequest,
        cart: Token,
        now: Instant,
        actor: Actor
    ) async throws -> Outcome {
        let candidate = PlacingLine.Candidate(request: request, cart: cart, now: now, actor: actor)
        switch await line.join(candidate, place: { await self.placeTogether($0) }) {
        case .placed(let order): return .placed(order)
        case .refused(let refusal): throw refusal
        case .failed(let error): throw error
        case .alone: return try await placeAlone(request, cart: cart, now: now, actor: actor)
        }
    }

    /// Whether somebody who wants to order now would be served soon.
    package var hasRoom: Bool { line.hasRoom }

    private func placeAlone(
        _ request: OrderRequest,
        cart: Token,
        now: Instant,
        actor: Actor
    ) async throws -> Outcome {
        let deadline = ContinuousClock.now + Self.inFlightWait
        var locksStock = false
        var catalog = try await catalogs.latest()
        for _ in 0..<Self.attemptsMax {
            do {
                return try await attempt(
                    request,
                    cart: cart,
                    catalog: catalog,
                    now: now,
                    actor: actor,
                    locksStock: locksStock
                )
            } catch let moved as CatalogMoved {
                // Read outside the transaction: one that waited for a second connection could wait for ever.
                catalog = try await catalogs.catalog(version: moved.version)
            } catch let error as PostgresError {
                guard let refusal = error.serverError else { throw error }
                if refusal.constraint == CatalogStore.stockConstraint, !locksStock {
                    locksStock = true
                } else if refusal.state == .lockNotAvailable, refusal.statement == 0 {
                    if ContinuousClock.now >= deadline { throw OrderRequest.Refusal.inFlight }
                } else if let limit = Self.limitDetail(refusal.constraint) {
                    throw OrderRequest.Refusal.limitReached(limit)
                } else if refusal.constraint != "orders_one_per_cart" {
                    throw error
                }
                // After orders_one_per_cart the cart was gone and another request was first: its order is there now.
            }
        }
        throw OrderRequest.Refusal.inFlight
    }

    /// The catalog that the decision was to be taken with is no longer the newest.
    private struct CatalogMoved: Error {
        let version: Int64
    }

    private func attempt(
        _ request: OrderRequest,
        cart token: Token,
        catalog: Catalog,
        now: Instant,
        actor: Actor,
        locksStock: Bool
    ) async throws -> Outcome {
        try await pool.transaction { transaction in
            let rows = try await transaction.execute(
                [
                    CartStore.lockedStatement(token),
                    CatalogStore.versionStatement,
                    locksStock ? CatalogStore.lockedStockStatement() : CatalogStore.stockStatement,
                    Statement("SELECT nextval('order_sequence') AS id"),
                    CartStore.redemptionStatement(token),
                ] + Self.statements(.cart, token)
            )
            if let earlier = try order(Array(rows[5...])) { return try repeated(earlier, rows[5], request) }
            let head = try rows[3].single()
            guard let cart = try CartStore.cart(rows[0]) else { throw OrderRequest.Refusal.cartUnknown }
            guard cart.expiresAt > now else { throw OrderRequest.Refusal.cartExpired }
            let version = try CatalogStore.version(rows[1])
            guard version == catalog.version else { throw CatalogMoved(version: version) }
            let quote = quote(
                cart,
                for: request,
                catalog: catalog,
                stock: try CatalogStore.stock(rows[2]),
                now: now,
                redemptions: try CartStore.redemptions(rows[4])
            )
            if let refusal = request.refusal(for: cart, quote: quote, catalog: catalog) { throw refusal }
            let draft = try draft(
                request,
                id: try head.value("id"),
                now: now,
                cart: cart,
                quote: quote,
                catalog: catalog
            )
            _ = try await transaction.commit(
                [CatalogStore.reserve(quote.allotment.demand)]
                    + (try insertion(
                        [Draft(order: draft, request: request, cart: token, actor: actor)],
                        catalog: catalog
                    ))
                    + limits(draft, catalog: catalog)
                    + [CartStore.orderedStatement(token)]
            )
            return .placed(draft)
        }
    }

    /// The cart has an order: the same request gets the same answer, any other learns where the order is.
    private func repeated(_ order: Order, _ rows: Rows, _ request: OrderRequest) throws -> Outcome {
        let row = try rows.single()
        guard try row.value("key_hash", as: Bytea.self).bytes == request.keyHash else {
            throw OrderRequest.Refusal.alreadyOrdered(order)
        }
        guard try row.value("request_fingerprint", as: Bytea.self).bytes == request.fingerprint else {
            throw OrderRequest.Refusal.keyReused
        }
        return .repeated(order)
    }

    func draft(
        _ request: OrderRequest,
        id: Int64,
        now: Instant,
        cart: Cart,
        quote: Quote,
        catalog: Catalog
    ) throws -> Order {
        guard let key = keys.current else { throw PostgresError.misuse("there is no current link key") }
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
                shares: line.shares
            )
        }
        let regimen = Regimen.current
        let guide = Guide(
            plan: Plan(cart.choice.course, regimen: regimen),
            products: Guide.Product.list(regimen, bought: Order.bought(lines)) { catalog.product($0)?.name }
        )
        return Order(
            id: id,
            number: OrderNumber(sequence: UInt64(id), secret: numbering),
            token: key.token(.order, of: Self.name(id), version: 1),
            guideToken: key.token(.guide, of: Self.name(id), version: 1),
            calendarToken: key.token(.calendar, of: Self.name(id), version: 1),
            placedAt: now,
            status: .placed,
            paymentStatus: .unpaid,
            paymentMethod: request.paymentMethod,
            fulfilmentStatus: .unfulfilled,
            lines: lines,
            totals: quote.totals,
            shippingTax: quote.shippingTax,
            shippingTaxBasisPoints: quote.shippingTaxBasisPoints,
            shippingMethod: quote.delivery?.method.code,
            discountCodes: cart.choice.discountCodes,
            shipBy: quote.delivery?.shipBy,
            customer: request.customer,
            shippingAddress: request.shippingAddress,
            billingAddress: request.billingAddress,
            language: request.language,
            accepted: request.accepted.sorted(),
            guide: try issue(guide, revision: 1, at: now, language: request.language)
        )
    }

    /// An order that is to be written, with what it was asked by.
    struct Draft {
        let order: Order
        let request: OrderRequest
        let cart: Token
        let actor: Actor
    }

    /// Writes orders with all that belongs to them: one statement for each table, however many they are.
    func insertion(_ drafts: [Draft], catalog: Catalog) throws -> [Statement] {
        let orders = drafts.map(\.order)
        let lines = orders.flatMap { order in
            order.lines.enumerated().map { (order: order.id, position: Int16($0.offset + 1), line: $0.element) }
        }
        let components = lines.flatMap { order, position, line in
            line.components.enumerated().map {
                (order: order, line: position, position: Int16($0.offset + 1), part: $0.element)
            }
        }
        return [
            Statement(
                """
                INSERT INTO orders (id, number, placed_at, token_hash, guide_token_hash, calendar_token_hash,
                    cart_token_hash, key_hash, request_fingerprint, payment_method, currency, items_amount, discount_amount,
                    shipping_amount, tax_amount, tax_included, total_amount, shipping_tax_amount,
                    shipping_tax_basis_points, shipping_method, discount_codes, ship_by, customer_name, customer_email,
                    customer_phone, address_line1, address_line2, address_city, address_region, address_postal_code,
                    address_country, billing_address, language, accepted, link_key, catalog_version)
                SELECT id, number, placed_at, token, guide, calendar, cart, key, fingerprint, method, currency, items,
                    discount, shipping, tax, tax_included, total, shipping_tax, shipping_rate, shipping_method,
                    string_to_array(codes, ','), ship_by, name, email, phone, line1, line2, city, region, postal_code, country,
                    billing, language, string_to_array(accepted, ','), $35, $36
                FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[],
                    $8::bytea[], $9::bytea[], $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[],
                    $15::bigint[], $16::boolean[], $17::bigint[], $18::bigint[], $19::int[], $20::text[], $21::text[],
                    $22::date[], $23::text[], $24::text[], $25::text[], $26::text[], $27::text[], $28::text[],
                    $29::text[], $30::text[], $31::text[], $32::jsonb[], $33::text[], $34::text[])
                    AS draft (id, number, placed_at, token, guide, calendar, cart, key, fingerprint, method, currency, items,
                        discount, shipping, tax, tax_included, total, shipping_tax, shipping_rate, shipping_method, codes,
                        ship_by, name, email, phone, line1, line2, city, region, postal_code, country, billing, language,
                        accepted)
                """,
                orders.map(\.id),
                orders.map(\.number.description),
                orders.map(\.placedAt),
                orders.map { Bytea($0.token.hash) },
                NullableArray(orders.map { $0.guideToken.map { Bytea($0.hash) } }),
                NullableArray(orders.map { $0.calendarToken.map { Bytea($0.hash) } }),
                drafts.map { Bytea($0.cart.hash) },
                drafts.map { Bytea($0.request.keyHash) },
                drafts.map { Bytea($0.request.fingerprint) },
                orders.map(\.paymentMethod),
                orders.map(\.totals.total.currency),
                orders.map(\.totals.items.amount),
                orders.map(\.totals.discount.amount),
                orders.map(\.totals.shipping.amount),
                orders.map(\.totals.tax.amount),
                orders.map(\.totals.isTaxIncluded),
                orders.map(\.totals.total.amount),
                orders.map(\.shippingTax),
                orders.map { Int32($0.shippingTaxBasisPoints) },
                NullableArray(orders.map(\.shippingMethod)),
                // Codes hold no comma.
                orders.map { $0.discountCodes.joined(separator: ",") },
                NullableArray(orders.map(\.shipBy)),
                orders.map(\.customer.name),
                orders.map(\.customer.email.rawValue),
                NullableArray(orders.map(\.customer.phone)),
                orders.map(\.shippingAddress.line1),
                NullableArray(orders.map(\.shippingAddress.line2)),
                orders.map(\.shippingAddress.city),
                NullableArray(orders.map(\.shippingAddress.region)),
                orders.map(\.shippingAddress.postalCode),
                orders.map(\.shippingAddress.country),
                NullableArray(try orders.map { try $0.billingAddress.map(StoredAddress.document) }),
                orders.map(\.language),
                orders.map { $0.accepted.joined(separator: ",") },
                keys.currentID,
                catalog.version
            ),
            Statement(
                """
                INSERT INTO order_line (order_id, position, sku, kind, name, quantity, unit_amount, total_amount,
                    discount_amount, tax_amount, tax_basis_points)
                SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::int[],
                    $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::int[])
                """,
                lines.map(\.order),
                lines.map(\.position),
                lines.map(\.line.sku),
                lines.map(\.line.kind),
                lines.map(\.line.name),
                lines.map { Int32($0.line.quantity) },
                lines.map(\.line.unitPrice.amount),
                lines.map(\.line.total.amount),
                lines.map(\.line.shares.discount),
                lines.map(\.line.shares.tax),
                lines.map { Int32($0.line.shares.taxBasisPoints) }
            ),
            Statement(
                """
                INSERT INTO order_component (order_id, line, position, sku, name, quantity, wanted, required)
                SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::text[], $5::text[], $6::int[],
                    $7::int[], $8::boolean[])
                """,
                components.map(\.order),
                components.map(\.line),
                components.map(\.position),
                components.map(\.part.sku),
                components.map(\.part.name),
                components.map { Int32($0.part.quantity) },
                components.map { Int32($0.part.wanted) },
                components.map(\.part.isRequired)
            ),
            try Self.insertion(orders.map { ($0.guide, $0.id) }),
            Statement(
                """
                INSERT INTO order_event (order_id, at, kind, actor, request_id)
                SELECT order_id, at, 'placed', actor, request_id
                FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[]) AS e (order_id, at, actor, request_id)
                """,
                orders.map(\.id),
                orders.map(\.placedAt),
                drafts.map(\.actor.name),
                drafts.map(\.actor.requestID)
            ),
            Statement(
                """
                INSERT INTO outbox (order_id, topic, created_at)
                SELECT order_id, 'order.placed', at FROM unnest($1::bigint[], $2::timestamptz[]) AS told (order_id, at)
                """,
                orders.map(\.id),
                orders.map(\.placedAt)
            ),
        ]
    }
}
