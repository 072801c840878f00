import HTTPTypes
import Hummingbird
import StoreAPI

/// The storefront that comes with the store. It is a client of the API like any other: what its pages show is what they
/// were answered, and each tells how it asked. It works without a script: forms are posted, and lead back to a page.
struct ShopRoutes: Sendable {
    let shop: Storefront

    private static let module = Array(Embedded.text("shop.js").utf8)
    private static let drawing = Array(Embedded.text("shop.svg").utf8)

    func add(to router: Router<StoreContext>) {
        for (name, bytes, type) in [
            ("shop.js", Self.module, "text/javascript; charset=utf-8"), ("shop.svg", Self.drawing, "image/svg+xml"),
        ] {
            let file = PageAnswer(bytes: bytes, type: type)
            router.get("/\(name)") { request, _ in file.response(to: request) }
        }
        let pages = router.group().add(middleware: ShopPageMiddleware())
        WindowRoutes(shop: shop).add(to: pages)
        CartPageRoutes(shop: shop).add(to: pages)
        CheckoutPageRoutes(shop: shop).add(to: pages)
    }
}

/// Tells a person what went wrong in a page of the shop rather than in JSON, and takes no form from another site.
private struct ShopPageMiddleware: RouterMiddleware {
    typealias Context = StoreContext

    func handle(
        _ request: Request,
        context: StoreContext,
        next: @concurrent (Request, StoreContext) async throws -> Response
    ) async throws -> Response {
        // A browser says where a form comes from. Another site could fill somebody's cart unasked.
        if request.method == .post, request.headers[.fetchSite] == "cross-site" {
            return Response(status: .seeOther, headers: [.location: "/", .cacheControl: "no-store"])
        }
        do {
            return try await next(request, context)
        } catch  where request.headers[.accept]?.contains("text/html") == true {
            let problem = AnswerMiddleware.problem(for: error, context)
            let words = ShopWords.all[0]
            var response = ShopMessage.page(of: problem, words).made(words, shop: nil, for: request)
                .response(to: request)
            response.headers[.vary] = "Accept"
            if problem.type == .unavailable { response.headers[.retryAfter] = "2" }
            return response
        }
    }
}

extension HTTPField.Name {
    fileprivate static let fetchSite = HTTPField.Name.of("Sec-Fetch-Site")
}
