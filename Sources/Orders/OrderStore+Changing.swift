import Cart
import Catalog
import CivilTime
package import Commerce
import Links
import Postgres
package import Records
package import UsageGuide

/// What a customer, or somebody for them, changes of an order: its dates, its contact, its links.
extension OrderStore {
    /// Dates can be changed this often.
    private static let revisionsMax = 200

    /// Gives an order a new course: the next revision of its guide, with its entry in the log, in one transaction.
    ///
    /// The regimen is kept and the newest sentences are taken. Where the order has this course already, nothing is
    /// written: a request that is sent again is answered again.
    /// - Parameter versions: the versions of the course that the caller may have seen; nil for any.
    /// - Throws: `OrderError`.
    package func reschedule(
        _ locator: OrderLocator,
        to course: Course,
        versions: Set<Int>?,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        let shipping = try await catalogs.lastSeen().terms.shipping
        return try await perform(nil, on: locator, now: now) { order in
            let current = order.guide
            let plan = current.guide.plan
            let isRepeated =
                plan.course == course && versions?.contains(current.courseVersion - 1) == true
            if let versions, !versions.contains(current.courseVersion), !isRepeated { throw OrderError.changed(order) }
            if let error = error(moving: order, now: now) { throw error }
            if plan.course == course { return [] }
            guard current.revision < Self.revisionsMax else { throw OrderError.changedTooOften }
            let guide = Guide(
                plan: Plan(course, regimen: Regimen.named(plan.regimen) ?? .current),
                products: current.guide.products
            )
            return try reissue(guide, of: order, at: now) + [
                Statement(
                    "UPDATE orders SET ship_by = $2 WHERE id = $1",
                    order.id,
                    shipBy(of: order, for: course, shipping, now: now)
                ), OrderLog.entry(.rescheduled, of: order.id, at: now, by: actor),
            ]
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
    /// - Throws: `OrderError`.
    package func preview(
        _ order: Order,
        to course: Course,
        now: Instant
    ) async throws -> (changes: [String], shipBy: CalendarDate?) {
        let plan = order.guide.guide.plan
        if let error = error(moving: order, now: now) { throw error }
        guard let content = GuideContent.newest(order.details.language) else {
            throw PostgresError.misuse("an order has a language that no guide is written in")
        }
        let moved = Plan(course, regimen: Regimen.named(plan.regimen) ?? .current)
        let shipping = try await catalogs.lastSeen().terms.shipping
        return (
            plan.course == course ? [] : content.changes(from: plan, to: moved),
            shipBy(of: order, for: course, shipping, now: now)
        )
    }

    private func error(moving order: Order, now: Instant) -> OrderError? {
        order.status == .cancelled ? .cancelled : lastChange(of: order.guide.guide.plan, now: now)
    }

    /// Why a plan's dates can't be changed any more; nil while they can.
    package func lastChange(of plan: Plan, now: Instant) -> OrderError? {
        guard let last = plan.lastDateOfChange, let zone = plan.course?.timeZone,
            let today = timeZones.today(in: zone, at: now), today > last
        else { return nil }
        return .over(last)
    }

    /// Puts right who an order is for and where it goes. Where it is so already, nothing is written.
    /// - Parameter key: nil for a customer's own page.
    /// - Throws: `OrderError`.
    package func correct(
        _ locator: OrderLocator,
        _ correction: ContactCorrection,
        key: IdempotencyKey?,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await perform(key, on: locator, now: now) { order in
            let contact = try order.contact(correction)
            return contact == order.contact ? [] : OrderFacts.contactChanged(order, to: contact, at: now, by: actor)
        }
    }

    /// How often an order's links are mailed again within an hour.
    private static let linkRequestsMax = 3

    /// Writes down that somebody asked for an order's links, which mails them to the order's own address. Nothing happens
    /// where the e-mail is not the order's, where there is no such order or it was erased, and above three times an hour.
    package func requestLinks(_ number: OrderNumber, email: EmailAddress, actor: Actor, now: Instant) async throws {
        // Looked at without a lock first: whoever guesses holds up nobody.
        func isMeant(_ order: Order) -> Bool {
            order.details.customer.email.rawValue.lowercased() == email.rawValue.lowercased()
        }
        let order: Order?
        do { order = try await self.order(.number(number)) } catch OrderError.erased { return }
        guard let order, isMeant(order) else { return }
        let recent = Query(
            only: Statement(
                "SELECT count(*) AS n FROM order_event WHERE order_id = $1 AND kind = 'linkRequested' AND at > $2",
                order.id,
                now + .seconds(-3600)
            )
        ) { try $0.value("n", as: Int.self) }
        guard try await pool.read(recent) < Self.linkRequestsMax else { return }
        _ = try await perform(nil, on: .id(order.id), now: now, reading: recent) { order, count in
            guard isMeant(order), count < Self.linkRequestsMax else { return [] }
            return [OrderLog.entry(.linkRequested, of: order.id, at: now, by: actor)]
        }
    }

    /// Writes down that mail to the customer came back for good.
    /// - Parameter reason: why, in a sentence that names nobody.
    package func noteUndeliverableMail(_ order: Int64, reason: String, now: Instant) async throws {
        _ = try await perform(nil, on: .id(order), now: now) { order in
            OrderFacts.mailUndeliverable(order, reason: String(reason.prefix(200)), at: now, by: .system)
        }
    }

    /// Makes a new link in place of an old one, or switches it off. The old one stops working at once.
    /// - Parameter key: nil for a customer's own page.
    /// - Throws: `OrderError`.
    package func replaceLink(
        _ locator: OrderLocator,
        _ link: Order.SharedLink,
        isRevoked: Bool,
        key: IdempotencyKey?,
        actor: Actor,
        now: Instant
    ) async throws -> Order {
        try await perform(key, on: locator, now: now) { order in
            let version = order.linkVersions[link, default: 1] + 1
            guard version <= LinkTarget.versionMax else { throw OrderError.renewedTooOften }
            let (statement, event): (Statement, OrderEvent) =
                switch link {
                case .order:
                    (
                        Statement("UPDATE orders SET order_link_version = $2 WHERE id = $1", order.id, version),
                        .orderLinkRenewed
                    )
                case .guide:
                    (
                        Statement(
                            "UPDATE orders SET guide_link_version = $2, guide_link_is_on = $3 WHERE id = $1",
                            order.id,
                            version,
                            !isRevoked
                        ), isRevoked ? .guideLinkRevoked : .guideLinkRenewed
                    )
                case .calendar:
                    (
                        Statement(
                            "UPDATE orders SET calendar_link_version = $2, calendar_link_is_on = $3 WHERE id = $1",
                            order.id,
                            version,
                            !isRevoked
                        ), isRevoked ? .calendarLinkRevoked : .calendarLinkRenewed
                    )
                }
            return [statement, OrderLog.entry(event, of: order.id, at: now, by: actor)]
        }
    }
}
