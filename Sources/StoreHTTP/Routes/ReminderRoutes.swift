import Commerce
import Hummingbird
import JSONFields
import Links
import Orders
import Reminders
import StoreAPI

/// When a customer wants to be reminded, by the order's link; and the end of it, by the link in each reminder.
struct ReminderRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.put("/v1/orders/{token}/reminders") { request, context in
            let bytes = try await request.jsonBytes()
            let link = try store.link(.order, context)
            let wish = try Fields.request(bytes, CheckoutReader.reminders)
            return try await answer(.link(link), wish, context)
        }
        router.delete("/v1/orders/{token}/reminders") { _, context in
            try await answer(.link(store.link(.order, context)), nil, context)
        }
    }

    private func answer(
        _ locator: OrderLocator,
        _ wish: Order.Reminders?,
        _ context: StoreContext
    ) async throws -> Response {
        let order = try await store.reminders.wish(
            wish,
            of: locator,
            actor: .customer(context.requestID),
            now: store.now()
        )
        return Response.privateJSON(OrderBody(order), version: order.guide.revision)
    }

    func addPages(to router: RouterGroup<StoreContext>) {
        router.get("/r/{token}") { request, context in
            let link = try store.link(.unsubscription, context)
            guard let order = try await store.orders.order(.id(link.target.id)) else { throw Problem(.notFound) }
            let action = order.details.reminders.map { _ in StorePath.unsubscription(link.token) }
            return try UnsubscriptionPage.answer(order, action: action).response(to: request)
        }
        // At once, whatever is sent along: mail programs ask so for whoever touches their own button (RFC 8058).
        router.post("/r/{token}") { request, context in
            let link = try store.link(.unsubscription, context)
            let order = try await store.reminders.wish(
                nil,
                of: .id(link.target.id),
                actor: .customer(context.requestID),
                now: store.now()
            )
            return try UnsubscriptionPage.answer(order, action: nil).response(to: request)
        }
    }
}

extension Store {
    /// The link that ends an order's reminders: the same for good, so that it works from the oldest mail.
    func unsubscription(of order: Order) throws -> LinkToken? {
        guard let own = keys.link(.order, order.token)?.target else { return nil }
        return try keys.link(.unsubscription, to: LinkTarget(id: order.id, version: 1, key: own.key)).token
    }
}
