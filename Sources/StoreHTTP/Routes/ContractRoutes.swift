import HTTPTypes
import Hummingbird
import NIOCore
import StoreAPI

/// The contract as a document.
struct ContractRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        let document = Contract.document(publicURL: store.settings.publicURL)
        let kept = KeptAnswers<Int>()
        router.get("/openapi.json") { request, _ in
            // Compressed once, and not before somebody asks for it.
            let question = KeptAnswers<Int>.Question(path: "/openapi.json")
            if let known = kept.answer(to: question, from: 1) { return known.response(to: request) }
            let answer = PublicAnswer(Array(buffer: document), cache: "max-age=300")
            kept.keep(answer, to: question, from: 1)
            return answer.response(to: request)
        }
    }
}

extension Contract {
    /// The document with the address that this store is reached at.
    static func document(publicURL: String) -> ByteBuffer {
        ByteBuffer(
            string: source.replacing("https://store.example", with: publicURL)
        )
    }
}
