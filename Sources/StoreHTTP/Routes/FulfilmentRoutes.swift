import Catalog
import Commerce
import Fulfilment
import HTTPTypes
import Hummingbird
import JSONFields
import Orders
import Payments
import Staff
import StoreAPI
import Webhooks

/// The packing day: what must leave, who packs it, what is in the box, how it leaves, what became of the day.
struct FulfilmentRoutes: Sendable {
    let store: Store
    private var reader: StaffRequestReader { StaffRequestReader(store: store) }
    private var shipsUnpaid: Bool { store.settings.shipsUnpaid }

    func add(to router: StaffRouter) {
        router.get("/v1/staff/today", .packer) { request, _, member in try await today(request, member) }
        router.post("/v1/staff/next", .packer) { request, context, member in
            let act = try await reader.act(request, context, member)
            let order = try await store.fulfilment.leaseNext(
                holder: act.member.name,
                now: act.now
            )
            guard let order else { return Response.privateJSON(NextOrderBody(order: nil)) }
            return Response.privateJSON(NextOrderBody(order: try await seen(order, by: act)))
        }
        router.post("/v1/staff/orders/{number}/lease", .packer) { request, context, member in
            let act = try await reader.act(request, context, member)
            let order = try await store.fulfilment.lease(
                reader.locator(context),
                holder: act.member.name,
                now: act.now
            )
            return Response.privateJSON(try await seen(order, by: act))
        }
        router.delete("/v1/staff/orders/{number}/lease", .packer) { _, context, member in
            try await store.fulfilment.endLease(of: reader.order(context), holder: member.name)
            return Response(status: .noContent)
        }
        addPacking(to: router)
        addSending(to: router)
        addHolds(to: router)
        router.get("/v1/staff/days/{date}", .packer) { _, context, _ in
            try await day(context, closer: nil)
        }
        router.post("/v1/staff/days/{date}/close", .packer) { request, context, member in
            let act = try await reader.act(request, context, member)
            return try await day(context, closer: act.member.name)
        }
        PrintRoutes(store: store).add(to: router)
        ParcelRoutes(store: store).add(to: router)
    }

    private func addPacking(to router: StaffRouter) {
        router.get("/v1/staff/orders/{number}/packing", .packer) { _, context, member in
            let order = try await reader.order(context)
            try await noteSeen(order, .staff(member.name, context.requestID))
            return Response.privateJSON(try await store.packList(order))
        }
        router.post("/v1/staff/orders/{number}/packing", .packer) { request, context, member in
            let (act, asked) = try await reader.act(request, context, member, Self.packing)
            let order = try await store.fulfilment.pack(
                reader.locator(context),
                asked,
                key: act.key,
                holder: act.member.name,
                actor: act.actor,
                now: act.now
            )
            store.pages.forget(order.guideToken)
            return Response.privateJSON(try await store.packList(order))
        }
        router.delete("/v1/staff/orders/{number}/packing", .packer) { request, context, member in
            let act = try await reader.act(request, context, member)
            let order = try await store.fulfilment.unpack(
                reader.locator(context),
                key: act.key,
                actor: act.actor,
                now: act.now
            )
            return Response.privateJSON(try await store.packList(order))
        }
    }

    private func addSending(to router: StaffRouter) {
        router.post("/v1/staff/orders/{number}/shipments", .packer) { request, context, member in
            let (act, asked) = try await reader.act(request, context, member, Self.shipment)
            let order = try await store.fulfilment.ship(
                reader.locator(context),
                parcel: asked.parcel,
                carrier: asked.carrier,
                trackingNumber: asked.number,
                isNumberChecked: asked.isNumberChecked,
                key: act.key,
                actor: act.actor,
                now: act.now
            )
            return try await store.staffAnswer(order)
        }
        router.post("/v1/staff/orders/{number}/delivery", .packer) { request, context, member in
            let act = try await reader.act(request, context, member)
            return try await store.staffAnswer(
                store.fulfilment.deliver(reader.locator(context), key: act.key, actor: act.actor, now: act.now)
            )
        }
    }

    private func addHolds(to router: StaffRouter) {
        router.post("/v1/staff/orders/{number}/hold", .packer) { request, context, member in
            let (act, asked) = try await reader.act(request, context, member, needsKey: false) {
                fields -> (reason: Order.Hold.Reason, note: String?)? in
                fields.allow("reason", "note")
                let note = fields.checkLine("note", lengthMax: 200)
                guard fields.require("reason"), let text = fields.text("reason") else { return nil }
                let reason = Order.Hold.Reason(rawValue: text)
                if reason == nil {
                    let all = Order.Hold.Reason.allCases.map(\.rawValue).joined(separator: ", ")
                    fields.report("reason", "unknownReason", "A reason is one of \(all).")
                }
                return reason.map { ($0, note) }
            }
            return try await store.staffAnswer(
                store.fulfilment.hold(
                    reader.locator(context),
                    asked.reason,
                    note: asked.note,
                    key: act.key,
                    actor: act.actor,
                    now: act.now
                )
            )
        }
        router.delete("/v1/staff/orders/{number}/hold", .packer) { request, context, member in
            let act = try await reader.act(request, context, member)
            return try await store.staffAnswer(
                store.fulfilment.release(reader.locator(context), key: act.key, actor: act.actor, now: act.now)
            )
        }
        router.post("/v1/staff/orders/{number}/notes", .packer) { request, context, member in
            let (act, text) = try await reader.act(request, context, member, needsKey: false) { fields in
                fields.allow("text")
                return fields.require("text") ? fields.checkLine("text", lengthMax: 200) : nil
            }
            return try await store.staffAnswer(
                store.fulfilment.note(reader.locator(context), text, key: act.key, actor: act.actor, now: act.now)
            )
        }
    }

    // MARK: -

    private func noteSeen(_ order: Order, _ actor: Actor) async throws {
        try await store.orders.noteViews(of: [order.id], reason: "packing", by: actor, now: store.now())
    }

    /// A packing list says where somebody lives: that it was seen is an event.
    private func seen(_ order: Order, by act: StaffRequestReader.Act) async throws -> PackListBody {
        try await noteSeen(order, act.actor)
        return try await store.packList(order)
    }

    private func today(_ request: Request, _ member: StaffToken) async throws -> Response {
        try request.checkQuery("all", "limit", "cursor")
        let query = request.uri.queryParameters
        let limit = try request.integer("limit", in: 1...FulfilmentStore.queueMax) ?? FulfilmentStore.queueMax
        let showsAll = try request.flag("all") ?? false
        let after = try query["cursor"].map { try StaffOrderListRoutes.cursor(String($0)) }
        let now = store.now()
        let today = store.shopDay(now)
        let entries = try await store.fulfilment.queue(
            until: showsAll ? nil : today,
            after: after,
            count: limit + 1,
            now: now
        )
        let page = entries.prefix(limit).map { QueueEntryBody($0, on: today, shipsUnpaid: shipsUnpaid) }
        let span = store.dayStart(today)..<store.dayStart(today + 1)
        let counts = try await store.fulfilment.counts(on: today, span: span)
        // For those who can do something about it.
        let stoppedWebhooks = member.role >= .manager ? try await store.webhooks.stoppedCount() : 0
        return Response.privateJSON(
            QueueBody(
                date: today.description,
                late: counts.late,
                due: counts.due,
                blocked: counts.blocked,
                packed: counts.packed,
                shipped: counts.shipped,
                stoppedWebhooks: stoppedWebhooks,
                data: page,
                next: entries.count > limit ? "\(entries[limit - 1].id)" : nil
            )
        )
    }

    private func day(_ context: StoreContext, closer: String?) async throws -> Response {
        guard let day = context.parameters.get("date").flatMap({ CalendarDate($0) }) else { throw Problem(.notFound) }
        let now = store.now()
        guard day <= store.shopDay(now) else {
            throw Problem("", "notYet", "That day has not come yet, where the shop is.")
        }
        let span = store.dayStart(day)..<store.dayStart(day + 1)
        let closed = try await store.fulfilment.day(
            day,
            span: span,
            money: MoneyFlow.moved(in: span),
            closer: closer,
            now: now
        )
        return Response.privateJSON(
            DayCloseBody(
                date: day.description,
                closedBy: closed.closedBy,
                closedAt: closed.closedAt,
                parcels: closed.parcels,
                shipped: closed.shipped.map { DayOrderBody(number: $0.number, why: nil) },
                left: closed.left.map { DayOrderBody(number: $0.number, why: $0.why) },
                money: closed.money.map(DayMoneyBody.init)
            )
        )
    }

    private static func packing(_ fields: Fields) -> PackingRequest? {
        fields.allow("scanned", "without", "partial")
        let scanned = fields.objects("scanned", countMax: 200) { scan -> PackingRequest.Scan? in
            scan.allow("code", "quantity", "lot")
            let code = scan.require("code") ? scan.checkLine("code", lengthMax: 60, isCode: true) : nil
            let quantity = scan.integer("quantity", in: 1...1000) ?? 1
            let lot = scan.checkLine("lot", lengthMax: 40, isCode: true)
            return code.map { PackingRequest.Scan(code: $0, quantity: quantity, lot: lot) }
        }
        let without = (fields.texts("without", countMax: 20) ?? []).enumerated().compactMap { index, text -> SKU? in
            let sku = SKU(rawValue: text)
            if sku == nil { fields.report("without", at: index, "notASKU", "This is not a product code.") }
            return sku
        }
        let isPartial = fields.flag("partial") ?? false
        guard fields.require("scanned"), let scanned else { return nil }
        return PackingRequest(scanned: scanned, without: without, isPartial: isPartial)
    }

    private static func shipment(_ fields: Fields) -> ShipmentRequest? {
        fields.allow("carrier", "trackingNumber", "parcel", "trackingNumberChecked")
        let code = fields.require("carrier") ? fields.checkLine("carrier", lengthMax: 40) : nil
        if let code, !Carrier.known.contains(code) {
            fields.report(
                "carrier",
                "unknownCarrier",
                "A carrier is one of \(Carrier.known.joined(separator: ", "))."
            )
        }
        let text =
            fields.require("trackingNumber") ? fields.checkLine("trackingNumber", lengthMax: 60, isCode: true) : nil
        var parcel: Int?
        if let name = fields.text("parcel") {
            parcel = Int(name)
            if parcel == nil { fields.report("parcel", "unknownParcel", "A parcel's name is a number, such as 1.") }
        }
        guard let carrier = code.map({ Carrier(code: $0) }), let number = text.map(Carrier.tidy) else { return nil }
        if !Carrier.isPlain(number) {
            fields.report("trackingNumber", "notATrackingNumber", "A tracking number has 4 to 40 letters and digits.")
        } else if carrier.check(number) == .wrong {
            let detail = "This is not a tracking number of \(carrier.code): its check digit is wrong."
            fields.report("trackingNumber", "notATrackingNumber", detail)
        }
        let isChecked = fields.flag("trackingNumberChecked") ?? false
        return ShipmentRequest(carrier: carrier, number: number, isNumberChecked: isChecked, parcel: parcel)
    }
}

/// How a packed parcel leaves.
private struct ShipmentRequest {
    let carrier: Carrier
    let number: String
    let isNumberChecked: Bool
    let parcel: Int?
}
