import Hummingbird
import StoreAPI
import UsageGuide

/// The cart's pages: each form changes the cart as its shopper saw it, and leads back to it.
struct CartPageRoutes: Sendable {
    let shop: Storefront

    func add(to pages: RouterGroup<StoreContext>) {
        pages.get("/cart") { request, context in try await ownCart(shop.visit(request, context)) }
        pages.post("/cart") { request, context in try await add(shop.visit(request, context)) }
        pages.get("/cart/{cart}") { request, context in try await cart(shop.visit(request, context)) }
        pages.post("/cart/{cart}/items") { request, context in
            try await change(shop.visit(request, context)) { choice, form in
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
            let zone = shop.store.settings.timeZone
            return try await change(shop.visit(request, context)) { choice, form in
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
            try await change(shop.visit(request, context)) { choice, form in
                let country = form["country"].flatMap { $0.isEmpty ? nil : $0 }
                let isOther = country != choice.country
                choice.country = country
                // What was chosen for one country may not be there in another.
                choice.region = isOther ? nil : form["region"].flatMap { $0.isEmpty ? nil : $0 }
                choice.shippingMethod = isOther ? nil : form["method"]
            }
        }
        pages.post("/cart/{cart}/codes") { request, context in
            try await change(shop.visit(request, context)) { choice, form in
                if let code = form["remove"] { choice.discountCodes.removeAll { $0 == code } }
                if let code = form["add"]?.filter({ !$0.isWhitespace }), !code.isEmpty {
                    choice.discountCodes.append(code)
                }
            }
        }
        pages.post("/cart/{cart}/copy") { request, context in try await copy(shop.visit(request, context)) }
    }

    /// The cart that this browser remembers.
    private func ownCart(_ visit: ShopVisit) async throws -> Response {
        if let own = visit.ownCart {
            var asking = visit
            do {
                let cart = try await asking.api.get(ShopVisit.resource(own), as: CartBody.self).value
                if !cart.isOrdered { return visit.seeOther(ShopPath.cart(cart.id)) }
            } catch let problem as Problem where [.notFound, .expired].contains(problem.type) {}
        }
        var visit = visit
        let shop = try await visit.api.get("/v1/store", as: StoreBody.self).value
        return visit.answer(CartPage.empty(visit.words), shop)
    }

    /// Puts a product into the cart of this browser, or into a new one.
    private func add(_ visit: ShopVisit) async throws -> Response {
        var visit = visit
        let fields = try await visit.request.formFields()
        let shop = try await visit.api.get("/v1/store", as: StoreBody.self).value
        let (currency, country) = try visit.place(fields, shop)
        let item = ItemRequest(sku: fields["sku"] ?? "", quantity: fields["quantity"].flatMap { Int($0) } ?? 1)
        let course = SessionsForm(fields, zone: shop.timeZone).course
        let reference = fields["ref"]?.nonEmpty
        do {
            if let cart = try await addToOwn(item, course, reference, &visit) {
                return visit.seeOther(ShopPath.cart(cart.id) + "?done=added", cookie: cart.id)
            }
            let choice = ChoiceRequest(
                currency: currency,
                country: country.code,
                items: [item],
                course: course,
                ref: reference
            )
            let cart = try await visit.api.send(.post, "/v1/carts", choice, as: CartBody.self).value
            return visit.seeOther(ShopPath.cart(cart.id) + "?done=added", cookie: cart.id)
        } catch let problem as Problem where CartPage.isAboutLink(problem) {
            return try await WindowRoutes.kit(self.shop.visit(visit.request, visit.context), fields)
                .response(to: visit.request)
        }
    }

    private func addToOwn(
        _ item: ItemRequest,
        _ course: CourseRequest?,
        _ reference: String?,
        _ visit: inout ShopVisit
    ) async throws -> CartBody? {
        guard let own = visit.ownCart else { return nil }
        let resource = ShopVisit.resource(own)
        // Another tab may be faster, and then another.
        for _ in 0..<5 {
            do {
                let cart = try await visit.api.get(resource, as: CartBody.self)
                if cart.value.isOrdered { return nil }
                var choice = ChoiceRequest(cart.value)
                if let index = choice.items.firstIndex(where: { $0.sku == item.sku }) {
                    choice.items[index].quantity += item.quantity
                } else {
                    choice.items.append(item)
                }
                if let course { choice.course = course }
                if let reference { choice.ref = reference }
                return try await visit.api.send(
                    .put,
                    resource,
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
        _ visit: ShopVisit,
        problem: Problem? = nil,
        typed: SessionsForm? = nil
    ) async throws -> Response {
        var visit = visit
        let reply = try await visit.api.get(ShopVisit.resource(visit.cart), as: CartBody.self)
        let cart = reply.value
        let shop = try await visit.api.get("/v1/store", as: StoreBody.self).value
        if cart.isOrdered { return try await visit.ordered(cart, shop, status: problem?.type.status ?? .ok) }
        let list = "/v1/products?currency=\(cart.currency)"
        let products = try await visit.api.get(list, as: ProductListBody.self).value.data
        var plan: PlanAnswerBody?
        if cart.course != nil {
            let choice = ChoiceRequest(cart)
            let question = PlanQuestion(course: choice.course, items: choice.items)
            plan = try await visit.api.send(.post, "/v1/plan", question, as: PlanAnswerBody.self).value
        }
        let query = visit.request.queryFields
        // Room for another session was asked for: what is typed already is in the question.
        let asked = query["rows"] == nil ? nil : SessionsForm(query, zone: shop.timeZone)
        let page = CartPage(
            shop: shop,
            cart: cart,
            version: reply.entityTag.filter { $0 != "\"" },
            products: products,
            plan: plan,
            form: typed ?? asked ?? SessionsForm(cart.course, zone: shop.timeZone),
            publicURL: visit.store.settings.publicURL,
            isShared: visit.ownCart != cart.id,
            message: problem == nil ? done(query["done"], visit.words) : nil,
            problem: problem
        )
        return visit.answer(page.page(visit.words), shop)
    }

    private func done(_ what: String?, _ words: ShopWords) -> String? {
        switch what {
        case "added": words.text(.doneAdded)
        case "saved": words.text(.doneSaved)
        default: nil
        }
    }

    /// Makes a cart like another: whoever passed that one's link on does not see what becomes of this one.
    private func copy(_ visit: ShopVisit) async throws -> Response {
        var visit = visit
        _ = try await visit.request.formFields()
        let cart = try await visit.api.get(ShopVisit.resource(visit.cart), as: CartBody.self).value
        let made = try await visit.api.send(.post, "/v1/carts", ChoiceRequest(cart), as: CartBody.self).value
        return visit.seeOther(ShopPath.cart(made.id), cookie: made.id)
    }

    /// Changes a cart as its shopper saw it, and leads back to it.
    private func change(
        _ visit: ShopVisit,
        _ edit: (inout ChoiceRequest, FormFields) -> Void
    ) async throws -> Response {
        var visit = visit
        let form = try await visit.request.formFields()
        let resource = ShopVisit.resource(visit.cart)
        var choice = ChoiceRequest(try await visit.api.get(resource, as: CartBody.self).value)
        edit(&choice, form)
        let seen = "\"\(form["version"]?.filter(\.isNumber) ?? "")\""
        do {
            let cart = try await visit.api.send(.put, resource, choice, [.ifMatch: seen], as: CartBody.self).value
            return visit.seeOther(ShopPath.cart(cart.id) + "?done=saved")
        } catch let problem as Problem where ![.notFound, .expired].contains(problem.type) {
            let zone = visit.store.settings.timeZone
            let typed = CartPage.isAboutDates(problem) ? SessionsForm(form, zone: zone) : nil
            return try await cart(visit, problem: problem, typed: typed)
        }
    }
}
