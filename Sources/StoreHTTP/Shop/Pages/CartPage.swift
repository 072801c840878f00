import HTTPTypes
import JSONFields
import StoreAPI

/// A cart: what is in it, the dates it is for, how it comes and what it costs, each with what there is to say about it.
struct CartPage {
    private static let template = ShopPage.template("cart", parts: "sessions", "plan", "totals")

    let shop: StoreBody
    let cart: CartBody
    let version: String
    let products: [ProductBody]
    /// Nil where nothing is said of a course.
    let plan: PlanAnswerBody?
    let form: SessionsForm
    let publicURL: String
    /// Whether another browser made it.
    let isShared: Bool
    /// What has just been done.
    var message: String?
    /// Why a change was refused; where it is about the dates, it is said at their form.
    var problem: Problem?

    /// A cart of nobody.
    static func empty(_ words: ShopWords) -> ShopPage {
        ShopPage(
            template: template,
            title: words.text(.cart),
            values: ["isEmpty": true, "codes": [] as [Any]],
            place: .cart(count: 0)
        )
    }

    func page(_ words: ShopWords) -> ShopPage {
        let count = cart.items.reduce(0) { $0 + $1.quantity }
        let path = ShopPath.cart(cart.id)
        let isAboutDates = problem.map { CartPage.isAboutDates($0) } ?? false
        var values: [String: Any] = [
            "path": path, "version": version, "isEmpty": cart.items.isEmpty, "isShared": isShared,
            "items": cart.items.enumerated().map { item($0.offset, $0.element, words) },
            "message": ShopPage.lines(message), "others": others(words) ?? false,
            "problems": rest(words), "canCheckOut": cart.problems.isEmpty && country != nil,
            "codes": cart.discountCodes.enumerated().map { index, code in
                ["code": code, "problem": ShopPage.lines(problems(at: "/discountCodes/\(index)", words).first)]
                    as [String: Any]
            },
            "codesOpen": !cart.discountCodes.isEmpty, "link": publicURL + path,
        ]
        values["countLine"] =
            count == 0
            ? false : count == 1 ? words.text(.cartCountOne) : words.text(.cartCount, ["count": "\(count)"])
        if let problem, !isAboutDates { values["warning"] = warning(problem, words) }
        values.merge(words.sums(cart.totals)) { $1 }
        values.merge(delivery(words)) { $1 }
        let sessions = SessionsCard(
            form: form,
            faults: isAboutDates ? problem?.errors ?? [] : [],
            action: "\(path)/course",
            isChange: true,
            here: path,
            version: version
        )
        values["sessions"] = sessions.values(words)
        if let plan {
            let covers = cart.notices.filter { $0.pointer == "/course" }
                .map { words.friendly($0.detail, names: names) }
            values["plan"] = PlanCard(answer: plan, covers: covers).values(words)
        }
        return ShopPage(
            template: Self.template,
            title: problem == nil ? words.text(.cart) : words.text(.titleFault, ["title": words.text(.cart)]),
            values: values,
            place: .cart(count: count),
            status: problem?.type.status ?? .ok,
            currency: cart.currency
        )
    }

    static func isAboutDates(_ problem: Problem) -> Bool {
        problem.errors?.contains { $0.pointer.hasPrefix("/course") } ?? false
    }

    /// Whether it is about what a clinic's link holds.
    static func isAboutLink(_ problem: Problem) -> Bool {
        isAboutDates(problem) || problem.errors?.contains { $0.pointer == "/ref" } == true
    }

    private func warning(_ problem: Problem, _ words: ShopWords) -> [String: Any] {
        let list =
            problem.type == .cartChanged
            ? [words.text(.faultChanged)] : problem.errors.map { $0.map(\.detail) } ?? [problem.detail]
        return [
            "heading": words.text(.faultHeading), "list": list.map { words.friendly($0, names: names) },
        ]
    }

    /// The country that it goes to; nil where none is said, or the storefront does not offer it.
    private var country: StoreCountryBody? { shop.countries.first { $0.code == cart.country } }

    /// What products are called.
    private var names: [String: String] { cart.names(products) }

    private func problems(at pointer: String, _ words: ShopWords) -> [String] {
        cart.problems.filter { $0.pointer == pointer || $0.pointer.hasPrefix(pointer + "/") }
            .map { words.friendly($0.detail, names: names) }
    }

    /// What is about no part of the page.
    private func rest(_ words: ShopWords) -> [String] {
        let placed = ["/items", "/shippingMethod", "/country", "/region", "/discountCodes", "/course"]
        func isPlaced(_ pointer: String) -> Bool { placed.contains { pointer.hasPrefix($0) } }
        return cart.problems.filter { !isPlaced($0.pointer) }.map { words.friendly($0.detail, names: names) }
            + cart.notices.filter { !isPlaced($0.pointer) }.map { words.friendly($0.detail, names: names) }
    }

    private func item(_ index: Int, _ item: CartItemBody, _ words: ShopWords) -> [String: Any] {
        let product = products.first { $0.sku == item.sku }
        let includes = item.includes.filter { $0.available > 0 }.map(\.name).joined(separator: ", ")
        let notices = cart.notices.filter { $0.pointer == "/items/\(index)" }
        return [
            "sku": item.sku, "name": item.name, "quantity": "\(item.quantity)",
            "max": "\(product?.maxPerOrder ?? item.quantity)",
            "label": words.text(.quantityOf, ["product": item.name]),
            "address": product.map { ShopPath.product($0.sku, currency: currencyOfLinks) } ?? false,
            "picture": ShopPage.picture(item.sku, isKit: !item.includes.isEmpty),
            "amount": item.total.map(words.price) ?? "", "seal": words.seal(product),
            "includes": includes.isEmpty ? false : words.text(.itemIncludes, ["products": includes]),
            "problems": problems(at: "/items/\(index)", words),
            "notices": notices.map { words.friendly($0.detail, names: names) },
        ]
    }

    private var currencyOfLinks: String? { cart.currency == shop.currency ? nil : cart.currency }

    private func others(_ words: ShopWords) -> [String: Any]? {
        let others = products.filter { product in
            !cart.items.contains { $0.sku == product.sku } && product.availability.sellable > 0
        }
        guard !others.isEmpty else { return nil }
        return [
            "text": words.text(.also),
            "list": others.map {
                ["name": $0.name, "address": ShopPath.product($0.sku, currency: currencyOfLinks)]
            },
        ]
    }

    private func delivery(_ words: ShopWords) -> [String: Any] {
        let regionProblems = problems(at: "/region", words)
        var values: [String: Any] = [
            "countryKnown": country != nil,
            "countries": shop.countries.map {
                ["code": $0.code, "name": $0.name, "isChosen": $0.code == cart.country] as [String: Any]
            },
            "deliveries": cart.deliveryOptions.map(words.delivery),
            "deliveryProblems": (country == nil ? [words.text(.countryMissing)] : [])
                + ["/shippingMethod", "/country", "/region"].flatMap { problems(at: $0, words) },
            "deliveryNotices": cart.notices.filter { $0.pointer == "/shippingMethod" }
                .map { words.friendly($0.detail, names: names) },
            "region": false,
        ]
        // Where the tax depends on it, it is asked for before the address.
        if let country, cart.region != nil || !regionProblems.isEmpty {
            values["region"] = [
                "label": words.region(country), "value": cart.region ?? "", "isWrong": !regionProblems.isEmpty,
                "list": country.regions.isEmpty ? false : ["options": country.options(chosen: cart.region)],
            ]
        }
        return values
    }
}

extension CartBody {
    /// What the products of a cart are called, those inside a kit too.
    func names(_ products: [ProductBody]) -> [String: String] {
        var names: [String: String] = [:]
        for product in products {
            names[product.sku] = product.name
            for content in product.contents { names[content.sku] = content.name }
        }
        for item in items {
            names[item.sku] = item.name
            for part in item.includes { names[part.sku] = part.name }
        }
        return names
    }

    /// Whether an order was placed from it.
    var isOrdered: Bool { problems.contains { $0.code == "alreadyOrdered" } }
}

extension StoreCountryBody {
    /// Its regions to choose from.
    func options(chosen: String?) -> [[String: Any]] {
        regions.map { ["code": $0.code, "name": $0.name, "isChosen": $0.code == chosen] }
    }
}

extension ShopWords {
    /// What a region is called in a country.
    func region(_ country: StoreCountryBody) -> String {
        switch country.addressFields.first(where: { $0.name == "region" })?.term {
        case "state": text(.regionState)
        case "province": text(.regionProvince)
        case "county": text(.regionCounty)
        case "prefecture": text(.regionPrefecture)
        default: text(.region)
        }
    }
}
