import Encodings
import Hummingbird
import JSONFields
import StoreAPI
import Synchronization

/// The shop's window: the kit and each product, for everybody.
struct WindowRoutes: Sendable {
    let shop: Storefront
    private let kept = KeptPages()

    init(shop: Storefront) { self.shop = shop }

    func add(to pages: RouterGroup<StoreContext>) {
        pages.get("/") { request, context in
            try await kept.answer(request) { try await Self.kit(shop.visit(request, context), request.queryFields) }
        }
        pages.get("/products/{sku}") { request, context in
            try await kept.answer(request) { try await product(shop.visit(request, context)) }
        }
    }

    /// The first page.
    /// - Parameter fields: the dates, and where it goes.
    static func kit(_ visit: ShopVisit, _ fields: FormFields) async throws -> MadePage {
        var visit = visit
        let shop = try await visit.api.get("/v1/store", as: StoreBody.self).value
        let (currency, country) = try visit.place(fields, shop)
        let products = try await visit.api.get("/v1/products?currency=\(currency)", as: ProductListBody.self).value.data
        let kit = KitPage.kit(products)
        let items = kit.map { [ItemRequest(sku: $0.sku, quantity: 1)] } ?? []
        let form = SessionsForm(fields, zone: shop.timeZone)
        var (used, faults) = (form, [FieldProblem]())
        let plan = try await visit.plan(&used, items, &faults)
        let reference = fields["ref"]?.trimmingSpaces().nonEmpty
        var choice = ChoiceRequest(
            currency: currency,
            country: country.code,
            items: items,
            course: used.course,
            ref: reference
        )
        let quote = try await visit.quote(&choice, &faults)
        let page = KitPage(
            shop: shop,
            products: products,
            form: form,
            used: used,
            reference: choice.ref,
            faults: faults,
            plan: plan,
            quote: kit == nil ? nil : quote,
            country: country,
            currency: currency
        )
        return visit.made(page.page(visit.words), shop)
    }

    private func product(_ visit: ShopVisit) async throws -> MadePage {
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
        return visit.made(page.page(visit.words), shop)
    }
}

/// Pages of the window as they were made last. They are the same for everybody who asks the same, and a second old at
/// most: so may be the stock that they show.
private final class KeptPages: Sendable {
    private struct Kept {
        let page: MadePage
        let until: ContinuousClock.Instant
    }

    private let pages = Mutex<[String: Kept]>([:])
    private static let age = Duration.seconds(1)
    private static let pagesMax = 100
    private static let addressMax = 500

    func answer(_ request: Request, _ make: () async throws -> MadePage) async throws -> Response {
        let (address, now) = (request.uri.string, ContinuousClock.now)
        if let kept = pages.withLock({ $0[address] }), kept.until > now { return kept.page.response(to: request) }
        let page = try await make()
        if !page.answer.isPersonal, address.utf8.count <= Self.addressMax {
            pages.withLock { pages in
                // Whoever asks for a new address each time gains nothing, and fills nothing up.
                if pages.count >= Self.pagesMax { pages.removeAll() }
                pages[address] = Kept(page: page, until: now + Self.age)
            }
        }
        return page.response(to: request)
    }
}

extension ShopVisit {
    /// The plan for a course. What is wrong with it is left out, and the rest is planned.
    fileprivate mutating func plan(
        _ form: inout SessionsForm,
        _ items: [ItemRequest],
        _ faults: inout [FieldProblem]
    ) async throws -> PlanAnswerBody {
        // Each time something is left out, so that it comes to an end.
        while true {
            do {
                let question = PlanQuestion(course: form.course, items: items)
                return try await api.send(.post, "/v1/plan", question, as: PlanAnswerBody.self).value
            } catch let refused as Problem where refused.type == .invalidRequest && form.course != nil {
                faults += form.takeOut(refused.errors ?? [])
            }
        }
    }

    /// What a choice comes to, without a reference that can't be kept.
    fileprivate mutating func quote(
        _ choice: inout ChoiceRequest,
        _ faults: inout [FieldProblem]
    ) async throws -> QuoteBody {
        do {
            return try await api.send(.post, "/v1/quote", choice, as: QuoteBody.self).value
        } catch let refused as Problem where refused.errors?.contains(where: { $0.pointer == "/ref" }) == true {
            faults += refused.errors ?? []
            choice.ref = nil
            return try await api.send(.post, "/v1/quote", choice, as: QuoteBody.self).value
        }
    }
}
