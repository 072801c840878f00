import HTTPTypes
import Hummingbird
import StoreAPI
import UsageGuide

/// From a cart to its order, and on to where it is paid.
struct CheckoutPageRoutes: Sendable {
    let shop: Storefront

    func add(to pages: RouterGroup<StoreContext>) {
        pages.get("/cart/{cart}/checkout") { request, context in try await checkout(shop.visit(request, context)) }
        pages.post("/cart/{cart}/checkout") { request, context in try await order(shop.visit(request, context)) }
    }

    /// Shows the form.
    /// - Parameters:
    ///   - form: what was typed.
    ///   - problem: why it was not accepted.
    private func checkout(
        _ visit: ShopVisit,
        form: CheckoutForm? = nil,
        problem: Problem? = nil
    ) async throws -> Response {
        var visit = visit
        let reply = try await visit.api.get(ShopVisit.resource(visit.cart), as: CartBody.self)
        let cart = reply.value
        let shop = try await visit.api.get("/v1/store", as: StoreBody.self).value
        if cart.isOrdered { return try await visit.ordered(cart, shop, status: problem?.type.status ?? .ok) }
        let country = shop.countries.first { $0.code == cart.country }
        guard let country, cart.problems.isEmpty || problem != nil else {
            return visit.seeOther(ShopPath.cart(cart.id))
        }
        let list = "/v1/products?currency=\(cart.currency)"
        let products = try await visit.api.get(list, as: ProductListBody.self).value.data
        let texts = try await visit.api.get("/v1/legal-texts", as: LegalTextListBody.self).value.data
        var terms: [OrderTerm] = []
        for (name, text) in OrderTerm.meant(texts, country: country.code, language: visit.words.guide.language) {
            terms.append(OrderTerm(name: name, address: text.path, text: try await visit.api.text(text.path)))
        }
        let page = CheckoutPage(
            shop: shop,
            cart: cart,
            version: reply.entityTag.filter { $0 != "\"" },
            key: form?.key ?? "form-\(visit.context.requestID)",
            country: country,
            products: products,
            isSentUnpaid: visit.store.settings.shipsUnpaid,
            terms: terms,
            form: form,
            problem: problem
        )
        return visit.answer(page.page(visit.words), shop)
    }

    private func order(_ visit: ShopVisit) async throws -> Response {
        var visit = visit
        guard let form = CheckoutForm(try await visit.request.formFields()) else {
            throw Problem(.invalidRequest, "This is not the form of the checkout.")
        }
        let resource = ShopVisit.resource(visit.cart)
        do {
            let cart = try await visit.api.get(resource, as: CartBody.self).value
            let order = try await visit.api.send(
                .post,
                resource + "/checkout",
                form.request(country: cart.country ?? "", language: visit.words.guide.language),
                [.idempotencyKey: form.key, .ifMatch: "\"\(form.version.filter(\.isNumber))\""],
                as: OrderBody.self
            ).value
            return try await pay(order, form.key, &visit)
        } catch let problem as Problem where ![.notFound, .expired].contains(problem.type) {
            return try await checkout(visit, form: form, problem: problem)
        }
    }

    /// Leads to the provider's page, where there is something to pay there now, and else to the order.
    private func pay(_ order: OrderBody, _ key: String, _ visit: inout ShopVisit) async throws -> Response {
        let forget = visit.ownCart == nil ? nil : ""
        guard let path = order.page else { throw Problem(.internalError) }
        guard order.payment.method != "invoice", order.payment.status == .unpaid else {
            return visit.seeOther(path, cookie: forget)
        }
        do {
            let started = try await visit.api.send(
                .post,
                "/v1/orders/\(order.token)/payment",
                EmptyRequest(),
                [.idempotencyKey: key],
                as: PaymentStartBody.self
            ).value
            guard let address = started.action?.url else { return visit.seeOther(path, cookie: forget) }
            var page = try PaymentPage.answer(to: address, language: order.language)
            page.isPersonal = true
            var response = page.response(to: visit.request)
            if let forget { visit.remember(forget, in: &response) }
            return response
        } catch is Problem {
            // The order stands, and its page has a button to pay.
            return visit.seeOther(path, cookie: forget)
        }
    }
}
