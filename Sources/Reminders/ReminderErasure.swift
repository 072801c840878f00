package import Commerce
package import Postgres

/// What reminders and consents lose once whose order it was is erased: all of it.
package enum ReminderErasure {
    /// Removes all of some orders, which are erased.
    package static func statements(of orders: [Int64]) -> [Statement] {
        [
            Statement("DELETE FROM reminder WHERE order_id = ANY ($1::bigint[])", orders),
            Statement("DELETE FROM reminder_day WHERE order_id = ANY ($1::bigint[])", orders),
            Statement("DELETE FROM marketing_consent WHERE order_id = ANY ($1::bigint[])", orders),
        ]
    }

    /// A reminder as it stands.
    package struct Kept: Sendable {
        package let kind: String
        package let date: CalendarDate
        package let hour: Int
        package let timeZone: String
        package let state: String
    }

    /// The reminders of an order, the first first.
    package static func reminders(of order: Int64) -> Query<[Kept]> {
        Query(
            each: Statement(
                """
                SELECT kind, local_date, hour, time_zone, state FROM reminder WHERE order_id = $1
                ORDER BY local_date, kind
                """,
                order
            )
        ) { row in
            Kept(
                kind: try row.value("kind"),
                date: try row.value("local_date"),
                hour: try row.value("hour"),
                timeZone: try row.value("time_zone"),
                state: try row.value("state")
            )
        }
    }

    /// What the customer of an order said of offers, the first first.
    package static func consents(of order: Int64) -> Query<[MarketingConsent]> {
        Query(
            each: Statement(
                "SELECT wording, source, at FROM marketing_consent WHERE order_id = $1 ORDER BY sequence",
                order
            ),
            MarketingConsent.init
        )
    }
}
