import Cart
import Catalog
import Commerce
import HTTPTypes
import Hummingbird
import JSONFields
import NIOCore
import Orders
import Payments
import Postgres
import Staff
import StoreAPI
import UsageGuide

/// What the staff do with an order: read, take down, move, pay, give back, cancel.
struct StaffOrderRoutes: Sendable {
    let store: Store
    private var reader: StaffRequestReader { StaffRequestReader(store: store) }

    func add(to router: StaffRouter) {
        router.post("/v1/staff/orders", .support) { request, context, member in
            try await create(request, context, member)
        }
        router.get("/v1/staff/orders/{number}", .packer) { request, context, member in
            try request.checkQuery("reason")
            let reason = try request.uri.queryParameters["reason"].map { text in
                guard let line = try? OneLineText.checked(String(text), lengthMax: 200) else {
                    throw Problem("", "notALine", "A reason is 1 to 200 characters on one line.")
                }
                if CardNumber.isIn(line) {
                    throw Problem("", Fields.cardNumberCode, "reason: \(Fields.cardNumberDetail)")
                }
                return line
            }
            let order = try await reader.order(context)
            try await store.orders.noteViews(
                of: [order.id],
                reason: reason,
                by: .staff(member.name, context.requestID),
                now: store.now()
            )
            return try await store.staffAnswer(order)
        }
        router.post("/v1/staff/orders/{number}/payments", .support) { request, context, member in
            let (act, asked) = try await reader.act(request, context, member) {
                fields -> (amount: Money, reference: String?)? in
                fields.allow("amount", "reference")
                let amount = fields.require("amount") ? fields.object("amount", CheckoutReader.money) : nil
                let reference = fields.checkLine("reference", lengthMax: 200)
                return amount.map { ($0, reference) }
            }
            let order = try await store.payments.store.recordReceipt(
                reader.locator(context),
                amount: asked.amount,
                reference: asked.reference,
                key: act.key,
                actor: act.actor,
                now: act.now
            )
            return try await store.staffAnswer(order)
        }
        addMoneyBack(to: router)
        addContact(to: router)
        addCourse(to: router)
        addLinks(to: router)
    }

    private func addMoneyBack(to router: StaffRouter) {
        router.post("/v1/staff/orders/{number}/refunds/preview", .manager) { request, context, member in
            let asked = try Fields.request(
                try await request.jsonBytes(),
                UnitsReader.refund(of: context.parameters.get("number"))
            )
            let order = try await reader.order(context)
            let amount = try await store.payments.store.preview(asked, of: order, now: store.now())
            return try await moneyBack(amount, of: order, reason: "refund", context, member)
        }
        router.post("/v1/staff/orders/{number}/refunds", .manager) { request, context, member in
            let (act, asked) = try await reader.act(
                request,
                context,
                member,
                UnitsReader.refund(of: context.parameters.get("number"))
            )
            let order = try await store.payments.store.refund(
                reader.locator(context),
                asked,
                key: act.key,
                actor: act.actor,
                now: act.now
            )
            await store.sendRefunds(of: order)
            return try await store.staffAnswer(order)
        }
        router.post("/v1/staff/orders/{number}/cancellation/preview", .support) { request, context, member in
            let asked = try Fields.request(try await request.jsonBytes(), UnitsReader.cancellation)
            let order = try await reader.order(context)
            return try await moneyBack(
                try order.adjustmentWhenCancelled(asked.units, at: store.now())?.amount ?? 0,
                of: order,
                reason: "cancellation",
                context,
                member
            )
        }
        router.post("/v1/staff/orders/{number}/cancellation", .support) { request, context, member in
            let (act, asked) = try await reader.act(request, context, member, UnitsReader.cancellation)
            let order = try await store.payments.store.cancel(
                reader.locator(context),
                asked.units,
                reason: asked.reason,
                key: act.key,
                actor: act.actor,
                now: act.now
            )
            await store.sendRefunds(of: order)
            store.pages.forget(order.guideToken)
            return try await store.staffAnswer(order)
        }
    }

    /// Who would get how much back: their name is seen.
    private func moneyBack(
        _ amount: Int64,
        of order: Order,
        reason: String,
        _ context: StoreContext,
        _ member: StaffToken
    ) async throws -> Response {
        try await store.orders.noteViews(
            of: [order.id],
            reason: reason,
            by: .staff(member.name, context.requestID),
            now: store.now()
        )
        return Response.privateJSON(MoneyBackBody(amount, of: order))
    }

    private func addContact(to router: StaffRouter) {
        router.post("/v1/staff/orders/{number}/contact/preview", .support) { request, context, member in
            let correction = try Fields.request(try await request.jsonBytes(), ContactCorrection.init)
            let order = try await reader.order(context)
            let contact = try order.contact(correction)
            // It says where somebody lives.
            try await store.orders.noteViews(
                of: [order.id],
                reason: "contact",
                by: .staff(member.name, context.requestID),
                now: store.now()
            )
            return Response.privateJSON(
                ContactPreviewBody(before: ContactBody(order.contact), after: ContactBody(contact))
            )
        }
        router.post("/v1/staff/orders/{number}/contact", .support) { request, context, member in
            let (act, correction) = try await reader.act(
                request,
                context,
                member,
                needsKey: false,
                ContactCorrection.init
            )
            let order = try await store.orders.correct(
                reader.locator(context),
                correction,
                key: act.key,
                actor: act.actor,
                now: act.now
            )
            store.pages.forget(order.guideToken)
            return try await store.staffAnswer(order)
        }
    }

    private func addCourse(to router: StaffRouter) {
        router.post("/v1/staff/orders/{number}/course/preview", .support) { request, context, _ in
            let bytes = try await request.jsonBytes()
            let course = try Fields.request(bytes, store.choiceReader(try await store.catalogs.lastSeen()).course)
            let order = try await reader.order(context)
            let preview = try await store.orders.preview(order, to: course, now: store.now())
            return Response.privateJSON(
                CoursePreviewBody(
                    changes: preview.changes,
                    shipBy: preview.shipBy?.description,
                    version: order.guide.courseVersion
                )
            )
        }
        router.put("/v1/staff/orders/{number}/course", .support) { request, context, member in
            let bytes = try await request.jsonBytes()
            let versions = try request.requiredVersions()
            let course = try Fields.request(bytes, store.choiceReader(try await store.catalogs.lastSeen()).course)
            let order = try await store.orders.reschedule(
                reader.locator(context),
                to: course,
                versions: versions,
                actor: .staff(member.name, context.requestID),
                now: store.now()
            )
            store.pages.forget(order.guideToken)
            return Response.privateJSON(
                StaffCourseBody(order: try await store.staffBody(order), revision: order.guide.revision),
                version: order.guide.courseVersion
            )
        }
    }

    private func addLinks(to router: StaffRouter) {
        router.get("/v1/staff/orders/{number}/documents", .support) { _, context, _ in
            let locator = try reader.locator(context)
            let documents: [DocumentBody]
            do {
                let order = try await reader.order(context)
                documents = try await store.payments.store.documents(of: order, now: store.now())
                    .map { DocumentBody($0, of: order) }
            } catch OrderError.erased {
                // What the law wants kept is here though the order's page is not.
                documents = try await store.pool.read(PaymentErasure.documents(of: store.orders.id(locator)))
                    .map { DocumentBody($0, page: StorePath.staffDocument($0.number)) }
            }
            return Response.privateJSON(StaffDocumentsBody(data: documents, next: nil))
        }
        router.get("/v1/staff/documents/{document}", .support) { request, context, _ in
            let name = context.parameters.get("document") ?? ""
            let isPDF = name.hasSuffix(".pdf")
            guard let issued = try await store.pool.read(IssuedDocument.named(isPDF ? String(name.dropLast(4)) : name))
            else { throw Problem(.notFound, "There is no document of this number, or its years are over.") }
            let page = DocumentPage(issued: issued, day: store.shopDay(issued.issuedAt), due: nil, pdf: nil)
            var answer = PageAnswer(html: try page.html(), DocumentPage.template)
            if isPDF {
                let pdf = try await store.printer.pdf(Array(buffer: answer.body), named: answer.entityTag)
                answer = PageAnswer(bytes: pdf, type: "application/pdf", madeFrom: answer, named: store.printer.format)
            }
            answer.isPersonal = true
            return answer.response(to: request)
        }
        router.get("/v1/staff/orders/{number}/links", .support) { _, context, member in
            let order = try await reader.order(context)
            // Whoever has the links sees what they open.
            try await store.orders.noteViews(
                of: [order.id],
                reason: "links",
                by: .staff(member.name, context.requestID),
                now: store.now()
            )
            return Response.privateJSON(links(order))
        }
        router.post("/v1/staff/orders/{number}/links", .support) { request, context, member in
            let (act, asked) = try await reader.act(request, context, member, needsKey: false) {
                fields -> (link: Order.SharedLink, isRevoked: Bool)? in
                fields.allow("link", "act")
                guard fields.require("link"), fields.require("act"), let link = fields.text("link"),
                    let act = fields.text("act")
                else { return nil }
                let shared = Order.SharedLink(rawValue: link)
                if shared == nil { fields.report("link", "unknownLink", "A link is order, guide or calendar.") }
                if !["renew", "revoke"].contains(act) {
                    fields.report("act", "unknownAct", "A link is renewed or revoked: renew, revoke.")
                } else if act == "revoke", shared == .order {
                    fields.report("act", "notRevocable", "An order's own link is never off: renew it.")
                }
                return shared.map { ($0, act == "revoke") }
            }
            let before = try await reader.order(context)
            let order = try await store.orders.replaceLink(
                .id(before.id),
                asked.link,
                isRevoked: asked.isRevoked,
                key: act.key,
                actor: act.actor,
                now: act.now
            )
            store.pages.forget(before.guideToken)
            return Response.privateJSON(links(order))
        }
    }

    private func links(_ order: Order) -> StaffLinksBody {
        let url = store.settings.publicURL
        return StaffLinksBody(
            order: url + StorePath.orderPage(order.token),
            guide: order.guideToken.map { url + StorePath.guidePage($0) },
            calendar: order.calendarToken.map { url + StorePath.calendar($0) }
        )
    }

    // MARK: - Taking down

    /// An order that was taken on the phone: a cart and its checkout, under one key. Where no total is named, it is what the
    /// cart comes to.
    private func create(_ request: Request, _ context: StoreContext, _ member: StaffToken) async throws -> Response {
        let bytes = try await request.jsonBytes()
        let choices = store.choiceReader(try await store.catalogs.current())
        let (act, choice) = try await reader.act(request, context, member, body: bytes) { fields in
            fields.allow("cart", "order")
            _ = fields.require("order")
            return fields.require("cart") ? fields.object("cart", choices.choice) : nil
        }
        let checkout = CheckoutReader(
            methods: store.payments.methods,
            obstacle: store.payments.obstacle,
            offers: store.settings.offers,
            key: "staff",
            standardTotal: try await store.quote(choice).0.totals.total
        )
        let asked = try Fields.request(bytes) { $0.object("order", checkout.request) }
        guard let (cart, _) = try await store.carts.create(choice, key: act.key, now: act.now) else {
            throw Problem(.expired, "This key is too old; send it under a new one.")
        }
        let order = try await CheckoutRoutes(store: store).place(asked, cart: cart, actor: act.actor)
        return try await store.staffAnswer(order, status: .created)
    }
}
