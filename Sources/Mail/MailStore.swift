package import Commerce
package import Postgres
import Records

/// What customers were written.
package struct MailStore: Sendable {
    /// A mail of an event, to an address.
    package struct Sent: Sendable, Equatable {
        /// The event's sequence in its order's log.
        package let sequence: Int
        /// A keyed hash of the address, 16 bytes.
        package let recipient: [UInt8]
        /// Whether it was handed on.
        package let isSent: Bool

        package init(sequence: Int, recipient: [UInt8], isSent: Bool) {
            self.sequence = sequence
            self.recipient = recipient
            self.isSent = isSent
        }
    }

    private let pool: Pool

    package init(_ pool: Pool) { self.pool = pool }

    /// All that was written of an order, the first event's first.
    package func mails(of order: Int64) -> Query<[Sent]> {
        Query(
            each: Statement(
                "SELECT sequence, recipient, is_sent FROM mail WHERE order_id = $1 ORDER BY sequence, at",
                order
            )
        ) { row in
            Sent(
                sequence: try row.value("sequence"),
                recipient: try row.value("recipient", as: Bytea.self).bytes,
                isSent: try row.value("is_sent")
            )
        }
    }

    /// Forgets what was written of some orders.
    package static func erasure(of orders: [Int64]) -> Statement {
        Statement("DELETE FROM mail WHERE order_id = ANY ($1::bigint[])", orders)
    }

    /// A mail of an order, without whom it went to.
    package struct Written: Sendable {
        /// The event's sequence in its order's log.
        package let sequence: Int
        package let at: Instant
        package let isSent: Bool
    }

    /// What was written of an order and when, the first event's first.
    package static func written(of order: Int64) -> Query<[Written]> {
        Query(
            each: Statement("SELECT sequence, at, is_sent FROM mail WHERE order_id = $1 ORDER BY sequence, at", order)
        ) { row in
            Written(sequence: try row.value("sequence"), at: try row.value("at"), isSent: try row.value("is_sent"))
        }
    }

    /// Writes down that a mail was handed on, or never can be.
    package func note(_ mail: Sent, of order: Int64, now: Instant) async throws {
        _ = try await pool.write([
            // Whoever notes that the event is done with waits for the disk, for this too.
            Statement("SET LOCAL synchronous_commit = off"),
            Statement(
                """
                INSERT INTO mail (order_id, sequence, recipient, at, is_sent) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (order_id, sequence, recipient) DO UPDATE SET at = excluded.at, is_sent = excluded.is_sent
                """,
                order,
                mail.sequence,
                Bytea(mail.recipient),
                now,
                mail.isSent
            ),
        ])
    }
}
