import Catalog
import Commerce
import Hummingbird
import JSONFields
import Links
import Orders
import Payments
import Records
import Returns
import StoreAPI

/// What a customer changes their mind about, by the order's link: units that come back, the contract, the shipping method.
struct OwnReturnRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.get("/v1/orders/{token}/returns") { _, context in
            Response.privateJSON(try await store.returnsBody(store.ownOrder(context)))
        }
        router.post("/v1/orders/{token}/returns") { request, context in
            let (key, asked) = try await act(request, context, UnitsReader.announcement)
            let order = try await CustomerActs(store, context).announceReturn(
                store.ownOrder(context),
                asked.units,
                reason: asked.reason,
                key: key
            )
            return Response.privateJSON(try await store.returnsBody(order))
        }
        router.post("/v1/orders/{token}/returns/closure") { request, context in
            let (key, asked) = try await act(request, context, isBodyOptional: true, UnitsReader.closure(of: nil))
            let order = try await CustomerActs(store, context).closeReturn(
                store.ownOrder(context),
                asked.ordinal,
                reason: asked.reason,
                key: key
            )
            return Response.privateJSON(try await store.returnsBody(order))
        }
        router.post("/v1/orders/{token}/withdrawal/preview") { request, context in
            let units = try Fields.request(try await request.jsonBytes(isOptional: true), UnitsReader.ownItems)
            return Response.privateJSON(try await store.withdrawalBody(units, of: store.ownOrder(context)))
        }
        router.post("/v1/orders/{token}/withdrawal") { request, context in
            let (key, units) = try await act(request, context, isBodyOptional: true, UnitsReader.ownItems)
            let order = try await CustomerActs(store, context).withdraw(store.ownOrder(context), units, key: key)
            return Response.privateJSON(OrderBody(order), version: order.guide.courseVersion)
        }
        router.post("/v1/orders/{token}/shipping/preview") { request, context in
            let method = try Fields.request(try await request.jsonBytes(), UnitsReader.shippingMethod)
            let order = try await store.ownOrder(context)
            let change = try await store.payments.store.shippingChange(method, of: order, now: store.now())
            return Response.privateJSON(ShippingPreviewBody(change, of: order))
        }
        router.post("/v1/orders/{token}/shipping") { request, context in
            let (key, asked) = try await act(request, context, UnitsReader.shipping)
            let order = try await CustomerActs(store, context).changeShipping(
                store.ownOrder(context),
                to: asked.method,
                expected: asked.total,
                key: key
            )
            return Response.privateJSON(OrderBody(order), version: order.guide.courseVersion)
        }
    }

    private func act<Asked: Sendable>(
        _ request: Request,
        _ context: StoreContext,
        isBodyOptional: Bool = false,
        _ read: @escaping @Sendable (Fields) -> Asked?
    ) async throws -> (key: IdempotencyKey, asked: Asked) {
        try await request.act(
            of: OrderActRoutes.caller,
            context,
            needsKey: true,
            isBodyOptional: isBodyOptional,
            read
        )
    }
}

extension Store {
    /// The order that the path's link opens.
    func ownOrder(_ context: StoreContext) async throws -> Order {
        guard let order = try await orders.order(.link(link(.order, context))) else { throw Problem(.notFound) }
        return order
    }
}
