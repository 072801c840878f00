package import Commerce
package import Postgres

/// What happens to an order, as its log has it. A new kind is a case here and a value of `order_event_kind`.
package enum OrderEvent: String, Sendable, CaseIterable {
    case placed
    case rescheduled
    case contactChanged
    /// The customer wants to be reminded by mail, or at another hour, or no more.
    case remindersChanged
    /// The customer takes offers by mail, or no more.
    case offersChanged
    /// A reminder or an offer has come due, and its customer is to be written.
    case reminded
    case guideLinkRenewed
    case guideLinkRevoked
    case calendarLinkRenewed
    case calendarLinkRevoked
    case orderLinkRenewed
    case paid
    case refunded
    case cancelled
    case paymentStarted
    case paymentAuthorised
    case paymentFailed
    /// Money came that the order could not take.
    case paymentReturned
    case noted
    case held
    case released
    case packed
    case unpacked
    case shipped
    case delivered
    case returned
    case completed
    /// Somebody who knows number and e-mail asked for the links again.
    case linkRequested
    /// Mail to the customer came back for good.
    case mailUndeliverable
    /// Units are never sent.
    case partlyCancelled
    /// It goes by another shipping method.
    case shippingChanged
    /// Units are to come back.
    case returnAnnounced
    case returnClosed
    /// The customer has withdrawn from the contract, for all of it or some units.
    case withdrawn
    /// Units were lost on their way, and are not sent again.
    case lost
    /// Units are sent once more, without a price.
    case replaced
    /// Something that was still to be sent, or to be sent once more, is not.
    case sendingCancelled
    /// It was complete, and something of it is to be sent again.
    case reopened
    /// It comes to less, without anything going back: it was not paid yet.
    case credited
    /// Whose it was is known no more: what is personal of it was erased.
    case erased
}

/// Something that happened to an order, or somebody who looked at it: who, when, from which request.
package struct TimelineEntry: Sendable {
    /// An event's name, or `viewed`.
    package let kind: String
    package let at: Instant
    package let actor: String
    package let requestID: String
    package let reason: String?
    /// Minor units, where money moved.
    package let amount: Int64?
}

/// The log of an order, as statements for the transaction in which something happens.
package enum OrderLog {
    /// Writes down what happened, under the order's lock.
    package static func entry(
        _ event: OrderEvent,
        of order: Int64,
        at now: Instant,
        by actor: Actor,
        reason: String? = nil,
        amount: Int64? = nil
    ) -> Statement {
        Statement(
            """
            INSERT INTO order_event (order_id, sequence, at, kind, actor, request_id, reason, amount)
            SELECT $1, coalesce(max(sequence), 0) + 1, $2, $3::text::order_event_kind, $4, $5, $6, $7
            FROM order_event WHERE order_id = $1
            """,
            order,
            now,
            event.rawValue,
            actor.name,
            actor.requestID,
            reason,
            amount
        )
    }

    /// The last entry of the log of the order whose id stands in a parameter, as a subquery: for what belongs to the entry
    /// that was written just before.
    package static func lastSequence(of parameter: String) -> String {
        "(SELECT max(sequence) FROM order_event WHERE order_id = \(parameter))"
    }

    /// The last entry that tells of what an order comes to, of the order whose id stands in a parameter, as a subquery: for
    /// the adjustment that it tells of.
    static func lastSequenceOfPrice(of parameter: String) -> String {
        """
        (SELECT max(sequence) FROM order_event WHERE order_id = \(parameter) AND kind IN ('cancelled', 'partlyCancelled',
            'withdrawn', 'returned', 'lost', 'shippingChanged', 'refunded', 'credited'))
        """
    }

    /// The entry that tells of the adjustment whose order and ordinal stand in two columns, as a subquery.
    package static func sequence(ofAdjustment ordinal: String, of order: String) -> String {
        """
        (SELECT sequence FROM order_adjustment
            WHERE order_adjustment.order_id = \(order) AND order_adjustment.ordinal = \(ordinal))
        """
    }

    /// How many entries of a kind an order's log has, up to one of them.
    package static func count(of event: OrderEvent, in order: Int64, upTo sequence: Int) -> Query<Int> {
        Query(
            only: Statement(
                """
                SELECT count(*) AS n FROM order_event
                WHERE order_id = $1 AND kind = $2::order_event_kind AND sequence <= $3
                """,
                order,
                event.rawValue,
                sequence
            )
        ) { try $0.value("n") }
    }

    /// The reason of an entry whose order and sequence stand in two columns, as a subquery.
    package static func reason(of order: String, _ sequence: String) -> String {
        "(SELECT reason FROM order_event WHERE order_event.order_id = \(order) AND order_event.sequence = \(sequence))"
    }

    /// When the entry was written whose order and sequence stand in two columns, as a subquery.
    package static func moment(of order: String, _ sequence: String) -> String {
        "(SELECT at FROM order_event WHERE order_event.order_id = \(order) AND order_event.sequence = \(sequence))"
    }

    /// As the log tells what a customer says of offers.
    static func reason(ofOffers wording: String?) -> String { wording.map { "yes, by wording \($0)" } ?? "no more" }

    /// An entry that an order's log begins with.
    private struct FirstEntry: Sendable {
        let placement: Checkout.Placement
        let sequence: Int32
        let event: OrderEvent
        var reason: String?
    }

    /// Orders that are placed begin their logs. Who wants to be reminded, or takes offers, says so then, in an entry of its own:
    /// whoever plans reminders need not hear of every order.
    static func firstEntries(of placements: [Checkout.Placement]) throws -> Statement {
        try firstEntries.statement(
            placements.flatMap { placement in
                let wishes: [(OrderEvent, String)?] = [
                    placement.order.details.reminders.map { (.remindersChanged, $0.text) },
                    // The last one, which what is written of it belongs to.
                    placement.request.offers.map { (.offersChanged, reason(ofOffers: $0)) },
                ]
                return [FirstEntry(placement: placement, sequence: 1, event: .placed)]
                    + wishes.compactMap(\.self).enumerated().map { index, wish in
                        FirstEntry(placement: placement, sequence: Int32(index + 2), event: wish.0, reason: wish.1)
                    }
            }
        )
    }

    private static let firstEntries = Insertion<FirstEntry>(
        into: "order_event",
        [
            .column("order_id") { $0.placement.order.id },
            .column("sequence") { $0.sequence },
            .column("at") { $0.placement.order.placedAt },
            .column("kind", as: "%::order_event_kind") { $0.event.rawValue },
            .column("actor") { $0.placement.actor.name },
            .column("request_id") { $0.placement.actor.requestID },
            .optional("reason") { $0.reason },
        ]
    )
}
