import Commerce
import HTTPTypes
import Hummingbird
import JSONFields
import NIOCore
import Orders
import Staff
import StoreAPI

/// How the staff find orders: in lists, and as a file.
struct StaffOrderListRoutes: Sendable {
    let store: Store

    func add(to router: StaffRouter) {
        router.get("/v1/staff/orders", .packer) { request, context, member in
            let filter = try filter(request, member, "limit", "cursor")
            let limit = try request.integer("limit", in: 1...200) ?? 50
            let before = try request.uri.queryParameters["cursor"].map { try Self.cursor(String($0)) }
            let orders = try await store.orders.list(filter, before: before, count: limit + 1)
            // A search by what is personal shows whose these are.
            if filter.email != nil || filter.search != nil {
                try await store.orders.noteViews(
                    of: orders.prefix(limit).map(\.id),
                    reason: "search",
                    by: .staff(member.name, context.requestID),
                    now: store.now()
                )
            }
            return Response.privateJSON(
                StaffOrderListBody(
                    data: orders.prefix(limit).map(StaffOrderSummaryBody.init),
                    next: orders.count > limit ? "\(orders[limit - 1].id)" : nil
                )
            )
        }
        router.get("/v1/staff/orders/export", .support) { request, _, member in try await export(request, member) }
    }

    /// The place in a list from which to read on, as `next` of the page before says it.
    static func cursor(_ text: String) throws -> Int64 {
        guard let place = Int64(text), place >= 0 else {
            throw Problem("", "unknownCursor", "A cursor is what `next` of the page before says.")
        }
        return place
    }

    /// The filter in the query. Searching by what is personal needs more of a role.
    private func filter(_ request: Request, _ member: StaffToken, _ others: String...) throws -> OrderFilter {
        let names = ["status", "payment", "fulfilment", "shipBy", "from", "to", "email", "sku", "text"]
        try request.checkQuery(names + others)
        let query = request.uri.queryParameters
        var faults: [FieldProblem] = []
        func read<Value>(_ name: String, _ what: String, _ make: (String) -> Value?) -> Value? {
            guard let text = query[Substring(name)].map(String.init) else { return nil }
            let value = make(text)
            if value == nil {
                faults.append(FieldProblem(pointer: "", code: "notValid", detail: "\(name) is \(what)."))
            }
            return value
        }
        var filter = OrderFilter()
        filter.status = read("status", "placed, completed or cancelled", Order.Status.init(rawValue:))
        filter.payment = read("payment", "a payment's status, such as unpaid", Order.PaymentStatus.init(rawValue:))
        filter.fulfilment = read("fulfilment", "unfulfilled, partlyShipped, shipped, delivered or returned") {
            Order.FulfilmentStatus(rawValue: $0)
        }
        filter.shipBy = read("shipBy", "a date, as YYYY-MM-DD") { CalendarDate($0) }
        filter.placed.from = read("from", "a date, as YYYY-MM-DD") { CalendarDate($0) }.map(store.dayStart)
        filter.placed.to = read("to", "a date, as YYYY-MM-DD") { CalendarDate($0) }.map { store.dayStart($0 + 1) }
        filter.email = read("email", "an e-mail address", EmailAddress.init(rawValue:))
        filter.sku = read("sku", "a product code", SKU.init(rawValue:))
        let text = read("text", "1 to 100 characters on one line") { try? OneLineText.checked($0, lengthMax: 100) }
        filter.search = text.map { OrderFilter.Search($0, since: filter.placed.from ?? year(to: filter.placed.to)) }
        if !faults.isEmpty { throw Problem(fields: faults) }
        if filter.email != nil || filter.search != nil, member.role < .support {
            throw Problem(.forbidden, "Searching by what is personal needs the role support.")
        }
        return filter
    }

    /// The beginning of the days that a search reads where nobody says from when on: those before its end.
    private func year(to end: Instant?) -> Instant {
        store.dayStart(store.shopDay(end ?? store.now()) - OrderFilter.Search.days)
    }

    /// All orders that a filter lets through, as they are read, page by page: however many there are, few are in memory.
    private func export(_ request: Request, _ member: StaffToken) async throws -> Response {
        let filter = try filter(request, member, "format")
        let format = request.uri.queryParameters["format"].map(String.init) ?? "csv"
        guard ["csv", "jsonl"].contains(format) else { throw Problem("", "unknownFormat", "A format is csv or jsonl.") }
        let isCSV = format == "csv"
        let count = try await store.orders.count(filter)
        let orders = store.orders
        return Response(
            status: .ok,
            headers: [
                .contentType: isCSV ? "text/csv; charset=utf-8" : "application/jsonl", .cacheControl: "no-store",
                .totalCount: "\(count)",
            ],
            body: ResponseBody { writer in
                if isCSV { try await writer.write(ByteBuffer(string: OrderExport.head)) }
                var before: Int64?
                while true {
                    let page = try await orders.list(filter, before: before, count: 500)
                    var text = ""
                    for order in page { text += try isCSV ? OrderExport.row(order) : OrderExport.line(order) }
                    if !page.isEmpty { try await writer.write(ByteBuffer(string: text)) }
                    guard page.count == 500, let last = page.last else { break }
                    before = last.id
                }
                try await writer.finish(nil)
            }
        )
    }
}
