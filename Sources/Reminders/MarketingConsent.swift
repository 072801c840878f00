package import Commerce
package import Orders
package import Postgres

/// What a customer said of offers by mail: yes to certain words, or no more.
package struct MarketingConsent: Sendable, Equatable {
    /// Where it was said.
    package enum Source: String, Sendable {
        case checkout
        /// To somebody of the staff, who took the order down.
        case staff
        case api
        case orderPage
        /// By the link in an offer.
        case unsubscribe
    }

    /// The version of the words that were agreed to; nil for no more.
    package let wording: String?
    package let source: Source
    package let at: Instant

    package init(wording: String?, source: Source, at: Instant) {
        self.wording = wording
        self.source = source
        self.at = at
    }

    /// Writes down what was said as orders were placed, after the entries that their logs begin with.
    package static func statements(of placed: [(order: Order, request: OrderRequest, actor: Actor)]) -> [Statement] {
        let said = placed.compactMap { order, request, actor in
            request.offers.map { wording in
                let source: Source = actor == .customer(actor.requestID) ? .checkout : .staff
                return (order.id, MarketingConsent(wording: wording, source: source, at: order.placedAt))
            }
        }
        return said.isEmpty ? [] : [statement(said)]
    }

    /// Writes down what was said by the last entry of the log of each order.
    static func statement(_ said: [(order: Int64, consent: MarketingConsent)]) -> Statement {
        Statement(
            assembled: """
                INSERT INTO marketing_consent (order_id, sequence, at, is_given, wording, source)
                SELECT id, \(OrderLog.lastSequence(of: "said.id")), at, wording <> '', nullif(wording, ''), source
                FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[])
                    AS said (id, at, wording, source)
                """,
            [
                said.map(\.order), said.map(\.consent.at), said.map { $0.consent.wording ?? "" },
                said.map(\.consent.source.rawValue),
            ]
        )
    }

    /// What the customer of an order said last; nil where they never said anything.
    static func latest(of order: Int64) -> Query<MarketingConsent?> {
        Query(
            first: Statement(
                """
                SELECT wording, source, at FROM marketing_consent WHERE order_id = $1 ORDER BY sequence DESC LIMIT 1
                """,
                order
            ),
            MarketingConsent.init
        )
    }

    init(_ row: Row) throws {
        guard let source = Source(rawValue: try row.value("source")) else {
            throw PostgresError.misuse("a consent has a source that this program does not know: it is too old")
        }
        self.init(wording: try row.optional("wording"), source: source, at: try row.value("at"))
    }
}
