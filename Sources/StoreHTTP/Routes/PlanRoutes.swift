import Catalog
import Commerce
import HTTPTypes
import Hummingbird
import JSONFields
import StoreAPI
import UsageGuide

/// The plan for a course, without an order. Nothing is stored, so the same request has the same answer by itself: an
/// Idempotency-Key is checked and has nothing to do.
struct PlanRoutes: Sendable {
    let store: Store

    func add(to router: some RouterMethods<StoreContext>) {
        router.post("/v1/plan") { request, _ in
            let hasWords = try request.flag("words") ?? true
            _ = try request.idempotencyKey()
            let bytes = try await request.jsonBytes()
            let catalog = try await store.catalogs.current()
            let reader = store.choiceReader(catalog)
            let asked = try Fields.request(bytes) { fields -> (course: Course?, items: Set<SKU>)? in
                fields.allow("course", "items")
                let course = fields.object("course", reader.course)
                let items = fields.objects("items", countMax: 50) { item -> SKU? in
                    item.allow("sku", "quantity")
                    _ = item.integer("quantity", in: 1...1000)
                    guard item.require("sku"), let code = item.text("sku") else { return nil }
                    guard let sku = SKU(rawValue: code), catalog.product(sku) != nil else {
                        item.report("sku", "unknownProduct", Known.products(of: catalog))
                        return nil
                    }
                    return sku
                }
                return (course, Set(items ?? []))
            }
            let bought = Set(asked.items.flatMap { catalog.product($0)?.contents.map(\.sku) ?? [] })
            let products = Guide.Product.list(.current, bought: bought) { catalog.product($0)?.name }
            let guide = Guide(plan: Plan(asked.course), products: products)
            let languages = AcceptLanguage(request.headers[.acceptLanguage])
            let content = languages.best(of: GuideContent.languages).flatMap(GuideContent.newest)
            var response = Response.json(
                PlanAnswerBody(
                    plan: PlanBody(guide.plan),
                    products: products.map(GuideProductBody.init),
                    words: hasWords ? content.map { GuideWordsBody(guide, content: $0) } : nil
                )
            )
            response.headers[.contentLanguage] = content?.language
            response.headers[.vary] = "Accept-Language"
            return response
        }
    }
}

extension GuideWordsBody {
    /// A guide without an order.
    fileprivate init(_ guide: Guide, content: GuideContent) {
        self.init(GuideDocument(guide, content: content), guide.plan, content: content, cover: nil)
    }
}
