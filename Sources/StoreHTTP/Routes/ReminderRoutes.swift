import Commerce
import Hummingbird
import JSONFields
import Links
import Orders
import Reminders
import StoreAPI

/// When a customer wants to be reminded, and whether they take offers, by the order's link; and the end of either, by the link
/// in each mail.
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
        router.get("/v1/orders/{token}/offers") { _, context in
            guard let order = try await store.orders.order(.link(store.link(.order, context))) else {
                throw Problem(.notFound)
            }
            return try await offers(of: order)
        }
        router.put("/v1/orders/{token}/offers") { request, context in
            let bytes = try await request.jsonBytes()
            let link = try store.link(.order, context)
            let wording = try Fields.request(bytes) { CheckoutReader.offers($0, shown: store.settings.offers) }
            return try await takeOffers(wording, .link(link), context)
        }
        router.delete("/v1/orders/{token}/offers") { _, context in
            try await takeOffers(nil, .link(store.link(.order, context)), context)
        }
    }

    private func takeOffers(
        _ wording: String?,
        _ locator: OrderLocator,
        _ context: StoreContext
    ) async throws -> Response {
        let order = try await store.reminders.takeOffers(
            wording,
            of: locator,
            from: .api,
            actor: .customer(context.requestID),
            now: store.now()
        )
        return try await offers(of: order)
    }

    private func offers(of order: Order) async throws -> Response {
        let taken = try await store.reminders.offersTaken(of: order.id)
        return Response.privateJSON(
            OrderOffersBody(
                offers: taken.flatMap { consent in
                    consent.wording.map { OffersTakenBody(wording: $0, at: consent.at.description) }
                }
            )
        )
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
        return Response.privateJSON(OrderBody(order), version: order.guide.courseVersion)
    }

    func addPages(to router: RouterGroup<StoreContext>) {
        addWayOut("/r/{token}", .reminders, to: router)
        addWayOut("/r/{token}/offers", .offers, to: router)
    }

    private func addWayOut(
        _ path: RouterPath,
        _ kind: UnsubscriptionPage.Kind,
        to router: RouterGroup<StoreContext>
    ) {
        router.get(path) { request, context in
            let link = try store.link(.unsubscription, context)
            guard let order = try await store.orders.order(.id(link.target.id)) else { throw Problem(.notFound) }
            let isOver =
                switch kind {
                case .reminders: order.details.reminders == nil
                case .offers: try await store.reminders.offersTaken(of: order.id) == nil
                }
            let action = isOver ? nil : kind.path(link.token)
            return try UnsubscriptionPage.answer(order, kind, action: action).response(to: request)
        }
        // At once, whatever is sent along: mail programs ask so for whoever touches their own button (RFC 8058).
        router.post(path) { request, context in
            let link = try store.link(.unsubscription, context)
            let (locator, actor) = (OrderLocator.id(link.target.id), Actor.customer(context.requestID))
            let order =
                switch kind {
                case .reminders: try await store.reminders.wish(nil, of: locator, actor: actor, now: store.now())
                case .offers:
                    try await store.reminders.takeOffers(
                        nil,
                        of: locator,
                        from: .unsubscribe,
                        actor: actor,
                        now: store.now()
                    )
                }
            return try UnsubscriptionPage.answer(order, kind, action: nil).response(to: request)
        }
    }
}

extension Store {
    /// The link that ends an order's reminders, and its offers: the same for good, so that it works from the oldest mail.
    func unsubscription(of order: Order) throws -> LinkToken? {
        guard let own = keys.link(.order, order.token)?.target else { return nil }
        return try keys.link(.unsubscription, to: LinkTarget(id: order.id, version: 1, key: own.key)).token
    }
}
