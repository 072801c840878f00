import Catalog
import Commerce
import Fulfilment
import Hummingbird
import JSONFields
import Orders
import Payments
import Returns
import Staff
import StoreAPI

/// Units that come back, are sent once more, or go by another method: what the staff do.
struct ReturnRoutes: Sendable {
    let store: Store
    private var reader: StaffRequestReader { StaffRequestReader(store: store) }

    func add(to router: StaffRouter) {
        router.get("/v1/staff/returns", .packer) { _, _, _ in
            let open = try await store.returns.open()
            return Response.privateJSON(
                StaffReturnsBody(
                    data: open.map { summary in
                        StaffReturnBody(
                            order: summary.order.description,
                            number: summary.value.number(of: summary.order),
                            kind: ReturnKind(rawValue: summary.value.kind.rawValue),
                            announcedAt: summary.value.announcedAt.description,
                            receivedAt: summary.value.receivedAt?.description,
                            units: summary.value.lines.reduce(0) { $0 + $1.quantity }
                        )
                    }
                )
            )
        }
        router.get("/v1/staff/orders/{number}/returns", .packer) { _, context, _ in
            Response.privateJSON(try await store.returnsBody(reader.order(context)))
        }
        router.post("/v1/staff/orders/{number}/returns", .support) { request, context, member in
            let (act, asked) = try await reader.act(request, context, member, UnitsReader.announcement)
            let order = try await store.returns.announce(
                reader.locator(context),
                asked.units,
                reason: asked.reason,
                key: act.key,
                actor: act.actor,
                now: act.now
            )
            return Response.privateJSON(try await store.returnsBody(order))
        }
        router.post("/v1/staff/orders/{number}/returns/closure", .support) { request, context, member in
            let (act, asked) = try await reader.act(
                request,
                context,
                member,
                UnitsReader.closure(of: context.parameters.get("number"))
            )
            let order = try await store.returns.close(
                reader.locator(context),
                asked.ordinal,
                isByCustomer: false,
                reason: asked.reason,
                key: act.key,
                actor: act.actor,
                now: act.now
            )
            return Response.privateJSON(try await store.returnsBody(order))
        }
        router.post("/v1/staff/orders/{number}/returns/receipt", .packer) { request, context, member in
            let (act, asked) = try await reader.act(
                request,
                context,
                member,
                UnitsReader.receipt(of: context.parameters.get("number"))
            )
            let order = try await store.returns.receive(
                reader.locator(context),
                asked,
                key: act.key,
                actor: act.actor,
                now: act.now
            )
            store.pages.forget(order.guideToken)
            return try await store.staffAnswer(order)
        }
        addReplacements(to: router)
        addShipping(to: router)
    }

    private func addReplacements(to router: StaffRouter) {
        router.post("/v1/staff/orders/{number}/replacements/preview", .support) { request, context, _ in
            let asked = try Fields.request(try await request.jsonBytes(), Self.replacement)
            let preview = try await store.fulfilment.preview(asked, of: reader.order(context), now: store.now())
            return Response.privateJSON(
                ReplacementPreviewBody(
                    items: ChoiceItemBody.list(preview.items),
                    shipBy: preview.shipBy.description
                )
            )
        }
        router.post("/v1/staff/orders/{number}/replacements", .support) { request, context, member in
            let (act, asked) = try await reader.act(request, context, member, Self.replacement)
            let order = try await store.fulfilment.replace(
                reader.locator(context),
                asked,
                key: act.key,
                actor: act.actor,
                now: act.now
            )
            return try await store.staffAnswer(order)
        }
        router.post("/v1/staff/orders/{number}/replacements/cancellation", .support) { request, context, member in
            let (act, reason) = try await reader.act(request, context, member) { fields in
                fields.allow("reason")
                return fields.require("reason") ? fields.checkLine("reason", lengthMax: 200) : nil
            }
            let order = try await store.orders.cancelReplacements(
                reader.locator(context),
                reason: reason,
                key: act.key,
                actor: act.actor,
                now: act.now
            )
            store.pages.forget(order.guideToken)
            return try await store.staffAnswer(order)
        }
    }

    private func addShipping(to router: StaffRouter) {
        router.post("/v1/staff/orders/{number}/shipping/preview", .support) { request, context, _ in
            let method = try Fields.request(try await request.jsonBytes(), UnitsReader.shippingMethod)
            let order = try await reader.order(context)
            let change = try await store.payments.store.shippingChange(method, of: order, now: store.now())
            return Response.privateJSON(ShippingPreviewBody(change, of: order))
        }
        router.post("/v1/staff/orders/{number}/shipping", .support) { request, context, member in
            let (act, asked) = try await reader.act(request, context, member, UnitsReader.shipping)
            let order = try await store.payments.store.changeShipping(
                reader.locator(context),
                to: asked.method,
                expected: asked.total,
                key: act.key,
                actor: act.actor,
                now: act.now
            )
            await store.sendRefunds(of: order)
            return try await store.staffAnswer(order)
        }
    }

    @Sendable private static func replacement(_ fields: Fields) -> ReplacementRequest? {
        fields.allow("items", "parcel", "reason")
        let units = fields.units("items")
        var parcel: Int?
        if let name = fields.text("parcel") {
            parcel = Int(name)
            if parcel == nil { fields.report("parcel", "unknownParcel", "A parcel's name is a number, such as 1.") }
        }
        if units == nil, fields.text("parcel") == nil {
            fields.report("items", "missing", "Name what is sent again: items, or a parcel.")
        }
        guard fields.require("reason"), let reason = fields.checkLine("reason", lengthMax: 200) else { return nil }
        return ReplacementRequest(quantities: units ?? [:], parcel: parcel, reason: reason)
    }
}
