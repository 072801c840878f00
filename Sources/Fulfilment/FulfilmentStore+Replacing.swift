import Cart
import Catalog
package import Commerce
package import Orders
import Postgres
package import Records
import Returns
import UsageGuide

extension FulfilmentStore {
    /// Sends units once more, without a price: those that were sent are given up as lost, others take their place in the
    /// queue, urgent by the next day on which the plan needs them. The order's sums stay.
    /// - Throws: `OrderError`, `FulfilmentError`.
    package func replace(
        _ locator: OrderLocator,
        _ request: ReplacementRequest,
        key: IdempotencyKey,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let terms = try await orders.catalogs.current().terms
        do {
            return try await orders.perform(
                key,
                on: locator,
                now: now,
                reading: ReturnStore.returns(of: orders.id(locator))
            ) { order, returns in
                guard order.status != .cancelled else { throw OrderError.cancelled }
                let replacement = try Replacement(request, for: order, besides: order.withdrawn(returns))
                let gone = replacement.lost.values.reduce(0, +)
                var units = order.units
                units.lost += gone
                units.sent += gone
                let shipBy = shipBy(replacement, of: order, terms, now: now)
                return (order.isStockHeld ? [StockStore.reserve(replacement.quantities)] : [])
                    + [OrderLog.entry(.replaced, of: order.id, at: now, by: actor, reason: request.reason)]
                    + OrderFacts.unitsLost(order, components: replacement.lost)
                    + [OrderFacts.replaced(order, replacement.sent), OrderFacts.shipBy(shipBy, of: order)]
                    + OrderFacts.standing(order, with: units, at: now, by: actor)
            }
        } catch let error as PostgresError where StockStore.isShortage(error) {
            throw FulfilmentError.notShippable("The stock has fewer than are to be sent: receive some first.")
        }
    }

    /// What sending units once more would send, and by when.
    /// - Throws: `OrderError`, `FulfilmentError`.
    package func preview(
        _ request: ReplacementRequest,
        of order: Order,
        now: Instant
    ) async throws -> (items: [(sku: SKU, quantity: Int)], shipBy: CalendarDate) {
        guard order.status != .cancelled else { throw OrderError.cancelled }
        let terms = try await orders.catalogs.current().terms
        let returns = try await orders.pool.read(ReturnStore.returns(of: order.id))
        let replacement = try Replacement(request, for: order, besides: order.withdrawn(returns))
        return (replacement.quantities, shipBy(replacement, of: order, terms, now: now))
    }

    /// The latest working day to send it and be there when the plan needs it next; today where that has passed, and the next
    /// working day where the plan needs it no more. What else is still to be sent waits no longer for it.
    private func shipBy(_ replacement: Replacement, of order: Order, _ terms: Terms, now: Instant) -> CalendarDate {
        let moment = orders.moment(of: order, now: now)
        guard let method = terms.shipping.first(where: { $0.code == order.shippingMethod }) ?? terms.shipping.first
        else {
            return moment.shopToday
        }
        let needed = order.guide.guide.plan.nextUse(
            of: Set(replacement.quantities.map(\.sku)),
            from: moment.clientToday ?? moment.shopToday
        )
        let day = max(
            moment.shopToday,
            needed.map(method.shipBy(toArriveBy:)) ?? method.workingDay(from: moment.shopToday + 1)
        )
        return order.fulfilmentStatus.isOpen ? min(day, order.shipBy ?? day) : day
    }
}
