import Catalog
import Commerce
import Hummingbird
import JSONFields
import Links
import Orders
import Payments
import Reminders
import StoreAPI

/// What a customer can do with an order by its link, each with what it would change.
struct OrderActRoutes: Sendable {
    let store: Store

    static let caller = "customer"

    func add(to router: Router<StoreContext>) {
        addCancellation(to: router)
        addContact(to: router)
        addLinks(to: router)
        router.post("/v1/orders/{token}/course/preview") { request, context in
            let bytes = try await request.jsonBytes()
            let course = try Fields.request(bytes, store.choiceReader(try await store.catalogs.lastSeen()).course)
            let order = try await store.ownOrder(context)
            let preview = try await store.orders.preview(order, to: course, now: store.now())
            return Response.privateJSON(
                CoursePreviewBody(
                    changes: preview.changes,
                    shipBy: preview.shipBy?.description,
                    version: order.guide.courseVersion
                )
            )
        }
        router.post("/v1/orders/{token}/reminders/preview") { request, context in
            // Without an hour: what ending them would change.
            let bytes = try await request.jsonBytes(isOptional: true)
            let asked = try Fields.request(bytes) { fields -> [Order.Reminders]? in
                guard fields.has("hour") else {
                    fields.allow("hour")
                    return []
                }
                return CheckoutReader.reminders(fields).map { [$0] }
            }
            let order = try await store.ownOrder(context)
            let next = try store.reminders.preview(asked.first, of: order, now: store.now())
            return Response.privateJSON(
                RemindersPreviewBody(
                    before: order.details.reminders.map { RemindersBody(hour: $0.hour) },
                    after: asked.first.map { RemindersBody(hour: $0.hour) },
                    next: next?.description
                )
            )
        }
    }

    private func addCancellation(to router: Router<StoreContext>) {
        router.post("/v1/orders/{token}/cancellation/preview") { request, context in
            let units = try Fields.request(try await request.jsonBytes(isOptional: true), UnitsReader.ownItems)
            let order = try await store.ownOrder(context)
            let adjustment = try order.adjustmentWhenCancelled(units, at: store.now())
            return Response.privateJSON(MoneyBackBody(adjustment?.amount ?? 0, of: order))
        }
        router.post("/v1/orders/{token}/cancellation") { request, context in
            let (key, units) = try await request.act(
                of: Self.caller,
                context,
                needsKey: true,
                isBodyOptional: true,
                UnitsReader.ownItems
            )
            return answer(try await CustomerActs(store, context).cancel(store.ownOrder(context), units, key: key))
        }
    }

    private func addContact(to router: Router<StoreContext>) {
        router.post("/v1/orders/{token}/contact/preview") { request, context in
            let correction = try Fields.request(try await request.jsonBytes(), ContactCorrection.init)
            let order = try await store.ownOrder(context)
            let after = try order.contact(correction)
            return Response.privateJSON(
                ContactPreviewBody(before: ContactBody(order.contact), after: ContactBody(after))
            )
        }
        router.post("/v1/orders/{token}/contact") { request, context in
            let (key, correction) = try await request.act(
                of: Self.caller,
                context,
                needsKey: false,
                isBodyOptional: false,
                ContactCorrection.init
            )
            return answer(try await CustomerActs(store, context).correct(store.ownOrder(context), correction, key: key))
        }
    }

    private func addLinks(to router: Router<StoreContext>) {
        router.post("/v1/orders/{token}/links/preview") { request, context in
            let (link, act) = try Fields.request(try await request.jsonBytes(), Self.linkChange)
            return Response.privateJSON(
                LinkPreviewBody(stops: link.path(of: try await store.ownOrder(context)), replaced: act == .renew)
            )
        }
        router.post("/v1/orders/{token}/links") { request, context in
            let (key, asked) = try await request.act(
                of: Self.caller,
                context,
                needsKey: false,
                isBodyOptional: false,
                Self.linkChange
            )
            let acts = CustomerActs(store, context)
            return answer(try await acts.replace(asked.link, of: store.ownOrder(context), asked.act, key: key))
        }
    }

    private static func linkChange(
        _ fields: Fields
    ) -> (link: CustomerActs.SharedLink, act: CustomerActs.LinkAct)? {
        fields.allow("link", "act")
        let link = fields.require("link") ? fields.text("link") : nil
        let act = fields.require("act") ? fields.text("act") : nil
        let shared = link.flatMap(CustomerActs.SharedLink.init(rawValue:))
        let change = act.flatMap(CustomerActs.LinkAct.init(rawValue:))
        if link != nil, shared == nil {
            fields.report("link", "unknownLink", "A link that can be replaced is guide or calendar.")
        }
        if act != nil, change == nil {
            fields.report("act", "unknownAct", "A link is renewed or revoked: renew, revoke.")
        }
        guard let shared, let change else { return nil }
        return (shared, change)
    }

    private func answer(_ order: Order) -> Response {
        Response.privateJSON(OrderBody(order), version: order.guide.courseVersion)
    }
}
