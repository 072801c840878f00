import Catalog
package import Commerce
import Orders
import Payments
import Postgres

/// What goes by itself once it was kept for long enough.
extension PersonalStore {
    /// How long what is personal is kept.
    package struct Retention: Sendable {
        /// So many years after an order was placed, and once it is over, whose it was is erased; nil for as many as the law
        /// of the seller's country wants its invoice kept.
        package var orderYears: Int?
        /// So many days it is known who of the staff looked at an order, and why.
        package var viewDays: Int
        /// So many days a mail's file is kept on this machine.
        package var mailDays: Int

        package init(orderYears: Int? = nil, viewDays: Int = 365, mailDays: Int = 90) {
            self.orderYears = orderYears
            self.viewDays = viewDays
            self.mailDays = mailDays
        }
    }

    /// So many orders are erased in a round at most: the rest waits for the next one.
    private static let ordersMax = 500
    /// A thousand entries at a time, and so many times in a round at most.
    private static let viewRoundsMax = 100

    /// Erases what was kept for long enough: orders that are over, what documents say, and who looked at orders.
    /// - Returns: how many orders were erased.
    @discardableResult
    package func sweep(_ retention: Retention, now: Instant) async throws -> Int {
        let seller = try await orders.catalogs.current().terms.seller
        let years = retention.orderYears ?? RetentionYears.years(of: seller?.country)
        let limit = now + .seconds(-years * 366 * 86_400)
        var count = 0
        for id in try await pool.read(OrderErasure.over(placedBefore: limit, count: Self.ordersMax)) {
            do {
                try await erase(id, key: nil, actor: .system, now: now)
                count += 1
            } catch PersonalError.open {
                // Its money is still moving; the next round looks again.
                continue
            } catch OrderError.erased { continue }
        }
        while try await pool.write([PaymentErasure.expire(on: now.date, at: now)])[0].affected > 0 {}
        let seen = now + .seconds(-retention.viewDays * 86_400)
        for _ in 0..<Self.viewRoundsMax {
            guard try await pool.write([OrderErasure.forgetViews(before: seen)])[0].affected > 0 else { break }
        }
        return count
    }
}
