import Cart
package import Catalog
package import Commerce
package import Orders
import Postgres
package import Records

/// Another shipping method for an order that is not packed yet.
package struct ShippingChange: Sendable {
    package let method: ShippingMethod
    /// What the order comes to less, or more.
    package let adjustment: Order.Adjustment
    /// What it comes to then.
    package let total: Money
    package let arrives: ClosedRange<CalendarDate>
    package let shipBy: CalendarDate

    /// - Throws: `OrderError`.
    init(_ code: String, of order: Order, catalog: Catalog, moment: Quote.Moment, at now: Instant) throws(OrderError) {
        guard order.status != .cancelled else { throw .cancelled }
        guard order.canBeCorrected else { throw .packed }
        guard order.paymentStatus != .authorised else { throw .beingPaid }
        let weight = order.lines.reduce(0) { sum, line in
            sum + (catalog.product(line.sku).map(catalog.weight) ?? 0) * line.quantity
        }
        let goods = order.totals.items.amount - order.totals.discount.amount
        let prices = catalog.terms.shipping.compactMap { method -> (ShippingMethod, Int64)? in
            method.price(
                country: order.details.shippingAddress.country,
                currency: order.totals.total.currency,
                weightGrams: weight,
                value: goods
            ).map { (method, $0) }
        }
        guard let (method, price) = prices.first(where: { $0.0.code == code }) else {
            throw .noSuchMethod(prices.map(\.0.code))
        }
        var left = PriceLeft(order)
        let part = left.changeShipping(toCost: price)
        self.method = method
        adjustment = Order.Adjustment(cause: .correction, at: now, parts: [part])
        total = Money(order.comesTo.amount + part.amount, order.totals.total.currency)
        arrives = method.arrival(orderedOn: moment.shopToday, at: moment.shopMinutes)
        shipBy = Quote.shipBy(method, order.course, moment)
    }
}

extension PaymentStore {
    /// Every way to send an order that is not packed, with what it would change; none where there is no other, or it would
    /// cost more than was paid.
    package func shippingChanges(of order: Order, now: Instant) async throws -> [ShippingChange] {
        guard order.canBeCorrected else { return [] }
        let catalog = try await orders.catalogs.current()
        let moment = orders.moment(of: order, now: now)
        return catalog.terms.shipping.compactMap { method in
            try? ShippingChange(method.code, of: order, catalog: catalog, moment: moment, at: now)
        }.filter { !order.isPaid || $0.adjustment.amount <= 0 }
    }

    /// What sending an order by another method would change.
    /// - Throws: `OrderError`.
    package func shippingChange(_ code: String, of order: Order, now: Instant) async throws -> ShippingChange {
        let catalog = try await orders.catalogs.current()
        let moment = orders.moment(of: order, now: now)
        return try ShippingChange(code, of: order, catalog: catalog, moment: moment, at: now)
    }

    /// Sends an order by another method. What costs less is given back, or falls from what is due; what costs more is
    /// possible only until something was paid.
    /// - Parameter expected: what the order comes to then, as whoever asks was told.
    /// - Throws: `OrderError`.
    package func changeShipping(
        _ locator: OrderLocator,
        to code: String,
        expected: Money,
        key: IdempotencyKey?,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let seller = try await seller()
        let catalog = try await orders.catalogs.current()
        return try await orders.perform(key, on: locator, now: now) { order in
            if order.shippingMethod == code, expected == order.comesTo { return [] }
            let moment = orders.moment(of: order, now: now)
            let change = try ShippingChange(code, of: order, catalog: catalog, moment: moment, at: now)
            guard change.total == expected else { throw OrderError.otherTotal(change.total) }
            if change.adjustment.amount > 0, order.isPaid {
                throw OrderError.costsMore(Money(change.adjustment.amount, expected.currency))
            }
            let reason = "It goes by \(code)."
            return [
                OrderFacts.shippingMethodChanged(order, to: code, shipBy: change.shipBy),
                OrderLog.entry(.shippingChanged, of: order.id, at: now, by: actor, reason: code),
            ]
                + (change.adjustment.amount == 0
                    ? []
                    : try Self.adjusted(
                        order,
                        [PlannedAdjustment(adjustment: change.adjustment, isTold: true)],
                        units: order.units,
                        reason: reason,
                        at: now,
                        by: actor,
                        seller: seller
                    ))
        }
    }
}
