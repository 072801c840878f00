import HTTPTypes
import Hummingbird
import NIOCore
import StoreAPI

/// The reference of the API, made from the contract, and the client that browsers can load.
struct ReferenceRoutes: Sendable {
    let store: Store

    private static let module = PageAnswer(
        bytes: Array(Embedded.text("client.js").utf8),
        type: "text/javascript; charset=utf-8"
    )
    /// What is sent and answered has the names of the contract, some of which the client's classes have too.
    private static let types = PageAnswer(
        bytes: Array(
            "export declare namespace Body {\n\(Contract.typeScript)}\n\n\(Embedded.text("client.d.ts"))".utf8
        ),
        type: "text/plain; charset=utf-8"
    )

    private var publicURL: String { store.settings.publicURL }

    func add(to router: Router<StoreContext>) {
        router.get("/client.js") { request, _ in Self.module.response(to: request) }
        router.get("/client.d.ts") { request, _ in Self.types.response(to: request) }
        let pages = router.group().add(middleware: ProblemPageMiddleware())
        pages.get("/docs") { request, _ in ReferencePage.contents(.contract).answer(to: request) }
        pages.get("/docs/{concept}") { request, context in
            let concept = try one(Concept.all, context, "concept", \.name)
            return ReferencePage.concept(concept, publicURL: publicURL).answer(to: request)
        }
        pages.get("/docs/operations/{operation}") { request, context in
            let operation = try one(Reference.contract.operations, context, "operation", \.id)
            guard let page = ReferencePage.operation(operation, .contract, publicURL: publicURL) else {
                throw Problem(.notFound)
            }
            return page.answer(to: request)
        }
        pages.get("/docs/types/{type}") { request, context in
            let type = try one(Reference.contract.types, context, "type", \.name)
            return ReferencePage.type(type, .contract).answer(to: request)
        }
        pages.get("/problems/{problem}") { request, context in
            let type = try one(ProblemType.allCases, context, "problem", \.rawValue)
            if request.headers[.accept]?.contains("text/html") == true {
                return ReferencePage.problem(type, .contract).answer(to: request)
            }
            let text = "\(type.title) (\(type.status.code))\n\n\(type.advice)\n"
            return PageAnswer(bytes: Array(text.utf8), type: "text/plain; charset=utf-8").response(to: request)
        }
    }

    /// The one that the path names.
    private func one<Value>(
        _ all: [Value],
        _ context: StoreContext,
        _ parameter: String,
        _ name: (Value) -> String
    ) throws -> Value {
        guard let value = all.first(where: { name($0) == context.parameters.get(parameter) }) else {
            throw Problem(.notFound, "There is no page of this name; /docs lists all.")
        }
        return value
    }
}
