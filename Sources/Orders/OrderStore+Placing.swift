import Cart
import Catalog
import CivilTime
import Crypto
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

    /// Places the order of a cart: stock, order, lines, guide, event and outbox row in one transaction, or nothing.
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
            // A cart that does not say where it goes takes the address's word.
            var choice = cart.choice
            if choice.country == nil {
                choice.country = request.shippingAddress.country
                choice.region = request.shippingAddress.region
            }
            let quote = Quote(
                choice,
                catalog: catalog,
                stock: try CatalogStore.stock(rows[2]),
                moment: moment(choice.course, now: now),
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
                    + (try insertion(draft, request: request, cart: token, catalog: catalog, actor: actor))
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

    private func draft(
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
            guide: try IssuedGuide(guide, revision: 1, issuedAt: now, language: request.language)
        )
    }

    private func insertion(
        _ order: Order,
        request: OrderRequest,
        cart: Token,
        catalog: Catalog,
        actor: Actor
    ) throws -> [Statement] {
        let lines = order.lines.enumerated().map { (position: Int16($0.offset + 1), line: $0.element) }
        let components = lines.flatMap { position, line in
            line.components.enumerated().map { (line: position, position: Int16($0.offset + 1), part: $0.element) }
        }
        return [
            Statement(
                """
                INSERT INTO orders (id, number, placed_at, link_key, token_hash, guide_token_hash,
                    calendar_token_hash, cart_token_hash, key_hash, request_fingerprint, payment_method, currency,
                    items_amount, discount_amount, shipping_amount, tax_amount, tax_included, total_amount, catalog_version,
                    shipping_tax_amount, shipping_tax_basis_points, shipping_method, discount_codes, ship_by,
                    customer_name, customer_email, customer_phone, shipping_address, billing_address, language, accepted)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                    $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)
                """,
                order.id,
                order.number.description,
                order.placedAt,
                keys.currentID,
                Bytea(order.token.hash),
                order.guideToken.map { Bytea($0.hash) },
                order.calendarToken.map { Bytea($0.hash) },
                Bytea(cart.hash),
                Bytea(request.keyHash),
                Bytea(request.fingerprint),
                order.paymentMethod,
                order.totals.total.currency,
                order.totals.items.amount,
                order.totals.discount.amount,
                order.totals.shipping.amount,
                order.totals.tax.amount,
                order.totals.isTaxIncluded,
                order.totals.total.amount,
                catalog.version,
                order.shippingTax,
                Int32(order.shippingTaxBasisPoints),
                order.shippingMethod,
                order.discountCodes,
                order.shipBy,
                order.customer.name,
                order.customer.email.rawValue,
                order.customer.phone,
                try StoredAddress.document(order.shippingAddress),
                try order.billingAddress.map(StoredAddress.document),
                order.language,
                order.accepted
            ),
            Statement(
                """
                INSERT INTO order_line (order_id, position, sku, kind, name, quantity, unit_amount, total_amount,
                    discount_amount, tax_amount, tax_basis_points)
                SELECT $1, line.* FROM unnest($2::smallint[], $3::text[], $4::text[], $5::text[], $6::int[], $7::bigint[],
                    $8::bigint[], $9::bigint[], $10::bigint[], $11::int[]) AS line
                """,
                order.id,
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
                SELECT $1, part.* FROM unnest($2::smallint[], $3::smallint[], $4::text[], $5::text[], $6::int[], $7::int[],
                    $8::boolean[]) AS part
                """,
                order.id,
                components.map(\.line),
                components.map(\.position),
                components.map(\.part.sku),
                components.map(\.part.name),
                components.map { Int32($0.part.quantity) },
                components.map { Int32($0.part.wanted) },
                components.map(\.part.isRequired)
            ),
            try Self.insertion(order.guide, of: order.id),
        ] + Self.telling(.placed, order.id, at: order.placedAt, actor)
    }
}

extension OrderStore {
    /// How long until a person may have another sample as a line of its own.
    private static let sampleWindow = Duration.seconds(365 * 24 * 3600)

    /// What was refused, by the constraint that refused it; nil for one that is no limit.
    static func limitDetail(_ constraint: String?) -> String? {
        switch constraint {
        case "discount_not_used_up": "A code of this cart has been used up; take it out."
        case "discount_not_used_up_by_email": "This e-mail address has used a code of this cart as often as it may."
        case "sample_once_per_person": "This e-mail address had the sample in the last 365 days."
        default: nil
        }
    }

    /// Names an e-mail address without telling it.
    private func emailHash(_ email: EmailAddress) -> Bytea { Bytea(keyed("email \(email.normalised)")) }

    /// A hash of a text that only this database can make.
    func keyed(_ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: numbering)))
    }

    /// Takes a number of each limited code, and the person's sample. Whoever comes at the same time waits, and then sees
    /// what is left; where nothing is left, a constraint refuses the order.
    private func limits(_ order: Order, catalog: Catalog) -> [Statement] {
        let hash = emailHash(order.customer.email)
        var statements: [Statement] = []
        // In one order for all, so that no two wait for each other.
        for discount in order.discountCodes.compactMap(catalog.terms.discount).sorted(by: { $0.code < $1.code }) {
            statements.append(
                Statement("SELECT pg_advisory_xact_lock(hashtextextended('discount ' || $1, 0))", discount.code)
            )
            statements.append(
                Statement(
                    """
                    INSERT INTO discount_redemption (order_id, code, email_hash, number, email_number)
                    SELECT $1, $2, $3,
                        CASE WHEN $4::int IS NULL THEN $1 ELSE
                            (SELECT n FROM generate_series(1, $4::int) AS n WHERE NOT EXISTS
                                (SELECT 1 FROM discount_redemption WHERE code = $2 AND number = n) LIMIT 1) END,
                        CASE WHEN $5::int IS NULL THEN $1 ELSE
                            (SELECT n FROM generate_series(1, $5::int) AS n WHERE NOT EXISTS
                                (SELECT 1 FROM discount_redemption WHERE code = $2 AND email_hash = $3 AND email_number = n)
                             LIMIT 1) END
                    """,
                    order.id,
                    discount.code,
                    hash,
                    discount.limit.map { Int32(clamping: $0) },
                    discount.limitPerEmail.map { Int32(clamping: $0) }
                )
            )
        }
        if order.lines.contains(where: { $0.kind == .sample }) {
            statements.append(
                Statement(
                    """
                    INSERT INTO sample_claim AS claim (email_hash, order_id, claimed_at) VALUES ($1, $2, $3)
                    ON CONFLICT (email_hash) DO UPDATE SET claimed_at = EXCLUDED.claimed_at,
                        order_id = CASE WHEN claim.claimed_at <= $4 THEN EXCLUDED.order_id END
                    """,
                    hash,
                    order.id,
                    order.placedAt,
                    order.placedAt + (.zero - Self.sampleWindow)
                )
            )
        }
        return statements
    }
}
