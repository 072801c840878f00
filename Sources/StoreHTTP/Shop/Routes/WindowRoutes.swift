import Encodings
import Hummingbird
import StoreAPI

/// The shop's window: the kit and each product, for everybody.
struct WindowRoutes: Sendable {
    let shop: Storefront

    func add(to pages: RouterGroup<StoreContext>) {
        pages.get("/") { request, context in
            try await Self.kit(shop.visit(request, context), request.queryFields)
        }
        pages.get("/products/{sku}") { request, context in try await product(shop.visit(request, context)) }
    }

    /// The first page.
    /// - Parameter fields: the dates, and where it goes.
    static func kit(_ visit: ShopVisit, _ fields: FormFields) async throws -> Response {
        var visit = visit
        let shop = try await visit.api.get("/v1/store", as: StoreBody.self).value
        let (currency, country) = try visit.place(fields, shop)
        let products = try await visit.api.get("/v1/products?currency=\(currency)", as: ProductListBody.self).value.data
        let kit = KitPage.kit(products)
        let items = kit.map { [ItemRequest(sku: $0.sku, quantity: 1)] } ?? []
        let form = SessionsForm(fields, zone: shop.timeZone)
        var problem: Problem?
        var course = form.course
        let plan: PlanAnswerBody
        do {
            let question = PlanQuestion(course: course, items: items)
            plan = try await visit.api.send(.post, "/v1/plan", question, as: PlanAnswerBody.self).value
        } catch let refused as Problem where refused.type == .invalidRequest && course != nil {
            problem = refused
            course = nil
            let question = PlanQuestion(course: nil, items: items)
            plan = try await visit.api.send(.post, "/v1/plan", question, as: PlanAnswerBody.self).value
        }
        var quote: QuoteBody?
        if kit != nil {
            let choice = ChoiceRequest(currency: currency, country: country.code, items: items, course: course)
            quote = try await visit.api.send(.post, "/v1/quote", choice, as: QuoteBody.self).value
        }
        let page = KitPage(
            shop: shop,
            products: products,
            form: form,
            problem: problem,
            plan: plan,
            quote: quote,
            country: country,
            currency: currency
        )
        return visit.answer(page.page(visit.words), shop)
    }

    private func product(_ visit: ShopVisit) async throws -> Response {
        var visit = visit
        let shop = try await visit.api.get("/v1/store", as: StoreBody.self).value
        let (currency, country) = try visit.place(visit.request.queryFields, shop)
        let sku = (visit.context.parameters.get("sku") ?? "").percentEncoded
        let product = try await visit.api.get("/v1/products/\(sku)?currency=\(currency)", as: ProductBody.self).value
        let choice = ChoiceRequest(
            currency: currency,
            country: country.code,
            items: [ItemRequest(sku: product.sku, quantity: 1)]
        )
        let quote = try await visit.api.send(.post, "/v1/quote", choice, as: QuoteBody.self).value
        let page = ProductPage(product: product, quote: quote, country: country, currency: currency)
        return visit.answer(page.page(visit.words), shop)
    }
}
