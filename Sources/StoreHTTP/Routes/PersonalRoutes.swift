import Catalog
import Commerce
import Delivery
import Hummingbird
import JSONFields
import Logging
import Orders
import Payments
import Personal
import Reminders
import Staff
import StoreAPI
import UsageGuide

/// What a manager does for somebody who asks what is held of them, or wants it erased. An address comes in the body alone:
/// so it is in no log.
struct PersonalRoutes: Sendable {
    let store: Store

    private var reader: StaffRequestReader { StaffRequestReader(store: store) }

    func add(to router: StaffRouter) {
        router.post("/v1/staff/personal/export", .manager) { request, context, member in
            Response.privateJSON(try await export(request, context, member))
        }
        router.post("/v1/staff/personal/export/page", .manager) { request, context, member in
            let page = PersonalPage(export: try await export(request, context, member))
            var answer = PageAnswer(html: page.html(), PersonalPage.template)
            answer.isPersonal = true
            return answer.response(to: request)
        }
        router.post("/v1/staff/personal/erasure/preview", .manager) { request, context, member in
            let email = try Fields.request(try await request.jsonBytes(), Self.email)
            let holdings = try await store.personal.holdings(of: email)
            try await note(holdings.map(\.order), "erasure", context, member)
            return Response.privateJSON(PersonalErasureBody(holdings, erasedAt: nil))
        }
        router.post("/v1/staff/personal/erasure", .manager) { request, context, member in
            let (act, email) = try await reader.act(request, context, member, Self.email)
            let erased = try await store.personal.erase(email, key: act.key, actor: act.actor, now: act.now)
            for holding in erased { store.pages.forget(holding.order.guideToken) }
            // They are erased. What stands beside the database is tried again every half minute.
            do { try await store.settleErasures(now: act.now) } catch {
                let cause = (error as? ErasureListError)?.description ?? "\(type(of: error))"
                context.logger.error("an erasure is not written down beside it", metadata: ["error": "\(cause)"])
            }
            return Response.privateJSON(PersonalErasureBody(erased, erasedAt: act.now))
        }
    }

    @Sendable private static func email(_ fields: Fields) -> EmailAddress? {
        fields.allow("email")
        return CheckoutReader.email(fields)
    }

    private func export(
        _ request: Request,
        _ context: StoreContext,
        _ member: StaffToken
    ) async throws -> PersonalExportBody {
        let email = try Fields.request(try await request.jsonBytes(), Self.email)
        let records = try await store.personal.records(of: email)
        try await note(records.map(\.holding.order), "export", context, member)
        return PersonalExportBody(
            email: email.rawValue,
            madeAt: store.now().description,
            orders: records.map(PersonalRecordBody.init)
        )
    }

    /// Notes whose data was seen.
    private func note(_ orders: [Order], _ reason: String, _ context: StoreContext, _ member: StaffToken) async throws {
        try await store.orders.noteViews(
            of: orders.map(\.id),
            reason: reason,
            by: .staff(member.name, context.requestID),
            now: store.now()
        )
    }
}

extension PersonalErasureBody {
    init(_ holdings: [PersonalStore.Holding], erasedAt: Instant?) {
        self.init(
            erasedAt: erasedAt?.description,
            orders: holdings.map { holding in
                PersonalOrderBody(
                    number: holding.order.number.description,
                    placedAt: holding.order.placedAt.description,
                    status: OrderStatus(rawValue: holding.order.status.rawValue),
                    total: MoneyBody(holding.order.totals.total),
                    obstacle: holding.obstacle.map { PersonalObstacle(rawValue: $0.rawValue) }
                )
            },
            kept: holdings.flatMap { holding in
                holding.documents.map { PersonalDocumentBody($0, of: holding.order) }
            }
        )
    }
}

extension PersonalDocumentBody {
    init(_ issued: IssuedDocument, of order: Order) {
        let country = issued.document.seller.country
        let years = RetentionYears.years(of: country)
        self.init(
            order: order.number.description,
            number: issued.number,
            issuedAt: issued.issuedAt.description,
            total: MoneyBody(Money(issued.document.total, order.totals.total.currency)),
            buyer: issued.document.buyer,
            keptUntil: issued.keptUntil.description,
            law: country.map { "the tax law of \($0) wants invoices kept for \(years) years" }
                ?? "the seller names no country: \(years) years are kept, as long as any law that is known"
        )
    }
}

extension PersonalRecordBody {
    init(_ record: PersonalStore.Record) {
        let order = record.holding.order
        self.init(
            order: StaffOrderBody(
                order,
                timeline: record.timeline.map { TimelineEntryBody($0, order.totals.total.currency) }
            ),
            guides: record.guides.map { issued in
                PersonalGuideBody(
                    revision: issued.revision,
                    issuedAt: issued.issuedAt.description,
                    course: issued.guide.plan.course.map(CourseBody.init)
                )
            },
            documents: record.holding.documents.map { PersonalDocumentBody($0, of: order) },
            payments: record.payments.map { entry in
                PersonalPaymentBody(
                    at: entry.at.description,
                    kind: entry.kind,
                    amount: MoneyBody(entry.amount),
                    reference: entry.reference
                )
            },
            attempts: record.attempts.map { attempt in
                PersonalAttemptBody(
                    at: attempt.startedAt.description,
                    provider: order.details.paymentMethod.rawValue,
                    status: attempt.status.rawValue,
                    session: attempt.sessionID
                )
            },
            mails: record.mails.map {
                PersonalMailBody(at: $0.at.description, about: $0.about ?? "", sent: $0.isSent)
            },
            deliveries: record.deliveries.map { DeliveryAttemptBody($0.attempt, $0.event, showsAnswer: true) },
            reminders: record.reminders.map { reminder in
                PersonalReminderBody(
                    about: reminder.kind,
                    date: reminder.date.description,
                    hour: reminder.hour,
                    timeZone: reminder.timeZone,
                    state: reminder.state
                )
            },
            offers: record.consents.map { consent in
                PersonalConsentBody(
                    at: consent.at.description,
                    given: consent.wording != nil,
                    wording: consent.wording,
                    source: consent.source.rawValue
                )
            }
        )
    }
}
