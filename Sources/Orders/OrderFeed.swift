package import Commerce
package import Postgres

/// The logs of all orders in one line, for those who are told what happens: numbered in the order in which entries became
/// visible, so that whoever has read up to a number has missed nothing before it.
package struct OrderFeed: Sendable {
    let orders: OrderStore

    package init(_ orders: OrderStore) { self.orders = orders }

    /// An entry of an order's log, and how the order stands when it is told: nothing that says who the customer is.
    package struct Entry: Sendable {
        package let number: Int64
        package let orderID: Int64
        package let order: String
        package let sequence: Int
        /// The event's name.
        package let kind: String
        package let at: Instant
        /// The request in which it was written.
        package let requestID: String
        /// What moved, where money did.
        package let amount: Money?
        package let state: State
    }

    /// How an order stands: with the last entry of each, whoever has read the feed knows it of all.
    package struct State: Sendable {
        package let status: String
        package let payment: String
        package let fulfilment: String
        /// As it was sold.
        package let total: Money
        /// The total and its adjustments.
        package let comesTo: Money
        package let refunded: Money
        package let units: [Units]
    }

    /// Where the units of an article are that an order is to send.
    package struct Units: Sendable {
        package let sku: SKU
        package let quantity: Int
        package let packed: Int
        package let shipped: Int
        package let cancelled: Int
        package let returned: Int
        package let lost: Int
    }

    /// A part of the feed.
    package struct Page: Sendable {
        package let entries: [Entry]
        /// The number after which the rest begins.
        package let next: Int64
        /// Whether there was nothing more when it was read.
        package let isLast: Bool
    }

    /// The most that one page looks at, whichever kinds it is to hold.
    private static let scannedMax = 5_000

    /// How far the feed is.
    package struct Progress: Sendable, Equatable {
        /// The number of the last entry; 0 where there is none.
        package let last: Int64
        /// Whether entries of logs have become visible that it lacks.
        package let isBehind: Bool
    }

    /// How far the feed is, and whether it lacks anything.
    package var progress: Query<Progress> {
        Query(
            only: Statement(
                """
                SELECT last, pg_snapshot_xmax(seen) > pg_snapshot_xmax(pg_current_snapshot())
                    -- The latest by its index: looking for any that is new would read the log from its beginning.
                    OR coalesce((SELECT transaction FROM order_event ORDER BY transaction DESC LIMIT 1)
                        >= pg_snapshot_xmax(seen), false)
                    OR EXISTS (SELECT FROM order_event AS e WHERE transaction = ANY (ARRAY(SELECT pg_snapshot_xip(seen)))
                        AND NOT EXISTS (SELECT FROM feed AS f WHERE (f.order_id, f.sequence) = (e.order_id, e.sequence)))
                    AS is_behind
                FROM feed_position
                """
            )
        ) { row in Progress(last: try row.value("last"), isBehind: try row.value("is_behind")) }
    }

    /// Puts into the feed what has become visible. Any number of processes may ask for it: one does it at a time, and
    /// another that comes meanwhile leaves it to that one.
    /// - Parameter timeout: how long it may take; nil for as long as any write. A feed that was left alone for long has
    ///   much to catch up with.
    /// - Returns: the number of the last entry; 0 where there is none.
    @discardableResult
    package func extend(timeout: Duration? = nil) async throws -> Int64 {
        let progress = try await orders.pool.read(progress)
        guard progress.isBehind else { return progress.last }
        return try await orders.pool.write(after: Self.extensions, self.progress.map(\.last), timeout: timeout)
    }

    package static let extensions = [copyMissing, copyVisible]

    /// What came after a number, at most so much.
    /// - Parameter kinds: the events that are wanted; nil for all.
    package func page(after number: Int64, count: Int, kinds: [OrderEvent]?) async throws -> Page {
        let rows = try await orders.pool.read(rows(after: number, count: count, kinds: kinds))
        return Page(entries: rows.compactMap(\.entry), next: rows.last?.number ?? number, isLast: rows.isEmpty)
    }

    /// What is visible now and was not in the snapshot that the feed has come to. Within an order, entries stay in their
    /// sequence: of two transactions the later one in the log may be the earlier one by its number.
    private static let copyVisible = Statement(
        """
        WITH position AS MATERIALIZED (SELECT seen, last FROM feed_position FOR UPDATE SKIP LOCKED),
        visible AS (
            SELECT order_id, sequence, transaction FROM order_event
            WHERE transaction >= (SELECT pg_snapshot_xmax(seen) FROM position)
                AND transaction < pg_snapshot_xmax(pg_current_snapshot())
            UNION ALL
            SELECT order_id, sequence, transaction FROM order_event
            WHERE transaction = ANY (ARRAY(SELECT pg_snapshot_xip(seen) FROM position))
        ),
        fresh AS (
            SELECT order_id, sequence, max(transaction) OVER (PARTITION BY order_id ORDER BY sequence) AS place
            FROM visible
        ),
        numbered AS (
            INSERT INTO feed (number, order_id, sequence)
            SELECT last + row_number() OVER (ORDER BY place, order_id, sequence), order_id, sequence FROM position, fresh
            ON CONFLICT ON CONSTRAINT feed_holds_an_entry_once DO NOTHING
            RETURNING number
        )
        UPDATE feed_position SET seen = pg_current_snapshot(), last = (SELECT max(number) FROM numbered)
        WHERE EXISTS (SELECT FROM numbered)
        """
    )

    /// In a cluster into which the database was loaded from another one's dump, transactions are counted anew: the snapshot
    /// is of the future, and what the feed lacks is found by looking at all.
    private static let copyMissing = Statement(
        """
        WITH position AS MATERIALIZED (
            SELECT last FROM feed_position WHERE pg_snapshot_xmax(seen) > pg_snapshot_xmax(pg_current_snapshot())
            FOR UPDATE SKIP LOCKED
        ),
        missing AS (
            SELECT order_id, sequence, max(at) OVER (PARTITION BY order_id ORDER BY sequence) AS place
            FROM position, order_event AS e
            WHERE NOT EXISTS (SELECT FROM feed AS f WHERE f.order_id = e.order_id AND f.sequence = e.sequence)
        ),
        numbered AS (
            INSERT INTO feed (number, order_id, sequence)
            SELECT last + row_number() OVER (ORDER BY place, order_id, sequence), order_id, sequence
            FROM position, missing
            RETURNING number
        )
        UPDATE feed_position SET seen = pg_current_snapshot(), last = coalesce((SELECT max(number) FROM numbered), last)
        WHERE EXISTS (SELECT FROM position)
        """
    )

    /// Of the entries after a number those of the kinds that are wanted, and the last one that was looked at: where none of
    /// many is wanted, the next page begins after them all the same.
    package func rows(
        after number: Int64,
        count: Int,
        kinds: [OrderEvent]?
    ) -> Query<[(number: Int64, entry: Entry?)]> {
        Query(
            each: Statement(
                assembled: """
                    WITH scanned AS MATERIALIZED (
                        SELECT number, order_id, sequence FROM feed WHERE number > $1 ORDER BY number LIMIT $2
                    )
                    SELECT \(Self.columns), $3::text[] IS NULL OR kind::text = ANY ($3) AS is_wanted
                    FROM scanned AS place JOIN order_event USING (order_id, sequence) JOIN orders ON orders.id = order_id
                    WHERE $3::text[] IS NULL OR kind::text = ANY ($3)
                        OR place.number = (SELECT max(number) FROM scanned)
                    ORDER BY place.number LIMIT $4
                    """,
                [number, kinds == nil ? count : Self.scannedMax, kinds?.map(\.rawValue), count]
            )
        ) { row in
            (try row.value("place"), try row.value("is_wanted") ? try Entry(row) : nil)
        }
    }

    /// For each of some parts of orders' logs the first entry of the kinds that are wanted; nil where there is none.
    package func first(
        of kinds: [OrderEvent],
        in parts: [(order: Int64, sequences: ClosedRange<Int>)]
    ) async throws -> [Entry?] {
        let found = try await orders.pool.read(
            Query(
                each: Statement(
                    assembled: """
                        SELECT part.index, \(Self.columns)
                        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY
                            AS part (id, lower, upper, index)
                        CROSS JOIN LATERAL (
                            SELECT * FROM order_event AS entry
                            WHERE entry.order_id = id AND sequence BETWEEN lower AND upper AND kind::text = ANY ($4)
                            ORDER BY sequence LIMIT 1
                        ) AS entry
                        JOIN feed AS place USING (order_id, sequence) JOIN orders ON orders.id = order_id
                        """,
                    [
                        parts.map(\.order), parts.map { Int64($0.sequences.lowerBound) },
                        parts.map { Int64($0.sequences.upperBound) }, kinds.map(\.rawValue),
                    ]
                )
            ) { row in (index: try row.value("index", as: Int.self), entry: try Entry(row)) }
        )
        var entries: [Entry?] = Array(repeating: nil, count: parts.count)
        for (index, entry) in found { entries[index - 1] = entry }
        return entries
    }

    /// An entry as `place`, its log's entry and its order have it.
    private static let columns = """
        place.number AS place, order_id, orders.number AS order_number, sequence, kind::text AS kind, at, request_id, amount,
            status, payment_status, fulfilment_status, currency, total_amount, adjusted_amount,
            refunded_amount,
            ARRAY(SELECT ROW(sku, sum(quantity)::int8, sum(packed)::int8, sum(shipped)::int8, sum(cancelled)::int8,
                    sum(returned)::int8, sum(lost)::int8)
                FROM order_component WHERE order_id = orders.id GROUP BY sku ORDER BY sku) AS units
        """
}

extension OrderFeed.Entry {
    fileprivate init(_ row: Row) throws {
        let currency: Currency = try row.value("currency")
        let amount: Int64? = try row.optional("amount")
        let (total, adjusted): (Int64, Int64) = (try row.value("total_amount"), try row.value("adjusted_amount"))
        self.init(
            number: try row.value("place"),
            orderID: try row.value("order_id"),
            order: try row.value("order_number"),
            sequence: try row.value("sequence"),
            kind: try row.value("kind"),
            at: try row.value("at"),
            requestID: try row.value("request_id"),
            amount: amount.map { Money($0, currency) },
            state: OrderFeed.State(
                status: try row.value("status"),
                payment: try row.value("payment_status"),
                fulfilment: try row.value("fulfilment_status"),
                total: Money(total, currency),
                comesTo: Money(total + adjusted, currency),
                refunded: Money(try row.value("refunded_amount"), currency),
                units: try row.records("units").map { record in
                    var record = record
                    return OrderFeed.Units(
                        sku: try record.value(),
                        quantity: try record.value(),
                        packed: try record.value(),
                        shipped: try record.value(),
                        cancelled: try record.value(),
                        returned: try record.value(),
                        lost: try record.value()
                    )
                }
            )
        )
    }
}
