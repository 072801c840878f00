import Catalog
import Commerce
import HTTPTypes
import Hummingbird
import JSONFields
import StoreAPI

/// What is sold.
struct CatalogRoutes: Sendable {
    let store: Store
    private let kept = KeptAnswers<CatalogState>()

    init(store: Store) { self.store = store }

    func add(to router: some RouterMethods<StoreContext>) {
        router.get("/v1/products") { request, context in
            try await answer(request, context) { window in
                try request.checkQuery("currency", "country", repeated: "sku")
                let products = try window.products(request.uri.queryParameters[values: "sku"].map(String.init))
                let bodies = products.map { window.body($0.product, price: $0.price) }
                return PublicAnswer(
                    ProductListBody(data: bodies, next: nil),
                    cache: CatalogWindow.cache,
                    languages: window.languages(of: products.map(\.product))
                )
            }
        }
        router.get("/v1/products/{sku}") { request, context in
            try await answer(request, context) { window in
                try request.checkQuery("currency", "country")
                let code = context.parameters.get("sku") ?? ""
                guard let (product, price) = window.product(code) else {
                    throw Problem(.notFound, window.nothing(called: code))
                }
                return PublicAnswer(
                    window.body(product, price: price),
                    cache: CatalogWindow.cache,
                    languages: window.languages(of: [product])
                )
            }
        }
    }

    /// What was answered to the same question, as long as neither the catalog nor the stock has moved.
    private func answer(
        _ request: Request,
        _ context: StoreContext,
        _ write: (CatalogWindow) throws -> PublicAnswer
    ) async throws -> Response {
        let currency = store.currency(context)
        let (catalog, stock) = try await store.catalogs.shown()
        let question = KeptAnswers<CatalogState>.Question(request, isTranslated: true, currency: currency)
        let state = CatalogState(version: catalog.version, stock: stock)
        if let known = kept.answer(to: question, from: state) { return known.response(to: request) }
        let answer = try write(CatalogWindow(request, catalog, stock, currency: currency))
        kept.keep(answer, to: question, from: state)
        return answer.response(to: request)
    }
}

/// What the answers of the catalog are made from.
private struct CatalogState: Equatable, Sendable {
    let version: Int64
    let stock: StockLevels
}

/// The catalog as one reader sees it: in a currency, in a language, from a country where they say from which.
private struct CatalogWindow {
    /// The stock may be a second old.
    static let cache = "max-age=1"
    /// How many products are asked for at once.
    private static let askedMax = 50

    let catalog: Catalog
    let stock: StockLevels
    let currency: Currency
    let country: Country?
    let language: String

    /// - Parameter currency: of a request that names none.
    init(_ request: Request, _ catalog: Catalog, _ stock: StockLevels, currency: Currency) throws {
        self.catalog = catalog
        self.stock = stock
        let query = request.uri.queryParameters
        if let code = query["currency"] {
            guard let asked = Currency(rawValue: String(code)), catalog.sells(in: asked) else {
                throw Problem(
                    "/currency",
                    "unknownCurrency",
                    "The shop has no price list in this currency. \(Known.currencies(of: catalog))"
                )
            }
            self.currency = asked
        } else {
            self.currency = currency
        }
        country = try query["country"].map { code in
            guard let country = Country(rawValue: String(code)) else {
                throw Problem(
                    "/country",
                    "unknownCountry",
                    "A country is an ISO 3166-1 code of two capital letters. \(Known.countries(of: catalog))"
                )
            }
            return country
        }
        language =
            AcceptLanguage(request.headers[.acceptLanguage]).best(of: catalog.languages)
            ?? ProductTexts.originalLanguage
    }

    /// A product that is sold in the currency, by its code.
    func product(_ code: String) -> (product: Product, price: Money)? {
        guard let sku = SKU(rawValue: code), let product = catalog.product(sku),
            let price = catalog.price(of: sku, in: currency)
        else { return nil }
        return (product, price)
    }

    /// The products of some codes, or all, in the shop's order.
    func products(_ codes: [String]) throws -> [(product: Product, price: Money)] {
        guard codes.count <= Self.askedMax else {
            throw Problem("/sku", "tooMany", "At most \(Self.askedMax) products are asked for at once.")
        }
        let unknown = codes.filter { product($0) == nil }
        if !unknown.isEmpty {
            throw Problem(
                fields: unknown.prefix(20).map {
                    FieldProblem(pointer: "/sku", code: "unknownProduct", detail: nothing(called: $0))
                }
            )
        }
        let asked = Set(codes)
        return catalog.listed(in: currency).filter { codes.isEmpty || asked.contains($0.sku.rawValue) }
            .compactMap { product($0.sku.rawValue) }
    }

    /// That nothing of this name is sold, and what is.
    func nothing(called code: String) -> String {
        let name = SKU(rawValue: code).map { "\($0)" } ?? "a product of this code"
        return "The shop does not sell \(name) in \(currency.rawValue). \(Known.products(of: catalog, in: currency))"
    }

    /// What the texts of some products are written in.
    func languages(of products: [Product]) -> [String] {
        let parts = products.flatMap { [$0] + $0.components.compactMap { catalog.product($0.sku) } }
        let used = Set(parts.map { $0.texts(in: language).language })
        return (used.contains(language) || used.isEmpty ? [language] : []) + used.subtracting([language]).sorted()
    }

    func body(_ product: Product, price: Money) -> ProductBody {
        let availability = Availability(of: product, in: catalog, stock: stock)
        let delivery = country.map { ProductDelivery(of: product, at: price, to: $0, in: catalog) }
        let isBrought = delivery.map { $0.from != nil } ?? true
        let (texts, details) = (product.texts(in: language), product.details)
        return ProductBody(
            language: texts.language,
            description: texts.description,
            media: details.media(texts),
            ingredients: details.ingredients,
            warnings: texts.warnings,
            responsible: details.responsible.map(ResponsiblePersonBody.init),
            sealed: catalog.isSealed(product),
            sku: product.sku.rawValue,
            kind: ProductKind(rawValue: product.kind.rawValue),
            name: texts.name,
            price: MoneyBody(price),
            contents: product.components.map(content),
            availability: AvailabilityBody(
                status: StockStatus(rawValue: availability.status.rawValue),
                sellable: isBrought ? availability.sellable : 0,
                limitedBy: availability.limitedBy?.rawValue
            ),
            maxPerOrder: product.quantityMax,
            delivery: delivery.map {
                ProductDeliveryBody(country: $0.country.rawValue, from: $0.from.map(MoneyBody.init))
            }
        )
    }

    private func content(_ component: Product.Component) -> ContentBody {
        let product = catalog.product(component.sku)
        let texts = product?.texts(in: language)
        return ContentBody(
            language: texts?.language ?? ProductTexts.originalLanguage,
            description: texts?.description ?? "",
            media: texts.flatMap { product?.details.media($0) } ?? [],
            ingredients: product?.details.ingredients,
            warnings: texts?.warnings ?? [],
            responsible: product?.details.responsible.map(ResponsiblePersonBody.init),
            sealed: product?.details.isSealed ?? false,
            sku: component.sku.rawValue,
            name: texts?.name ?? component.sku.rawValue,
            quantity: component.quantity,
            required: component.isRequired
        )
    }
}

extension ProductDetails {
    /// The pictures, told in a language.
    fileprivate func media(_ texts: ProductTexts) -> [ProductMediaBody] {
        zip(media, texts.alternativeTexts).map { picture, text in
            ProductMediaBody(url: picture.url, alternativeText: text, width: picture.width, height: picture.height)
        }
    }
}

extension ResponsiblePersonBody {
    fileprivate init(_ person: ProductDetails.ResponsiblePerson) {
        self.init(name: person.name, addressLines: person.addressLines, contact: person.contact)
    }
}
