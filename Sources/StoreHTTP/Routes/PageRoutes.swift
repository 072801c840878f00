import CivilTime
import Commerce
import HTTPTypes
import Hummingbird
import NIOCore
import Orders
import UsageGuide

/// What people open in a browser: the guide's page and the order's page.
struct PageRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.get("/g/{token}") { _, context in
            guard let guide = try await store.orders.guide(context.token("token")) else { throw Problem(.notFound) }
            let plan = guide.issued.guide.plan
            let today = plan.course.flatMap { store.timeZones.today(in: $0.timeZone, at: store.now()) }
            return page(try GuidePage(guide, today: today).html())
        }
        router.get("/o/{token}") { _, context in
            guard let order = try await store.orders.order(context.token("token")) else { throw Problem(.notFound) }
            return page(try OrderPage(order).html())
        }
    }

    /// The link is the key: no page is kept on the way, found by a search engine, or told to another site.
    private func page(_ html: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .robotsTag: "noindex",
                .contentSecurityPolicy:
                    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html))
        )
    }
}
