import Catalog
import Hummingbird
import JSONFields
import Payments
import StoreAPI

/// What a storefront has to know of the shop before it sells anything.
struct StoreRoutes: Sendable {
    let store: Store
    private let kept = KeptAnswers<Int64>()

    init(store: Store) { self.store = store }

    func add(to router: some RouterMethods<StoreContext>) {
        router.get("/v1/store") { request, context in
            let (catalog, _) = try await store.catalogs.shown()
            let currency = store.currency(context)
            let question = KeptAnswers<Int64>.Question(request, isTranslated: false, currency: currency)
            if let known = kept.answer(to: question, from: catalog.version) { return known.response(to: request) }
            try request.checkQuery()
            let body = StoreBody(
                catalog,
                currency: currency,
                legalTexts: try await store.catalogs.legalTexts(version: catalog.version),
                settings: store.settings,
                paymentMethods: store.payments.methods
            )
            let answer = PublicAnswer(body, cache: "max-age=300")
            kept.keep(answer, to: question, from: catalog.version)
            return answer.response(to: request)
        }
        router.post("/v1/quote") { request, context in
            _ = try request.idempotencyKey()
            let bytes = try await request.jsonBytes()
            let choice = try Fields.request(
                bytes,
                store.choiceReader(try await store.catalogs.current(), context).choice
            )
            let (quote, catalog) = try await store.quote(choice)
            return Response.json(store.body(choice, quote, catalog))
        }
    }
}
