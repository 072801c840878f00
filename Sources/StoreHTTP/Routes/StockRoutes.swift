import Catalog
import Commerce
import Foundation
import Hummingbird
import JSONFields
import Orders
import Staff
import StoreAPI

/// The stock: what there is, what comes, what was counted, and who got what.
struct StockRoutes: Sendable {
    let store: Store
    private var reader: StaffRequestReader { StaffRequestReader(store: store) }

    private static let quantityMax = 10_000_000

    func add(to router: StaffRouter) {
        router.get("/v1/staff/stock", .packer) { _, _, _ in
            Response.privateJSON(
                StockListBody(data: try await store.stock.levels().map(StockRowBody.init), next: nil)
            )
        }
        router.get("/v1/staff/stock/audit", .packer) { _, _, _ in
            let (checked, differences) = try await store.stock.audit()
            return Response.privateJSON(
                StockAuditBody(
                    agrees: differences.isEmpty,
                    checked: checked,
                    differences: differences.map {
                        StockAuditRowBody(sku: $0.sku.rawValue, lot: $0.lot, counted: $0.counted, moved: $0.moved)
                    }
                )
            )
        }
        router.post("/v1/staff/stock/{sku}/receipts", .packer) { request, context, member in
            let today = store.shopDay(store.now())
            return try await change(request, context, member) {
                fields -> ((quantity: Int, lot: String?, expires: CalendarDate?), reason: String?)? in
                fields.allow("quantity", "lot", "expires", "reason")
                let quantity = fields.require("quantity") ? fields.integer("quantity", in: 1...Self.quantityMax) : nil
                let expires = fields.date("expires")
                let lot = fields.checkLine("lot", lengthMax: 40, isCode: true)
                if let expires, expires < today {
                    fields.report("expires", "expired", "What has expired already is not taken in.")
                }
                if expires != nil, lot == nil { fields.report("lot", "missing", "What expires has a lot; name it.") }
                let reason = fields.checkLine("reason", lengthMax: 200)
                return quantity.map { (($0, lot, expires), reason) }
            } perform: { sku, asked, act in
                try await store.stock.receive(asked.quantity, sku, lot: asked.lot, expires: asked.expires, act)
            }
        }
        router.post("/v1/staff/stock/{sku}/adjustments", .manager) { request, context, member in
            try await change(request, context, member) { fields -> ((change: Int, lot: String?), reason: String?)? in
                fields.allow("change", "lot", "reason")
                let size = Self.quantityMax
                let change = fields.require("change") ? fields.integer("change", in: -size...size) : nil
                if change == 0 { fields.report("change", "outOfRange", "A change is not 0.") }
                let lot = fields.checkLine("lot", lengthMax: 40, isCode: true)
                let reason = fields.require("reason") ? fields.checkLine("reason", lengthMax: 200) : nil
                guard let change, let reason else { return nil }
                return ((change, lot), reason)
            } perform: { sku, asked, act in
                try await store.stock.adjust(by: asked.change, sku, lot: asked.lot, act)
            }
        }
        router.post("/v1/staff/stock/{sku}/counts", .packer) { request, context, member in
            try await change(request, context, member) {
                fields -> ((expected: Int, actual: Int, lot: String?, isNew: Bool), reason: String?)? in
                fields.allow("expected", "actual", "lot", "newLot")
                let range = 0...Self.quantityMax
                let expected = fields.require("expected") ? fields.integer("expected", in: range) : nil
                let actual = fields.require("actual") ? fields.integer("actual", in: range) : nil
                let lot = fields.checkLine("lot", lengthMax: 40, isCode: true)
                let isNew = fields.flag("newLot") ?? false
                guard let expected, let actual else { return nil }
                return ((expected, actual, lot, isNew), "counted \(actual), expected \(expected)")
            } perform: { sku, asked, act in
                try await store.stock.count(
                    sku,
                    lot: asked.lot,
                    isNew: asked.isNew,
                    expected: asked.expected,
                    actual: asked.actual,
                    act
                )
            }
        }
        router.get("/v1/staff/lots/{lot}/recall", .support) { _, context, member in
            let lot = context.parameters.get("lot")?.removingPercentEncoding ?? ""
            let (recall, waiting, unnamed) = try await store.orders.recall(ofLot: lot)
            try await store.orders.noteViews(
                of: Array(Set(recall.map(\.order) + waiting.map(\.order))),
                reason: "recall of \(lot)",
                by: .staff(member.name, context.requestID),
                now: store.now()
            )
            let left = try await store.stock.levels().flatMap(\.lots).filter { $0.name == lot }
            guard !recall.isEmpty || !waiting.isEmpty || !left.isEmpty else {
                throw Problem(.notFound, "There is no lot of this name.")
            }
            return Response.privateJSON(
                RecallBody(
                    lot: lot,
                    onHand: left.reduce(0) { $0 + $1.onHand },
                    waiting: waiting.map {
                        WaitingUnitsBody(number: $0.number, sku: $0.sku.rawValue, quantity: $0.quantity)
                    },
                    withoutLot: unnamed.map { ChoiceItemBody(sku: $0.sku.rawValue, quantity: $0.quantity) },
                    data: recall.map {
                        RecallRowBody(
                            number: $0.number,
                            sku: $0.sku.rawValue,
                            quantity: $0.quantity,
                            shippedAt: $0.shippedAt.description,
                            name: $0.name,
                            email: $0.email
                        )
                    },
                    next: nil
                )
            )
        }
    }

    /// A change of one component's stock; the answer is how it stands then.
    private func change<Asked: Sendable>(
        _ request: Request,
        _ context: StoreContext,
        _ member: StaffToken,
        read: @escaping @Sendable (Fields) -> (Asked, reason: String?)?,
        perform: (SKU, Asked, StockStore.Act) async throws -> Void
    ) async throws -> Response {
        guard let sku = context.parameters.get("sku").flatMap({ SKU(rawValue: $0.uppercased()) }) else {
            throw Problem(.notFound, "This is no product's code.")
        }
        let (act, (asked, reason)) = try await reader.act(request, context, member, read)
        try await perform(
            sku,
            asked,
            StockStore.Act(reason: reason, actor: act.actor, key: act.key, now: act.now)
        )
        guard let level = try await store.stock.levels(sku).first else { throw Problem(.notFound) }
        return Response.privateJSON(StockRowBody(level))
    }
}
