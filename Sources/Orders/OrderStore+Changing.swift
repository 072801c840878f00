import Cart
import Catalog
import CivilTime
package import Commerce
import GuideFormats
package import Links
import Postgres
package import UsageGuide

extension OrderStore {
    /// Why an order is not changed.
    package enum Refusal: Error, Sendable {
        case unknown
        /// The order has another revision than the caller saw.
        case changed(Order)
        /// The order was cancelled.
        case cancelled
        /// The plan is over: it ended on this day.
        case over(CalendarDate)
        /// The dates have been changed too often.
        case tooOften
        /// Packing has begun.
        case packed
        case alreadyPaid
        /// The order is paid through a provider, which tells us itself.
        case paidElsewhere(Order.PaymentMethod)
        /// What the order needs has run out meanwhile.
        case outOfStock
        /// It was tried too often.
        case tooManyPayments
        /// The provider takes no money for it at the moment.
        case paymentClosed
        case notPaid
        /// Something else than the whole is not taken.
        case otherAmount(Money)
        /// The order does not hold so much, or it has gone back already.
        case nothingToRefund
        /// Somebody else packs it.
        case leased(by: String?)
        /// Why it can't be packed now, as a sentence.
        case notPackable(String)
        /// Why it can't be sent, delivered or taken back, as a sentence.
        case notShippable(String)
    }

    /// What happened to an order, as its timeline has it.
    enum Event: String {
        case placed
        case rescheduled
        case contactChanged
        case guideLinkRenewed
        case guideLinkRevoked
        case calendarLinkRenewed
        case calendarLinkRevoked
        case paid
        case refunded
        case cancelled
        case paymentStarted
        case paymentAuthorised
        case paymentFailed
        /// Money came that the order could not take.
        case paymentReturned
        /// Somebody of the staff saw who the customer is.
        case viewed
        case noted
        case held
        case released
        case packed
        case unpacked
        case shipped
        case delivered
        case returned
        case completed
        case orderLinkRenewed

        /// What others are told of it; nil for what is nobody else's business.
        var topic: String? {
            switch self {
            case .placed: "order.placed"
            case .rescheduled: "order.rescheduled"
            case .contactChanged: "order.contactChanged"
            case .paid: "order.paid"
            case .refunded: "order.refunded"
            case .cancelled: "order.cancelled"
            case .paymentFailed: "order.paymentFailed"
            case .paymentReturned: "order.paymentReturned"
            case .shipped: "order.shipped"
            case .delivered: "order.delivered"
            case .returned: "order.returned"
            case .guideLinkRenewed, .guideLinkRevoked, .calendarLinkRenewed, .calendarLinkRevoked, .orderLinkRenewed,
                .viewed, .paymentStarted, .paymentAuthorised, .noted, .held, .released, .packed, .unpacked, .completed:
                nil
            }
        }
    }

    /// Dates can be changed this often.
    private static let revisionsMax = 200

    /// Gives an order a new course: the next revision of its guide, with its event and outbox row, in one transaction.
    ///
    /// The regimen is kept and the newest sentences are taken. Where the order has this course already, nothing is
    /// written: a request that is sent again is answered again.
    /// - Parameter versions: the revisions that the caller may have seen; nil for any.
    /// - Throws: `Refusal`.
    package func reschedule(
        _ name: Name,
        to course: Course,
        versions: Set<Int>?,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let shipping = try await catalogs.latest().terms.shipping
        return try await change(name) { order in
            let current = order.guide
            let plan = current.guide.plan
            let isRepeated =
                plan.course == course && versions?.contains(where: { $0 == current.revision - 1 }) == true
            if let versions, !versions.contains(current.revision), !isRepeated { throw Refusal.changed(order) }
            if order.status == .cancelled { throw Refusal.cancelled }
            if let refusal = refusal(toMove: plan, now: now) { throw refusal }
            if plan.course == course { return (order, []) }
            guard current.revision < Self.revisionsMax else { throw Refusal.tooOften }
            let issued = try issue(
                Guide(
                    plan: Plan(course, regimen: Regimen.named(plan.regimen) ?? .current),
                    products: current.guide.products
                ),
                revision: current.revision + 1,
                at: now,
                language: order.language
            )
            var moved = order
            moved.guide = issued
            moved.shipBy = shipBy(of: order, for: course, shipping, now: now)
            return (
                moved,
                [
                    try Self.insertion(issued, of: order.id),
                    Statement(
                        "UPDATE orders SET guide_revision = $2, ship_by = $3 WHERE id = $1",
                        order.id,
                        issued.revision,
                        moved.shipBy
                    ),
                ] + Self.telling(.rescheduled, order.id, at: now, actor)
            )
        }
    }

    /// The latest day to send an order and be there for the first session that is not past; fixed once it was sent.
    private func shipBy(
        of order: Order,
        for course: Course,
        _ shipping: [ShippingMethod],
        now: Instant
    ) -> CalendarDate? {
        guard order.fulfilmentStatus == .unfulfilled,
            let method = shipping.first(where: { $0.code == order.shippingMethod })
        else { return order.shipBy }
        return Quote.shipBy(method, course, moment(course, now: now))
    }

    /// What moving an order's sessions would change, and when it would have to be sent then.
    /// - Throws: `Refusal`.
    package func preview(
        _ order: Order,
        to course: Course,
        now: Instant
    ) async throws -> (changes: [String], shipBy: CalendarDate?) {
        let plan = order.guide.guide.plan
        if order.status == .cancelled { throw Refusal.cancelled }
        if let refusal = refusal(toMove: plan, now: now) { throw refusal }
        guard let content = GuideContent.newest(order.language) else {
            throw PostgresError.misuse("an order has a language that no guide is written in")
        }
        let moved = Plan(course, regimen: Regimen.named(plan.regimen) ?? .current)
        let shipping = try await catalogs.latest().terms.shipping
        return (
            plan.course == course ? [] : content.changes(from: plan, to: moved),
            shipBy(of: order, for: course, shipping, now: now)
        )
    }

    /// Why a plan's dates can't be changed any more; nil while they can.
    package func refusal(toMove plan: Plan, now: Instant) -> Refusal? {
        guard let last = plan.lastDateOfChange, let zone = plan.course?.timeZone,
            let today = timeZones.today(in: zone, at: now), today > last
        else { return nil }
        return .over(last)
    }

    /// Corrects where an order goes and who hears of it, while nothing has been packed. Country and region stay: price
    /// and delivery depend on them.
    /// - Throws: `Refusal`.
    package func correctContact(
        _ token: Token,
        email: EmailAddress,
        address: PostalAddress,
        now: Instant,
        requestID: String
    ) async throws -> Order {
        try await change(.link(token)) { order in
            guard order.status != .cancelled else { throw Refusal.cancelled }
            guard order.canBeCorrected else { throw Refusal.packed }
            let kept = PostalAddress(
                line1: address.line1,
                line2: address.line2,
                city: address.city,
                region: order.shippingAddress.region,
                postalCode: address.postalCode,
                country: order.shippingAddress.country
            )
            if kept == order.shippingAddress, email == order.customer.email { return (order, []) }
            var corrected = order
            corrected.shippingAddress = kept
            corrected.customer = Order.Customer(
                name: order.customer.name,
                email: email,
                phone: order.customer.phone
            )
            return (
                corrected,
                [
                    Statement(
                        """
                        UPDATE orders SET customer_email = $2, address_line1 = $3, address_line2 = $4, address_city = $5,
                            address_postal_code = $6
                        WHERE id = $1
                        """,
                        order.id,
                        email.rawValue,
                        kept.line1,
                        kept.line2,
                        kept.city,
                        kept.postalCode
                    )
                ] + Self.telling(.contactChanged, order.id, at: now, .customer(requestID))
            )
        }
    }

    /// A link of an order. Its owner hands out those to the guide and the calendar.
    package enum SharedLink: String, Sendable, CaseIterable {
        case guide
        case calendar
        /// The owner's own, which only the staff can replace, and which is never off.
        case order

        fileprivate var purpose: Purpose {
            switch self {
            case .guide: .guide
            case .calendar: .calendar
            case .order: .order
            }
        }
    }

    /// Makes a new link in place of an old one, or switches it off. The old one stops working at once.
    /// - Throws: `Refusal.unknown`.
    package func replaceLink(
        _ name: Name,
        _ link: SharedLink,
        isRevoked: Bool,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let event: Event =
            switch link {
            case .guide: isRevoked ? .guideLinkRevoked : .guideLinkRenewed
            case .calendar: isRevoked ? .calendarLinkRevoked : .calendarLinkRenewed
            case .order: .orderLinkRenewed
            }
        let id = try await pool.transaction { transaction -> Int64 in
            let column = link == .order ? "token" : "\(link.rawValue)_token"
            let rows = try await transaction.execute([
                Statement(
                    assembled: """
                        UPDATE orders SET \(column)_version = \(column)_version + 1 WHERE \(name.column) = $1
                        RETURNING id, link_key, \(column)_version AS version
                        """,
                    [name.value]
                )
            ])
            guard let row = rows[0].first else { throw Refusal.unknown }
            let id: Int64 = try row.value("id")
            guard let key = keys.key(try row.value("link_key")) else {
                throw PostgresError.misuse("order \(id) has a link key that this program does not know")
            }
            let renewed = key.token(link.purpose, of: Self.name(id), version: try row.value("version"))
            _ = try await transaction.commit(
                [
                    Statement(
                        assembled: "UPDATE orders SET \(column)_hash = $2 WHERE id = $1",
                        [id, isRevoked && link != .order ? nil : Bytea(renewed.hash)]
                    )
                ] + Self.telling(event, id, at: now, actor)
            )
            return id
        }
        guard let order = try await order(.id(id)) else { throw Refusal.unknown }
        return order
    }

    /// Reads an order, which stays as it is meanwhile, and writes what a decision makes of it.
    private func change(
        _ name: Name,
        _ decide: @Sendable (Order) throws -> (Order, [Statement])
    ) async throws -> Order {
        try await pool.transaction { transaction in
            // Locked by a statement of its own: the ones after it see what whoever held the lock has written.
            let rows = try await transaction.execute([Self.locked(name)] + Self.statements(name))
            guard let order = try order(Array(rows.dropFirst())) else { throw Refusal.unknown }
            let (changed, statements) = try decide(order)
            _ = try await transaction.commit(statements)
            return changed
        }
    }

    // MARK: - Statements

    /// Writes down what happened, and that others are to be told.
    static func telling(
        _ event: Event,
        _ order: Int64,
        at now: Instant,
        _ actor: Actor,
        reason: String? = nil,
        amount: Int64? = nil
    ) -> [Statement] {
        let happened = Statement(
            """
            INSERT INTO order_event (order_id, at, kind, actor, request_id, reason, amount)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            order,
            now,
            event.rawValue,
            actor.name,
            actor.requestID,
            reason,
            amount
        )
        guard let topic = event.topic else { return [happened] }
        return [
            happened,
            Statement("INSERT INTO outbox (order_id, topic, created_at) VALUES ($1, $2, $3)", order, topic, now),
        ]
    }
}
