import Catalog
import Commerce
import HTTPTypes
import Hummingbird
import StoreAPI

/// What orders are placed under: the shop's terms, and how to withdraw.
struct LegalTextRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.get("/v1/legal-texts") { _, _ in
            let texts = try await store.catalogs.legalTexts()
            return Response.json(LegalTextListBody(data: texts.map(LegalTextBody.init), next: nil))
        }
        router.get("/v1/legal-texts/{id}") { _, context in
            let id = context.parameters.get("id") ?? ""
            guard let text = try await store.catalogs.legalText(id: id) else { throw Problem(.notFound) }
            return Response(
                status: .ok,
                headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text))
            )
        }
    }
}

extension LegalTextBody {
    fileprivate init(_ text: LegalText) {
        self.init(
            id: text.id,
            kind: text.kind.rawValue,
            language: text.language,
            country: text.country?.rawValue,
            path: "/v1/legal-texts/\(text.id)"
        )
    }
}
