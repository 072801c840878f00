import Encodings
import GuideFormats
import HTTPTypes
import Hummingbird
import JSONFields
import NIOCore
import StoreAPI
import UsageGuide

/// The storefront that comes with the store. It is a client of the API like any other: what its pages show is what they
/// were answered, and each tells how it asked. It works without a script: forms are posted, and lead back to a page.
struct ShopRoutes: Sendable {
    let store: Store
    /// The routes of the API that it asks.
    let api: RouterResponder<StoreContext>

    private var words: ShopWords { ShopWords.all[0] }
    private static let cookie = "cart"
    private static let module = Array(Embedded.text("shop.js").utf8)
    private static let drawing = Array(Embedded.text("shop.svg").utf8)

    func add(to router: Router<StoreContext>) {
        for (name, bytes, type) in [
            ("shop.js", Self.module, "text/javascript; charset=utf-8"), ("shop.svg", Self.drawing, "image/svg+xml"),
        ] {
            let file = PageAnswer(bytes: bytes, type: type)
            router.get("/\(name)") { request, _ in file.response(to: request) }
        }
        let pages = router.group().add(middleware: ShopPageMiddleware())
        pages.get("/") { request, context in try await kit(request, context, request.queryFields) }
        pages.get("/products/{sku}") { request, context in try await product(request, context) }
        pages.get("/cart") { request, context in try await ownCart(request, context) }
        pages.post("/cart") { request, context in try await add(request, context) }
        pages.get("/cart/{cart}") { request, context in
            var api = APIConversation(api, context)
            return try await cart(request, &api, ShopPath.cart(id(context)), id: id(context))
        }
        pages.post("/cart/{cart}/items") { request, context in
            try await change(request, context) { choice, form in
                guard let sku = form["sku"], let index = choice.items.firstIndex(where: { $0.sku == sku }) else {
                    return
                }
                let quantity = form["quantity"].flatMap { Int($0) } ?? choice.items[index].quantity
                if form["remove"] != nil || quantity == 0 {
                    choice.items.remove(at: index)
                } else {
                    choice.items[index].quantity = quantity
                }
            }
        }
        pages.post("/cart/{cart}/course") { request, context in
            let zone = store.settings.timeZone
            return try await change(request, context) { choice, form in
                let asked = SessionsForm(form, zone: zone).course
                choice.course = asked.map { course in
                    // What the form does not ask stays.
                    var course = course
                    course.washIntervalDays = choice.course?.washIntervalDays
                    course.restDays = choice.course?.restDays
                    return course
                }
            }
        }
        pages.post("/cart/{cart}/delivery") { request, context in
            try await change(request, context) { choice, form in
                let country = form["country"].flatMap { $0.isEmpty ? nil : $0 }
                let isOther = country != choice.country
                choice.country = country
                // What was chosen for one country may not be there in another.
                choice.region = isOther ? nil : form["region"].flatMap { $0.isEmpty ? nil : $0 }
                choice.shippingMethod = isOther ? nil : form["method"]
            }
        }
        pages.post("/cart/{cart}/codes") { request, context in
            try await change(request, context) { choice, form in
                if let code = form["remove"] { choice.discountCodes.removeAll { $0 == code } }
                if let code = form["add"]?.filter({ !$0.isWhitespace }), !code.isEmpty {
                    choice.discountCodes.append(code)
                }
            }
        }
        pages.post("/cart/{cart}/copy") { request, context in try await copy(request, context) }
        pages.get("/cart/{cart}/checkout") { request, context in try await checkout(request, context) }
        pages.post("/cart/{cart}/checkout") { request, context in try await order(request, context) }
    }

    // MARK: - The window

    private func kit(_ request: Request, _ context: StoreContext, _ fields: FormFields) async throws -> Response {
        var api = APIConversation(api, context)
        let shop = try await api.get("/v1/store", as: StoreBody.self).value
        let (currency, country) = try place(fields, shop)
        let products = try await api.get("/v1/products?currency=\(currency)", as: ProductListBody.self).value.data
        let kit = KitPage.kit(products)
        let items = kit.map { [ItemRequest(sku: $0.sku, quantity: 1)] } ?? []
        let form = SessionsForm(fields, zone: shop.timeZone)
        var problem: Problem?
        var course = form.course
        let plan: PlanAnswerBody
        do {
            let question = PlanQuestion(course: course, items: items)
            plan = try await api.send(.post, "/v1/plan", question, as: PlanAnswerBody.self).value
        } catch let refused as Problem where refused.type == .invalidRequest && course != nil {
            problem = refused
            course = nil
            let question = PlanQuestion(course: nil, items: items)
            plan = try await api.send(.post, "/v1/plan", question, as: PlanAnswerBody.self).value
        }
        var quote: QuoteBody?
        if kit != nil {
            let choice = ChoiceRequest(currency: currency, country: country.code, items: items, course: course)
            quote = try await api.send(.post, "/v1/quote", choice, as: QuoteBody.self).value
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
        return answer(page.page(words), api, shop, to: request)
    }

    private func product(_ request: Request, _ context: StoreContext) async throws -> Response {
        var api = APIConversation(api, context)
        let shop = try await api.get("/v1/store", as: StoreBody.self).value
        let (currency, country) = try place(request.queryFields, shop)
        let sku = (context.parameters.get("sku") ?? "").percentEncoded
        let product = try await api.get("/v1/products/\(sku)?currency=\(currency)", as: ProductBody.self).value
        let choice = ChoiceRequest(
            currency: currency,
            country: country.code,
            items: [ItemRequest(sku: product.sku, quantity: 1)]
        )
        let quote = try await api.send(.post, "/v1/quote", choice, as: QuoteBody.self).value
        let page = ProductPage(product: product, quote: quote, country: country, currency: currency)
        return answer(page.page(words), api, shop, to: request)
    }

    /// The price list and the country of whoever has no cart yet: those that they name, where the shop has them.
    private func place(
        _ fields: FormFields,
        _ shop: StoreBody
    ) throws -> (currency: String, country: StoreCountryBody) {
        let currency = fields["currency"].flatMap { shop.currencies.contains($0) ? $0 : nil } ?? shop.currency
        func country(_ code: some StringProtocol) -> StoreCountryBody? { shop.countries.first { $0.code == code } }
        // Most currencies begin with the code of their country.
        let chosen = fields["country"].flatMap { country($0) } ?? country(currency.prefix(2)) ?? shop.countries.first
        guard let chosen else { throw Problem(.internalError) }
        return (currency, chosen)
    }

    // MARK: - The cart

    private func id(_ context: StoreContext) -> String { context.parameters.get("cart") ?? "" }

    private func resource(_ id: String) -> String { "/v1/carts/\(id.percentEncoded)" }

    /// The cart that this browser remembers.
    private func ownCart(_ request: Request, _ context: StoreContext) async throws -> Response {
        if let own = request.cookie(Self.cookie), !own.isEmpty {
            var api = APIConversation(api, context)
            do {
                let cart = try await api.get(resource(own), as: CartBody.self).value
                if !cart.isOrdered { return seeOther(ShopPath.cart(cart.id)) }
            } catch let problem as Problem where [.notFound, .expired].contains(problem.type) {}
        }
        var api = APIConversation(api, context)
        let shop = try await api.get("/v1/store", as: StoreBody.self).value
        return answer(CartPage.empty(words), api, shop, to: request)
    }

    /// Puts a product into the cart of this browser, or into a new one.
    private func add(_ request: Request, _ context: StoreContext) async throws -> Response {
        let fields = try await request.formFields()
        var api = APIConversation(api, context)
        let shop = try await api.get("/v1/store", as: StoreBody.self).value
        let (currency, country) = try place(fields, shop)
        let item = ItemRequest(sku: fields["sku"] ?? "", quantity: fields["quantity"].flatMap { Int($0) } ?? 1)
        let course = SessionsForm(fields, zone: shop.timeZone).course
        do {
            if let cart = try await addToOwn(item, course, request, &api) {
                return seeOther(ShopPath.cart(cart.id) + "?done=added", cookie: cart.id)
            }
            let choice = ChoiceRequest(currency: currency, country: country.code, items: [item], course: course)
            let cart = try await api.send(.post, "/v1/carts", choice, as: CartBody.self).value
            return seeOther(ShopPath.cart(cart.id) + "?done=added", cookie: cart.id)
        } catch let problem as Problem where CartPage.isAboutDates(problem) {
            return try await kit(request, context, fields)
        }
    }

    private func addToOwn(
        _ item: ItemRequest,
        _ course: CourseRequest?,
        _ request: Request,
        _ api: inout APIConversation
    ) async throws -> CartBody? {
        guard let own = request.cookie(Self.cookie), !own.isEmpty else { return nil }
        // Another tab may be faster, and then another.
        for _ in 0..<5 {
            do {
                let cart = try await api.get(resource(own), as: CartBody.self)
                if cart.value.isOrdered { return nil }
                var choice = ChoiceRequest(cart.value)
                if let index = choice.items.firstIndex(where: { $0.sku == item.sku }) {
                    choice.items[index].quantity += item.quantity
                } else {
                    choice.items.append(item)
                }
                if let course { choice.course = course }
                return try await api.send(
                    .put,
                    resource(own),
                    choice,
                    [.ifMatch: cart.entityTag],
                    as: CartBody.self
                ).value
            } catch let problem as Problem {
                switch problem.type {
                case .cartChanged: continue
                case .notFound, .expired, .alreadyOrdered: return nil
                default: throw problem
                }
            }
        }
        throw Problem(.unavailable)
    }

    /// Shows a cart.
    /// - Parameters:
    ///   - problem: why it could not be changed as was asked.
    ///   - typed: the dates that were typed, where they are not those of the cart.
    private func cart(
        _ request: Request,
        _ api: inout APIConversation,
        _ path: String,
        id: String,
        problem: Problem? = nil,
        typed: SessionsForm? = nil
    ) async throws -> Response {
        let reply = try await api.get(resource(id), as: CartBody.self)
        let cart = reply.value
        let shop = try await api.get("/v1/store", as: StoreBody.self).value
        if cart.isOrdered {
            return try await ordered(request, &api, cart, shop, status: problem?.type.status ?? .ok)
        }
        let products = try await api.get("/v1/products?currency=\(cart.currency)", as: ProductListBody.self).value.data
        var plan: PlanAnswerBody?
        if cart.course != nil {
            let choice = ChoiceRequest(cart)
            let question = PlanQuestion(course: choice.course, items: choice.items)
            plan = try await api.send(.post, "/v1/plan", question, as: PlanAnswerBody.self).value
        }
        let query = request.queryFields
        // Room for another session was asked for: what is typed already is in the question.
        let asked = query["rows"] == nil ? nil : SessionsForm(query, zone: shop.timeZone)
        let page = CartPage(
            shop: shop,
            cart: cart,
            version: reply.entityTag.filter { $0 != "\"" },
            products: products,
            plan: plan,
            form: typed ?? asked ?? SessionsForm(cart.course, zone: shop.timeZone),
            publicURL: store.settings.publicURL,
            isShared: request.cookie(Self.cookie) != cart.id,
            message: problem == nil ? done(query["done"]) : nil,
            problem: problem
        )
        return answer(page.page(words), api, shop, to: request)
    }

    /// Makes a cart like another: whoever passed that one's link on does not see what becomes of this one.
    private func copy(_ request: Request, _ context: StoreContext) async throws -> Response {
        _ = try await request.formFields()
        var api = APIConversation(api, context)
        let choice = ChoiceRequest(try await api.get(resource(id(context)), as: CartBody.self).value)
        let cart = try await api.send(.post, "/v1/carts", choice, as: CartBody.self).value
        return seeOther(ShopPath.cart(cart.id), cookie: cart.id)
    }

    private func done(_ what: String?) -> String? {
        switch what {
        case "added": words.text(.doneAdded)
        case "saved": words.text(.doneSaved)
        default: nil
        }
    }

    /// Changes a cart as its shopper saw it, and leads back to it.
    private func change(
        _ request: Request,
        _ context: StoreContext,
        _ edit: (inout ChoiceRequest, FormFields) -> Void
    ) async throws -> Response {
        let form = try await request.formFields()
        let id = id(context)
        var api = APIConversation(api, context)
        var choice = ChoiceRequest(try await api.get(resource(id), as: CartBody.self).value)
        edit(&choice, form)
        let seen = "\"\(form["version"]?.filter(\.isNumber) ?? "")\""
        do {
            let cart = try await api.send(.put, resource(id), choice, [.ifMatch: seen], as: CartBody.self).value
            return seeOther(ShopPath.cart(cart.id) + "?done=saved")
        } catch let problem as Problem where ![.notFound, .expired].contains(problem.type) {
            let typed = CartPage.isAboutDates(problem) ? SessionsForm(form, zone: store.settings.timeZone) : nil
            return try await cart(
                request,
                &api,
                ShopPath.cart(id),
                id: id,
                problem: problem,
                typed: typed
            )
        }
    }

    /// That a cart was ordered, with the way to its order: whoever changes such a cart is told it.
    private func ordered(
        _ request: Request,
        _ api: inout APIConversation,
        _ cart: CartBody,
        _ shop: StoreBody,
        status: HTTPResponse.Status
    ) async throws -> Response {
        do {
            _ = try await api.send(.put, resource(cart.id), ChoiceRequest(cart), [.ifMatch: "*"], as: CartBody.self)
            throw Problem(.internalError)
        } catch let problem as Problem where problem.type == .alreadyOrdered {
            let order = problem.order?.split(separator: "/").last.map { "/o/\($0)" } ?? "/"
            return answer(ShopMessage.ordered(order, words, status: status), api, shop, to: request)
        }
    }

    // MARK: - Checkout

    private func checkout(_ request: Request, _ context: StoreContext) async throws -> Response {
        var api = APIConversation(api, context)
        return try await checkout(request, context, &api, form: nil, problem: nil)
    }

    private func checkout(
        _ request: Request,
        _ context: StoreContext,
        _ api: inout APIConversation,
        form: CheckoutForm?,
        problem: Problem?
    ) async throws -> Response {
        let reply = try await api.get(resource(id(context)), as: CartBody.self)
        let cart = reply.value
        let shop = try await api.get("/v1/store", as: StoreBody.self).value
        if cart.isOrdered {
            return try await ordered(request, &api, cart, shop, status: problem?.type.status ?? .ok)
        }
        let country = shop.countries.first { $0.code == cart.country }
        guard let country, cart.problems.isEmpty || problem != nil else { return seeOther(ShopPath.cart(cart.id)) }
        let products = try await api.get("/v1/products?currency=\(cart.currency)", as: ProductListBody.self).value.data
        let texts = try await api.get("/v1/legal-texts", as: LegalTextListBody.self).value.data
        let page = CheckoutPage(
            shop: shop,
            cart: cart,
            version: reply.entityTag.filter { $0 != "\"" },
            key: form?.key ?? "form-\(context.requestID)",
            country: country,
            products: products,
            isSentUnpaid: store.settings.shipsUnpaid,
            legalTexts: texts,
            form: form,
            problem: problem
        )
        return answer(page.page(words), api, shop, to: request)
    }

    private func order(_ request: Request, _ context: StoreContext) async throws -> Response {
        guard let form = CheckoutForm(try await request.formFields()) else {
            throw Problem(.invalidRequest, "This is not the form of the checkout.")
        }
        let id = id(context)
        var api = APIConversation(api, context)
        do {
            let cart = try await api.get(resource(id), as: CartBody.self).value
            let order = try await api.send(
                .post,
                resource(id) + "/checkout",
                form.request(country: cart.country ?? "", language: words.guide.language),
                [.idempotencyKey: form.key, .ifMatch: "\"\(form.version.filter(\.isNumber))\""],
                as: OrderBody.self
            ).value
            return try await pay(order, request, form.key, &api)
        } catch let problem as Problem where ![.notFound, .expired].contains(problem.type) {
            return try await checkout(request, context, &api, form: form, problem: problem)
        }
    }

    /// Leads to the provider's page, where there is something to pay there now, and else to the order.
    private func pay(
        _ order: OrderBody,
        _ request: Request,
        _ key: String,
        _ api: inout APIConversation
    ) async throws -> Response {
        let forget = request.cookie(Self.cookie) == nil ? nil : ""
        guard let path = order.page else { throw Problem(.internalError) }
        guard order.payment.method != "invoice", order.payment.status == .unpaid else {
            return seeOther(path, cookie: forget)
        }
        do {
            let started = try await api.send(
                .post,
                "/v1/orders/\(order.token)/payment",
                EmptyRequest(),
                [.idempotencyKey: key],
                as: PaymentStartBody.self
            ).value
            guard let address = started.action?.url else { return seeOther(path, cookie: forget) }
            var page = try PaymentPage.answer(to: address, language: order.language)
            page.isPersonal = true
            var response = page.response(to: request)
            if let forget { remember(forget, in: &response) }
            return response
        } catch is Problem {
            // The order stands, and its page has a button to pay.
            return seeOther(path, cookie: forget)
        }
    }

    // MARK: - Answers

    private func answer(
        _ page: ShopPage,
        _ api: APIConversation,
        _ shop: StoreBody,
        to request: Request
    ) -> Response {
        if HowPage.isAsked(request) {
            return HowPage.page(api.exchanges, words, of: request).answer(words, shop: shop, to: request)
        }
        return page.answer(words, shop: shop, to: request)
    }

    private func seeOther(_ path: String, cookie: String? = nil) -> Response {
        var response = Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
        if let cookie { remember(cookie, in: &response) }
        return response
    }

    /// Has the browser remember a cart, or forget it.
    private func remember(_ cart: String, in response: inout Response) {
        let age = cart.isEmpty ? 0 : store.settings.cartLifetime.components.seconds
        let isSecure = store.settings.publicURL.hasPrefix("https://")
        response.headers[.setCookie] =
            "\(Self.cookie)=\(cart); Path=/; Max-Age=\(age); HttpOnly; SameSite=Lax\(isSecure ? "; Secure" : "")"
    }
}

/// Tells a person what went wrong in a page of the shop rather than in JSON, and takes no form from another site.
private struct ShopPageMiddleware: RouterMiddleware {
    typealias Context = StoreContext

    func handle(
        _ request: Request,
        context: StoreContext,
        next: @concurrent (Request, StoreContext) async throws -> Response
    ) async throws -> Response {
        // A browser says where a form comes from. Another site could fill somebody's cart unasked.
        if request.method == .post, request.headers[.fetchSite] == "cross-site" {
            return Response(status: .seeOther, headers: [.location: "/", .cacheControl: "no-store"])
        }
        do {
            return try await next(request, context)
        } catch  where request.headers[.accept]?.contains("text/html") == true {
            let problem = AnswerMiddleware.problem(for: error, context)
            let words = ShopWords.all[0]
            var response = ShopMessage.page(of: problem, words).answer(words, shop: nil, to: request)
            response.headers[.vary] = "Accept"
            if problem.type == .unavailable { response.headers[.retryAfter] = "2" }
            return response
        }
    }
}

extension HTTPField.Name {
    fileprivate static let fetchSite = HTTPField.Name.of("Sec-Fetch-Site")
}
