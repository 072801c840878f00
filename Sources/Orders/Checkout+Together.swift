import Cart
import Catalog
import Commerce
import Links
import Postgres

/// Placing several orders in one transaction: all share the rows of the stock, and each transaction locks them once.
extension Checkout {
    /// Places what can be placed together, in two round trips, like one order by itself. What needs more than that, a code
    /// or a sample whose limits are counted, a cart that another request holds or has ordered, goes by itself; and so does
    /// everybody where the database refuses what was decided: a neighbour's failure is nobody else's.
    func placeTogether(_ candidates: [PlacementQueue.Candidate]) async -> [PlacementQueue.Outcome] {
        let alone = Array(repeating: PlacementQueue.Outcome.alone, count: candidates.count)
        do {
            let catalog = try await orders.catalogs.lastSeen()
            return try await orders.pool.transaction { transaction in
                let (carts, version, levels, ids) = try await transaction.read(
                    CartStore.locked(candidates.map(\.cart)),
                    CatalogStore.version,
                    StockStore.available(),
                    Self.nextIDs(candidates.count)
                )
                guard version == catalog.version else { return alone }
                var freeIDs = ids[...]
                var stock = levels
                var outcomes = alone
                var placements: [Placement] = []
                var demand: [SKU: Int] = [:]
                var taken: Set<Int64> = []
                for (index, candidate) in candidates.enumerated() {
                    // The same cart twice: the second finds the order of the first.
                    guard let cart = carts[candidate.cart.target.id], cart.linkTarget == candidate.cart.target,
                        !cart.isOrdered, cart.expiresAt > candidate.now, taken.insert(cart.id).inserted,
                        cart.choice.discountCodes.isEmpty
                    else { continue }
                    let quote = quote(cart, for: candidate.request, catalog: catalog, stock: stock, now: candidate.now)
                    guard !quote.lines.contains(where: { $0.product.kind == .sample }) else { continue }
                    if let error = candidate.request.error(for: cart, quote: quote, catalog: catalog) {
                        outcomes[index] = .refused(error)
                        continue
                    }
                    guard let id = freeIDs.popFirst() else { continue }
                    let order = try order(
                        for: candidate.request,
                        id: id,
                        now: candidate.now,
                        cart: cart,
                        quote: quote,
                        catalog: catalog
                    )
                    for part in quote.allotment.demand {
                        demand[part.sku, default: 0] += part.quantity
                        stock.take(part.quantity, of: part.sku)
                    }
                    placements.append(
                        Placement(
                            order: order,
                            request: candidate.request,
                            cart: cart.linkTarget,
                            actor: candidate.actor,
                            catalogVersion: catalog.version,
                            linkKey: orders.keys.current
                        )
                    )
                    outcomes[index] = .placed(order)
                }
                guard !placements.isEmpty else { return outcomes }
                _ = try await transaction.commit(
                    [StockStore.reserve(demand.map { ($0.key, $0.value) })] + insertions(placements)
                        + [CartStore.ordered(placements.map(\.cart.id))]
                )
                orders.changes.notify()
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
            choice.country = request.details.shippingAddress.country
            choice.region = request.details.shippingAddress.region
        }
        return Quote(
            choice,
            catalog: catalog,
            stock: stock,
            moment: orders.moment(choice.course, now: now),
            redemptions: redemptions
        )
    }
}
