import Catalog
import CivilTime
import Commerce
import Delivery
import Orders
import Payments
import Postgres
import StoreHTTP

/// How the shop itself stands: what must not be, and what waits for too long.
struct ShopHealth: Sendable, Equatable {
    var oversold: Int
    var ordersWithoutGuide: Int
    /// What ledger and provider differ in.
    var findings: Int
    /// Events that were given up in the last seven days.
    var givenUp: Int
    /// How long the oldest event has been waiting to be told, in seconds.
    var secondsWaiting: Int64

    init(oversold: Int, ordersWithoutGuide: Int, findings: Int, givenUp: Int, secondsWaiting: Int64) {
        (self.oversold, self.ordersWithoutGuide, self.findings) = (oversold, ordersWithoutGuide, findings)
        (self.givenUp, self.secondsWaiting) = (givenUp, secondsWaiting)
    }

    init(_ store: Store, now: Instant) async throws {
        (oversold, ordersWithoutGuide) = try await store.pool.read(
            StockStore.oversold,
            OrderStore.allWithoutGuide
        )
        let backlog = try await store.backlog(now: now)
        givenUp = backlog.givenUp
        let oldest = backlog.channels.compactMap(\.oldest).min() ?? now
        secondsWaiting = now.secondsSince1970 - oldest.secondsSince1970
        findings = try await store.payments.findings.counts().values.reduce(0, +)
    }

    var observations: [Observation] {
        [
            oversold == 0
                ? .fine("stock", "nothing is oversold")
                : .broken("stock", "\(oversold) products are promised that are not there", "aftercare stock audit"),
            ordersWithoutGuide == 0
                ? .fine("guides", "every order has one")
                : .broken("guides", "\(ordersWithoutGuide) orders have none", "aftercare orders list"),
            findings == 0
                ? .fine("ledger", "no difference from the payment provider is open")
                : .look(
                    "ledger",
                    "it differs from the payment provider in \(findings) points",
                    "aftercare reconcile list"
                ),
            givenUp == 0
                ? .fine("given up", "nothing in the last week")
                : .look("given up", "\(givenUp) events of the last week were not told", "aftercare deliveries list"),
            secondsWaiting <= 300
                ? .fine("queue", "nobody waits to be told")
                : .look(
                    "queue",
                    "the oldest event has waited for \(secondsWaiting / 60) minutes to be told",
                    "aftercare deliveries list, and the log of aftercare serve"
                ),
        ]
    }
}
