import HTTPTypes
import Hummingbird
import JSONFields
import StoreAPI

/// The shop's first page: the kit, the session dates, and what both come to.
struct KitPage {
    private static let template = ShopPage.template("kit", parts: "sessions", "plan", "hidden", "photograph")

    let shop: StoreBody
    let products: [ProductBody]
    let form: SessionsForm
    /// The same without what can't be used.
    let used: SessionsForm
    /// What a booking system knows the appointment by.
    let reference: String?
    /// What can't be used, and why.
    let faults: [FieldProblem]
    let plan: PlanAnswerBody
    /// What one kit comes to; nil where none is sold.
    let quote: QuoteBody?
    let country: StoreCountryBody
    let currency: String

    /// The kit that is sold here.
    static func kit(_ products: [ProductBody]) -> ProductBody? { products.first { $0.kind == .kit } }

    func page(_ words: ShopWords) -> ShopPage {
        let kit = Self.kit(products)
        var hidden = used.fields
        if let reference { hidden.append((name: "ref", value: reference)) }
        var values: [String: Any] = [
            "currency": currency, "country": country.code,
            "hidden": hidden.map { ["name": $0.name, "value": $0.value] },
            "refills": products.filter { $0.kind != .kit }.map { refill($0, words) },
        ]
        if let kit, let quote { values["kit"] = self.kit(kit, quote, words) }
        values["sessions"] = sessions(kit).values(words)
        let names = Dictionary(uniqueKeysWithValues: products.map { ($0.sku, $0.name) })
            .merging(plan.products.map { ($0.sku, $0.name) }) { $1 }
        let covers = (quote?.notices ?? []).filter { $0.pointer == "/course" }
            .map { words.friendly($0.detail, names: names) }
        values["plan"] = PlanCard(answer: plan, covers: covers).values(words)
        let title = words.text(.titleKit, ["kit": kit?.name ?? shop.name ?? ""])
        return ShopPage(
            template: Self.template,
            title: faults.isEmpty ? title : words.text(.titleFault, ["title": title]),
            values: values,
            place: .kit,
            status: faults.isEmpty ? .ok : .unprocessableContent,
            isPersonal: false,
            photographs: (products.map(\.media) + (kit?.contents.map(\.media) ?? [])).compactMap(\.photographs.first),
            currency: currency
        )
    }

    private func sessions(_ kit: ProductBody?) -> SessionsCard {
        let canBuy = kit.map { $0.availability.sellable > 0 } ?? false
        return SessionsCard(
            form: form,
            faults: faults,
            action: "/#plan",
            isChange: false,
            here: "/",
            currency: currency,
            reference: reference,
            countries: shop.countries,
            country: country.code,
            kit: canBuy ? kit?.sku : nil
        )
    }

    private func kit(_ kit: ProductBody, _ quote: QuoteBody, _ words: ShopWords) -> [String: Any] {
        let included = quote.items.first?.includes ?? []
        return [
            "sku": kit.sku, "price": words.money(kit.price), "terms": words.terms(quote, country: country),
            "status": kit.availability.status.rawValue, "stock": words.stock(kit),
            "canBuy": kit.availability.sellable > 0, "photograph": kit.media.photographs.first?.values() ?? false,
            "arrival": words.arrival(quote.deliveryOptions) ?? false,
            "deliveries": quote.deliveryOptions.map(words.delivery),
            "arrivesHint": words.text(.arrivesHint, ["country": country.name]), "seal": words.seal(kit),
            "contents": kit.contents.map { content in
                let isOut = included.contains { $0.sku == content.sku && $0.available < $0.quantity }
                let use = words.use(of: content.sku, name: content.name) ?? [:]
                return [
                    "name": content.name, "picture": ShopPage.picture(content.sku),
                    "photograph": content.media.photographs.first?.values(isBesideItsName: true) ?? false,
                    "note": content.required ? false : words.text(isOut ? .boxGiftOut : .boxGift),
                ].merging(use) { $1 } as [String: Any]
            },
        ]
    }

    private func refill(_ product: ProductBody, _ words: ShopWords) -> [String: Any] {
        [
            "address": ShopPath.product(product.sku, currency: currency == shop.currency ? nil : currency),
            "picture": ShopPage.picture(product.sku),
            "photograph": product.media.photographs.first?.values(isBesideItsName: true) ?? false,
            "name": product.name, "description": product.description,
            "price": product.availability.sellable > 0 ? words.price(product.price) : words.text(.stockOut),
        ]
    }
}

/// One product's page.
struct ProductPage {
    private static let template = ShopPage.template("product", parts: "hidden", "photograph")

    let product: ProductBody
    let quote: QuoteBody
    let country: StoreCountryBody
    let currency: String

    func page(_ words: ShopWords) -> ShopPage {
        let isKit = product.kind == .kit
        let photographs = product.media.photographs
        return ShopPage(
            template: Self.template,
            title: product.name,
            values: [
                "sku": product.sku, "name": product.name, "description": product.description,
                "price": words.price(product.price), "terms": words.terms(quote, country: country),
                "status": product.availability.status.rawValue, "stock": words.stock(product),
                "canBuy": product.availability.sellable > 0, "max": "\(product.maxPerOrder)",
                "picture": ShopPage.picture(product.sku, isKit: isKit), "currency": currency,
                "photograph": photographs.first?.values() ?? false,
                "photographs": photographs.dropFirst().map { $0.values() },
                "facts": facts(words), "seal": words.seal(product),
                "country": country.code, "hidden": [] as [Any],
                "use": words.use(of: product.sku, name: product.name) ?? false,
            ],
            isPersonal: false,
            photographs: photographs,
            currency: currency
        )
    }

    /// What the law has a shop say of it.
    private func facts(_ words: ShopWords) -> Any {
        var facts: [[String: Any]] = []
        if !product.warnings.isEmpty {
            facts.append(["heading": words.text(.productWarnings), "lines": product.warnings])
        }
        if let ingredients = product.ingredients {
            facts.append(["heading": words.text(.productIngredients), "lines": [ingredients]])
        }
        if let responsible = product.responsible {
            let lines = [responsible.name] + responsible.addressLines + [responsible.contact]
            facts.append(["heading": words.text(.productResponsible), "lines": lines])
        }
        return facts.isEmpty ? false : ["list": facts]
    }
}

/// The storefront's own paths.
enum ShopPath {
    static func product(_ sku: String, currency: String? = nil) -> String {
        "/products/\(sku)\(currency.map { "?currency=\($0)" } ?? "")"
    }

    static func cart(_ id: String) -> String { "/cart/\(id)" }

    /// The page that has the form which was sent.
    static func page(of request: Request) -> String {
        let path = request.uri.path
        if path.hasSuffix("/checkout") { return path }
        let parts = path.split(separator: "/")
        return parts.count > 1 ? "/\(parts.prefix(2).joined(separator: "/"))" : "/"
    }
}
