import Catalog
import Commerce
import Hummingbird
import StoreAPI

/// What orders are placed under: the shop's terms, and how to withdraw.
struct LegalTextRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.get("/v1/legal-texts") { request, _ in
            let texts = try await store.catalogs.legalTexts()
            let body = LegalTextListBody(data: texts.map(LegalTextBody.init), next: nil)
            return PublicAnswer(body, cache: "no-cache").response(to: request)
        }
        router.get("/v1/legal-texts/{id}") { request, context in
            let id = context.parameters.get("id") ?? ""
            guard let text = try await store.catalogs.legalText(id: id) else {
                throw Problem(.notFound, "There is no legal text of this id; /v1/legal-texts lists those in force.")
            }
            return PublicAnswer(
                Array(text.utf8),
                type: "text/plain; charset=utf-8",
                cache: "max-age=31536000, immutable"
            ).response(to: request)
        }
    }
}

extension LegalTextBody {
    init(_ text: LegalText) {
        self.init(
            id: text.id,
            kind: text.kind.rawValue,
            language: text.language,
            country: text.country?.rawValue,
            path: "/v1/legal-texts/\(text.id)"
        )
    }
}
