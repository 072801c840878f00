import Hummingbird
import Orders
import StoreAPI

/// Orders and their guides, by the order's link.
struct OrderRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.get("/v1/orders/{token}") { _, context in
            guard let order = try await store.orders.order(context.token("token")) else { throw Problem(.notFound) }
            return try Response.privateJSON(OrderBody(order), version: order.guide.revision)
        }
        router.get("/v1/orders/{token}/guide") { _, context in
            guard let order = try await store.orders.order(context.token("token")) else { throw Problem(.notFound) }
            return try Response.privateJSON(GuideBody(order), version: order.guide.revision)
        }
    }
}
