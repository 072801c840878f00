import Catalog
import CivilTime
import Commerce
import HTTPTypes
import Hummingbird
import JSONFields
import Links
import NIOCore
import Orders
import Payments
import Reminders
import Returns
import UsageGuide

/// The order's page and its forms. A form that was accepted leads back to the page, so that nothing is sent twice by
/// looking again; one that was not comes back as it was typed, with what is wrong.
struct OrderPageRoutes: Sendable {
    let store: Store

    func add(to router: RouterGroup<StoreContext>) {
        router.get("/o/{token}") { request, context in
            var order = try await store.ownOrder(context)
            let payment = request.uri.queryParameters["payment"]
            let isBack = payment == "returned"
            if isBack {
                order = try await store.payments.returned(order, now: store.now(), requestID: context.requestID)
            }
            // Whoever was sent to pay by a storefront goes back there, once the store knows how it went.
            if payment != nil, let address = try await store.payments.returnAddress(of: order) {
                return Response(status: .seeOther, headers: [.location: address, .cacheControl: "no-store"])
            }
            return try await answer(request, order) { page in
                page.done = request.uri.queryParameters["done"].flatMap { OrderPage.Form(rawValue: String($0)) }
                if isBack { page.done = .payment }
            }
        }
        router.post("/o/{token}/course") { request, context in
            let form = try await request.form(CourseForm.self)
            return try await act(request, context, form: .course, onProblem: { $0.course = form }) { order in
                let course = try Fields.request(
                    form.document(),
                    store.choiceReader(try await store.catalogs.lastSeen()).course
                )
                _ = try await store.orders.reschedule(
                    .id(order.id),
                    to: course,
                    versions: [form.version],
                    actor: .customer(context.requestID),
                    now: store.now()
                )
            }
        }
        router.post("/o/{token}/contact") { request, context in
            let form = try await request.form(ContactForm.self)
            return try await act(request, context, form: .contact, onProblem: { $0.contact = form }) { order in
                let correction = try Fields.request(form.document(), ContactCorrection.init)
                _ = try await CustomerActs(store, context).correct(order, correction, key: nil)
            }
        }
        router.post("/o/{token}/reminders") { request, context in
            let form = try await request.form(RemindersForm.self)
            return try await act(request, context, form: .reminders, onProblem: { _ in }) { order in
                let wish = try form.document().map { try Fields.request($0, CheckoutReader.reminders) }
                _ = try await store.reminders.wish(
                    wish,
                    of: .id(order.id),
                    actor: .customer(context.requestID),
                    now: store.now()
                )
            }
        }
        router.post("/o/{token}/offers") { request, context in
            let form = try await request.form(OffersForm.self)
            return try await act(request, context, form: .offers, onProblem: { _ in }) { order in
                let wording = try form.document().map { document in
                    try Fields.request(document) { CheckoutReader.offers($0, shown: store.settings.offers) }
                }
                _ = try await store.reminders.takeOffers(
                    wording,
                    of: .id(order.id),
                    from: .orderPage,
                    actor: .customer(context.requestID),
                    now: store.now()
                )
            }
        }
        router.post("/o/{token}/cancellation") { request, context in
            let form = try await request.form(UnitsForm.self)
            return try await act(request, context, form: .cancellation, onProblem: { _ in }) { order in
                let units = try Self.units(form, isAllByDefault: true)
                let key = request.formKey(seen: form.seen, try form.document(isAllByDefault: true))
                _ = try await CustomerActs(store, context).cancel(order, units, key: key)
            }
        }
        addChanges(to: router)
        router.post("/o/{token}/payment") { request, context in
            let order = try await store.ownOrder(context)
            let problem: Problem
            do {
                let started = try await store.payments.start(
                    .id(order.id),
                    returnAddress: nil,
                    now: store.now(),
                    requestID: context.requestID
                )
                guard case .redirect(let address) = started.action else {
                    return Response(status: .seeOther, headers: backToPage(order, done: .payment))
                }
                var answer = try PaymentPage.answer(to: address, language: order.details.language)
                answer.isPersonal = true
                return answer.response(to: request)
            } catch {
                guard let known = Problem(of: error) else { throw error }
                problem = known
            }
            return try await answer(request, order, status: problem.type.status) { page in
                page.problem = problem
                page.refused = .payment
            }
        }
        router.get("/o/{token}/documents/{document}") { request, context in
            let order = try await store.ownOrder(context)
            let name = context.parameters.get("document") ?? ""
            let (number, isPDF) = name.hasSuffix(".pdf") ? (String(name.dropLast(4)), true) : (name, false)
            let documents = try await store.payments.store.documents(of: order, now: store.now())
            guard let issued = documents.first(where: { $0.number == number }) else { throw Problem(.notFound) }
            let page = DocumentPage(
                issued: issued,
                day: store.shopDay(issued.issuedAt),
                due: issued.document.kind == .invoice && order.details.paymentMethod == .invoice
                    && order.paymentStatus == .unpaid ? order.comesTo : nil,
                pdf: isPDF ? nil : StorePath.document(order.token, number) + ".pdf"
            )
            var answer = PageAnswer(html: try page.html(), DocumentPage.template)
            if isPDF {
                let pdf = try await store.printer.pdf(Array(buffer: answer.body), named: answer.entityTag)
                answer = PageAnswer(bytes: pdf, type: "application/pdf", madeFrom: answer, named: store.printer.format)
            }
            answer.isPersonal = true
            return answer.response(to: request)
        }
        router.post("/o/{token}/links") { request, context in
            let form = try await request.form(LinkForm.self)
            return try await act(request, context, form: .links, onProblem: { _ in }) { order in
                guard let link = CustomerActs.SharedLink(rawValue: form.link),
                    let act = CustomerActs.LinkAct(rawValue: form.act)
                else { throw Problem(.invalidRequest, "This is not the form of the order's page.") }
                _ = try await CustomerActs(store, context).replace(link, of: order, act, key: nil)
            }
        }
    }

    private func addChanges(to router: RouterGroup<StoreContext>) {
        router.post("/o/{token}/shipping") { request, context in
            let form = try await request.form(ShippingForm.self)
            return try await act(request, context, form: .shipping, onProblem: { _ in }) { order in
                _ = try await CustomerActs(store, context).changeShipping(
                    order,
                    to: form.shippingMethod,
                    expected: Money(form.total, order.totals.total.currency),
                    key: request.formKey(seen: form.seen, Array(form.shippingMethod.utf8))
                )
            }
        }
        router.post("/o/{token}/returns") { request, context in
            let form = try await request.form(UnitsForm.self)
            return try await act(request, context, form: .returns, onProblem: { _ in }) { order in
                let asked = try Fields.request(form.document(), UnitsReader.announcement)
                _ = try await CustomerActs(store, context).announceReturn(
                    order,
                    asked.units,
                    reason: asked.reason,
                    key: request.formKey(seen: form.seen, try form.document())
                )
            }
        }
        router.post("/o/{token}/returns/closure") { request, context in
            let form = try await request.form(ReturnClosureForm.self)
            return try await act(request, context, form: .returnKept, onProblem: { _ in }) { order in
                _ = try await CustomerActs(store, context).closeReturn(
                    order,
                    form.ordinal,
                    reason: nil,
                    key: request.formKey(seen: form.seen.map { "\($0) \(form.ordinal)" }, [])
                )
            }
        }
        // First what it would do is shown; then it is confirmed.
        router.post("/o/{token}/withdrawal") { request, context in
            let form = try await request.form(UnitsForm.self)
            if form.confirmed != nil {
                return try await act(request, context, form: .withdrawal, onProblem: { _ in }) { order in
                    let key = request.formKey(seen: form.seen, try form.document())
                    _ = try await CustomerActs(store, context).withdraw(order, try Self.units(form), key: key)
                }
            }
            let order = try await store.ownOrder(context)
            do {
                let preview = try await store.withdrawalBody(Self.units(form), of: order)
                return try await answer(request, order) { $0.withdrawal = preview }
            } catch {
                guard let problem = Problem(of: error) else { throw error }
                return try await answer(request, order, status: problem.type.status) { page in
                    page.problem = problem
                    page.refused = .withdrawal
                }
            }
        }
    }

    /// The units that a form names; nil for all, where that is what it says.
    private static func units(_ form: UnitsForm, isAllByDefault: Bool = false) throws -> [SKU: Int]? {
        let units = try Fields.request(form.document(isAllByDefault: isAllByDefault)) { fields -> [SKU: Int]?? in
            fields.allow("items")
            let units = fields.units("items")
            if units == nil, !isAllByDefault || form.sku != nil {
                fields.report("items", "missing", "Choose at least one unit.")
            }
            return .some(units)
        }
        return units
    }

    private func backToPage(_ order: Order, done form: OrderPage.Form) -> HTTPFields {
        [.location: "\(StorePath.orderPage(order.token))?done=\(form.rawValue)", .cacheControl: "no-store"]
    }

    private func act(
        _ request: Request,
        _ context: StoreContext,
        form: OrderPage.Form,
        onProblem keep: (inout OrderPage) -> Void,
        _ body: (Order) async throws -> Void
    ) async throws -> Response {
        let order = try await store.ownOrder(context)
        let problem: Problem
        do {
            try await body(order)
            store.pages.forget(order.guideToken)
            return Response(status: .seeOther, headers: backToPage(order, done: form))
        } catch {
            guard let known = Problem(of: error) else { throw error }
            problem = known
        }
        // As it stands now: the dates may have been changed elsewhere.
        return try await answer(request, try await store.ownOrder(context), status: problem.type.status) { page in
            page.problem = problem
            page.refused = form
            if problem.type == .invalidRequest { keep(&page) }
        }
    }

    private func answer(
        _ request: Request,
        _ order: Order,
        status: HTTPResponse.Status = .ok,
        _ change: (inout OrderPage) -> Void
    ) async throws -> Response {
        var page = try OrderPage(
            order,
            previous: try await store.orders.previousGuide(of: order),
            closedBy: store.orders.lastChange(of: order.guide.guide.plan, now: store.now()),
            timeZone: store.settings.timeZone,
            timeZones: store.timeZones.places,
            publicURL: store.settings.publicURL
        )
        page.offers = store.settings.offers
        page.takesOffers = try await store.reminders.offersTaken(of: order.id) != nil
        page.documents = try await store.payments.store.documents(of: order, now: store.now())
        page.returns = try await store.returns.returns(of: order)
        page.returnAddress = try await store.returnAddress()
        page.shippingChanges = try await store.payments.store.shippingChanges(of: order, now: store.now())
        page.lastDayToWithdraw = store.payments.store.lastDayToWithdraw(order)
        page.isWithdrawalOver = page.lastDayToWithdraw.map { $0 < store.shopDay(store.now()) } ?? false
        change(&page)
        var answer = PageAnswer(html: page.html(), OrderPage.template)
        answer.isPersonal = true
        return answer.response(to: request, status: status)
    }
}
