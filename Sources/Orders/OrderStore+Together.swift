import Cart
import Catalog
import Commerce
import Links
import Postgres

/// Placing several orders in one transaction: all share the rows of the stock, and each transaction locks them once.
extension OrderStore {
    /// Places what can be placed together, in two round trips, like one order by itself. What needs more than that, a code
    /// or a sample whose limits are counted, a cart that another request holds or has ordered, goes by itself; and so does
    /// everybody where the database refuses what was decided: a neighbour's failure is nobody else's.
    func placeTogether(_ candidates: [PlacingLine.Candidate]) async -> [PlacingLine.Outcome] {
        let alone = Array(repeating: PlacingLine.Outcome.alone, count: candidates.count)
        do {
            let catalog = try await catalogs.latest()
            return try await pool.transaction { transaction in
                let tokens = candidates.map { Bytea($0.cart.hash) }
                let rows = try await transaction.execute([
                    CartStore.lockedStatement(tokens),
                    CatalogStore.versionStatement,
                    CatalogStore.stockStatement,
                    Statement("SELECT nextval('order_sequence') AS id FROM generate_series(1, $1)", candidates.count),
                ])
                guard try CatalogStore.version(rows[1]) == catalog.version else { return alone }
                let carts = try CartStore.carts(rows[0])
                var numbers = try rows[3].map { try $0.value("id", as: Int64.self) }[...]
                var stock = try CatalogStore.stock(rows[2])
                var outcomes = alone
                var drafts: [Draft] = []
                var demand: [SKU: Int] = [:]
                var taken: Set<[UInt8]> = []
                for (index, candidate) in candidates.enumerated() {
                    let hash = candidate.cart.hash
                    // The same cart twice: the second finds the order of the first.
                    guard let cart = carts[hash], !cart.isOrdered, cart.expiresAt > candidate.now,
                        taken.insert(hash).inserted, cart.choice.discountCodes.isEmpty
                    else { continue }
                    let quote = quote(cart, for: candidate.request, catalog: catalog, stock: stock, now: candidate.now)
                    guard !quote.lines.contains(where: { $0.product.kind == .sample }) else { continue }
                    if let refusal = candidate.request.refusal(for: cart, quote: quote, catalog: catalog) {
                        outcomes[index] = .refused(refusal)
                        continue
                    }
                    guard let number = numbers.popFirst() else { continue }
                    let order = try draft(
                        candidate.request,
                        id: number,
                        now: candidate.now,
                        cart: cart,
                        quote: quote,
                        catalog: catalog
                    )
                    for part in quote.allotment.demand {
                        demand[part.sku, default: 0] += part.quantity
                        stock.take(part.quantity, of: part.sku)
                    }
                    drafts.append(
                        Draft(order: order, request: candidate.request, cart: candidate.cart, actor: candidate.actor)
                    )
                    outcomes[index] = .placed(order)
                }
                guard !drafts.isEmpty else { return outcomes }
                _ = try await transaction.commit(
                    [CatalogStore.reserve(demand.map { ($0.key, $0.value) })]
                        + (try insertion(drafts, catalog: catalog))
                        + [CartStore.orderedStatement(drafts.map { Bytea($0.cart.hash) })]
                )
                return outcomes
            }
        } catch let error as PostgresError where error.isUnavailability {
            return candidates.map { _ in .failed(error) }
        } catch {
            // By itself each learns what is wrong, such as the stock that went meanwhile.
            return alone
        }
    }

    /// What a cart comes to for a request. A cart that does not say where it goes takes the address's word.
    func quote(
        _ cart: Cart,
        for request: OrderRequest,
        catalog: Catalog,
        stock: StockLevels,
        now: Instant,
        redemptions: [String: Int] = [:]
    ) -> Quote {
        var choice = cart.choice
        if choice.country == nil {
            choice.country = request.shippingAddress.country
            choice.region = request.shippingAddress.region
        }
        return Quote(
            choice,
            catalog: catalog,
            stock: stock,
            moment: moment(choice.course, now: now),
            redemptions: redemptions
        )
    }
}
