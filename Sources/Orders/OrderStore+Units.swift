import Cart
import Catalog
package import Commerce
package import Postgres
package import Records

/// What becomes of the units of an order, once it was placed: they are given up, come back, or are lost.
extension OrderStore {
    /// Gives up units that lie in no parcel: they are never packed, their stock is free, the order has come as far as what is
    /// left of it has, and the guide names them no more.
    /// - Parameters:
    ///   - announced: lines of which all that the customer has is announced to come back: nothing of them is sent.
    ///   - entry: what the log says of it.
    /// - Returns: what to run, and where the order's units are then.
    /// - Throws: `OrderError.notOpen`.
    package func cancelUnits(
        _ order: Order,
        _ quantities: [SKU: Int],
        announced: Set<Int> = [],
        saying entry: Statement,
        at now: Instant,
        by actor: Actor
    ) throws -> (statements: [Statement], units: UnitCount) {
        let cancellations = try order.cancellations(quantities)
        let after = order.without(cancellations)
        let gone = cancellations.map(\.line).filter { after.lines[$0 - 1].left == 0 }
        let unsent = unsent(after.unsent(ofLines: announced.union(gone)), announced: announced, of: after, now, actor)
        let free = cancellations.flatMap(\.components).map { ($0.sku, $0.quantity) } + unsent.free
        let statements =
            unsent.statements + [entry] + OrderFacts.unitsCancelled(order, cancellations)
            + (try settled(unsent.order, free: free, at: now, by: actor))
        return (statements, unsent.order.units)
    }

    /// Whole units of lines were lost on their way, and are not sent again.
    /// - Parameters:
    ///   - awaited: how many units of lines the customer withdrew from and is to send back.
    /// - Returns: what to run, and where the order's units are then.
    package func loseUnits(
        _ order: Order,
        _ lines: [Int: Int],
        besides awaited: [Int: Int],
        reason: String,
        at now: Instant,
        by actor: Actor
    ) throws -> (statements: [Statement], units: UnitCount) {
        let components = order.kept(ofLines: lines)
        var after = order
        for (line, quantity) in lines { after.lines[line - 1].lostQuantity += quantity }
        for (place, quantity) in components { after.change(place) { $0.lost += quantity } }
        let gone = lines.keys.filter { after.lines[$0 - 1].left <= awaited[$0, default: 0] }
        let places = order.replacementsWaiting(ofLines: lines, besides: components)
            .merging(after.unsent(ofLines: Set(gone))) { max($0, $1) }
        let announced = Set(gone.filter { after.lines[$0 - 1].left > 0 })
        let unsent = unsent(places, announced: announced, of: after, now, actor)
        let statements =
            unsent.statements + [OrderLog.entry(.lost, of: order.id, at: now, by: actor, reason: reason)]
            + OrderFacts.unitsLost(order, lines: lines, components: components)
            + (try settled(unsent.order, free: unsent.free, at: now, by: actor))
        return (statements, unsent.order.units)
    }

    /// Some units came back, by line and position of their components: the customer has them no more, and the guide says so.
    /// - Parameter awaited: how many units of lines the customer withdrew from and is still to send back.
    package func returnUnits(
        _ order: Order,
        lines: [Int: Int],
        components: [Order.OpenComponent.Place: Int],
        besides awaited: [Int: Int],
        at now: Instant,
        by actor: Actor
    ) throws -> [Statement] {
        var after = order
        for (line, quantity) in lines { after.lines[line - 1].returnedQuantity += quantity }
        for (place, quantity) in components { after.change(place) { $0.returned += quantity } }
        let gone = lines.keys.filter { after.lines[$0 - 1].left <= awaited[$0, default: 0] }
        let announced = Set(gone.filter { after.lines[$0 - 1].left > 0 })
        let unsent = unsent(after.unsent(ofLines: Set(gone)), announced: announced, of: after, now, actor)
        return unsent.statements + OrderFacts.unitsReturned(order, lines: lines, components: components)
            + (try settled(unsent.order, free: unsent.free, at: now, by: actor))
    }

    /// All that the customer has of some lines is announced to come back: what of them has not left is never sent.
    package func announceUnits(_ order: Order, ofLines lines: Set<Int>, at now: Instant, by actor: Actor) throws
        -> [Statement]
    {
        let unsent = unsent(order.unsent(ofLines: lines), announced: lines, of: order, now, actor)
        if unsent.statements.isEmpty { return [] }
        return unsent.statements + (try settled(unsent.order, free: unsent.free, at: now, by: actor))
    }

    /// What was to be sent once more and lies in no parcel is never sent: what it was to replace is the customer's again.
    /// - Throws: `OrderError.cancelled`, `OrderError.noReplacement`.
    package func cancelReplacements(
        _ locator: OrderLocator,
        reason: String,
        key: IdempotencyKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let shipping = try await catalogs.lastSeen().terms.shipping
        return try await perform(key, on: locator, now: now) { order in
            guard order.status != .cancelled else { throw OrderError.cancelled }
            let places = order.openReplacements
            guard !places.isEmpty else { throw OrderError.noReplacement }
            let lines = Set(places.keys.map(\.line))
            let unsent = unsent(places, announced: lines, of: order, because: reason, now, actor)
            return unsent.statements + (try settled(unsent.order, free: unsent.free, at: now, by: actor))
                + shipByOfTheRest(unsent.order, shipping)
        }
    }

    /// What else is still to be sent is no longer as urgent as what was to be sent once more: it has the day again that it
    /// had when the order was placed.
    private func shipByOfTheRest(_ order: Order, _ shipping: [ShippingMethod]) -> [Statement] {
        let lines = Set(1...order.lines.count)
        let unsent = order.unsent(ofLines: lines).keys
        guard !unsent.isEmpty, unsent.allSatisfy({ order.part($0).replacement == 0 }),
            let method = shipping.first(where: { $0.code == order.shippingMethod })
        else { return [] }
        return [
            OrderFacts.shipBy(Quote.shipBy(method, order.course, moment(of: order, now: order.placedAt)), of: order)
        ]
    }

    // MARK: -

    /// The order once something of it is never sent, the statements that say so, and the stock that is free by it.
    private typealias Unsent = (order: Order, statements: [Statement], free: [(sku: SKU, quantity: Int)])

    /// Units that have not left are never sent; a parcel that waits with some of them is opened.
    /// - Parameters:
    ///   - places: how many of which component.
    ///   - announced: lines whose units the customer still has: those that were to be replaced are among them again.
    private func unsent(
        _ places: [Order.OpenComponent.Place: Int],
        announced: Set<Int> = [],
        of order: Order,
        because reason: String = "Nothing of what it belongs to stays with the customer.",
        _ now: Instant,
        _ actor: Actor
    ) -> Unsent {
        guard !places.isEmpty else { return (order, [], []) }
        var (after, statements): (Order, [Statement]) = (order, [])
        if places.contains(where: { order.part($0.key).open < $0.value }) {
            statements = OrderFacts.unpacked(order, at: now, by: actor)
            after = order.withParcelsOpened
        }
        let found = order.lost(replacedBy: places.filter { announced.contains($0.key.line) })
        for (place, quantity) in places { after.change(place) { $0.cancelled += quantity } }
        for (place, quantity) in found { after.change(place) { $0.lost -= quantity } }
        statements.append(OrderFacts.unsent(order, places))
        if !found.isEmpty { statements += OrderFacts.unitsLost(order, components: found.mapValues(-)) }
        statements.append(OrderLog.entry(.sendingCancelled, of: order.id, at: now, by: actor, reason: reason))
        return (after, statements, places.map { (order.part($0.key).sku, $0.value) })
    }

    /// What follows from where an order's units are then: its stock, how far it has come, and its guide.
    private func settled(
        _ order: Order,
        free: [(sku: SKU, quantity: Int)],
        at now: Instant,
        by actor: Actor
    ) throws -> [Statement] {
        (order.isStockHeld && !free.isEmpty ? [StockStore.release(free)] : [])
            + OrderFacts.standing(order, with: order.units, at: now, by: actor)
            + (try reissue(order, at: now))
    }
}
