package import Commerce
import Postgres

extension OrderFeed {
    /// The log of one order is at most this much out of step with the numbers of the feed: a transaction that commits late
    /// has a later number.
    private static let disorder = Duration.seconds(3600)

    /// The entry of a number; nil where there is none yet.
    package func entry(_ number: Int64) async throws -> Entry? {
        // No number has another before the first.
        guard number > 0 else { return nil }
        return try await page(after: number - 1, count: 1, kinds: nil).entries.first { $0.number == number }
    }

    /// The entry of a place in an order's log; nil where it is not in the feed.
    package func entry(of order: Int64, _ sequence: Int) async throws -> Entry? {
        try await first(of: OrderEvent.allCases, in: [(order, sequence...sequence)]).first ?? nil
    }

    /// The number after which everything is that happened from a moment on. Whoever asks for a moment that is long past waits
    /// for as long as reading on from there would take.
    package func number(before moment: Instant) async throws -> Int64 {
        try await orders.pool.read(
            Query(
                only: Statement(
                    """
                    SELECT coalesce(
                        (
                            SELECT number - 1 FROM feed JOIN order_event USING (order_id, sequence)
                            WHERE at >= $1 AND number > coalesce(
                                (
                                    SELECT number FROM feed JOIN order_event USING (order_id, sequence)
                                    WHERE at < $2 ORDER BY number DESC LIMIT 1
                                ),
                                0
                            )
                            ORDER BY number LIMIT 1
                        ),
                        (SELECT last FROM feed_position)
                    ) AS number
                    """,
                    moment,
                    moment + (.zero - Self.disorder)
                )
            ) { try $0.value("number") }
        )
    }
}
