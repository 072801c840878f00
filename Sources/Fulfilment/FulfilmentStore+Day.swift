package import Commerce
import FoundationEssentials
package import Orders
package import Postgres

/// What became of a day, as it was when it was closed.
package struct ClosedDay: Sendable, Codable {
    package struct Entry: Sendable, Codable {
        package let number: String
        /// Why it did not leave; nil for one that did.
        package let why: String?
    }

    package var closedBy: String?
    package var closedAt: String?
    package let parcels: Int
    package let shipped: [Entry]
    package let left: [Entry]
    /// What came in and what went back, for each currency and method of payment of which something did.
    package let money: [MoneyFlow]
}

extension FulfilmentStore {
    /// A day as it stands, or as it was when it was closed.
    /// - Parameters:
    ///   - span: when the day began and ended, where the shop is.
    ///   - money: what came in and went back in that span: asked where the day is not closed.
    ///   - closer: who closes it now; nil to look only. Closed again, it is as it is then.
    package func day(
        _ day: CalendarDate,
        span: Range<Instant>,
        money: Query<[MoneyFlow]>,
        closer: String?,
        now: Instant
    ) async throws -> ClosedDay {
        if closer == nil, let closed = try await pool.read(Self.closed(day)) { return closed }
        let (shipped, left, moved) = try await pool.read(
            ParcelHistory.shipped(in: span),
            Self.queue(until: day, now: now),
            money
        )
        let summary = ClosedDay(
            closedBy: closer,
            closedAt: closer.map { _ in now.description },
            parcels: shipped.reduce(0) { $0 + $1.parcels },
            shipped: shipped.map { ClosedDay.Entry(number: $0.number, why: nil) },
            // What came in after the day was none of its work.
            left: left.filter { $0.placedAt < span.upperBound }.map { entry in
                let blocks = entry.blocks(shipsUnpaid: shipsUnpaid)
                let why =
                    !blocks.isEmpty
                    ? blocks.joined(separator: ", ")
                    : entry.isPacked ? "packed, not sent" : entry.lease.map { "\($0.holder) packs it" } ?? "not packed"
                return ClosedDay.Entry(number: entry.number, why: why)
            },
            money: moved
        )
        guard let closer else { return summary }
        _ = try await pool.write([
            Statement(
                """
                INSERT INTO day_close (day, closed_by, closed_at, parcels, summary) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (day) DO UPDATE SET closed_by = EXCLUDED.closed_by, closed_at = EXCLUDED.closed_at,
                    parcels = EXCLUDED.parcels, summary = EXCLUDED.summary
                """,
                day,
                closer,
                now,
                Int32(summary.parcels),
                JSONBValue(utf8: Array(try JSONEncoder().encode(summary)))
            )
        ])
        return summary
    }

    private static func closed(_ day: CalendarDate) -> Query<ClosedDay?> {
        Query(first: Statement("SELECT summary FROM day_close WHERE day = $1", day)) { row in
            let summary: JSONBValue = try row.value("summary")
            return try JSONDecoder().decode(ClosedDay.self, from: Data(summary.utf8))
        }
    }
}
