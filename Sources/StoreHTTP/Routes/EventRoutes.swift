import Commerce
import Hummingbird
import Orders
import Staff
import StoreAPI

/// What happened to the orders, for other systems: they read on from where they were.
struct EventRoutes: Sendable {
    let store: Store

    /// The time between two looks while somebody waits.
    private static let pause = Duration.milliseconds(500)

    func add(to router: StaffRouter) {
        router.get("/v1/staff/events", .support) { request, _, _ in
            try request.checkQuery("after", "type", "limit", "wait")
            let limit = try request.integer("limit", in: 1...500) ?? 100
            let kinds = try Self.kinds(request)
            let end = ContinuousClock.now + .seconds(try request.integer("wait", in: 0...20) ?? 0)
            var place = try await place(request)
            while true {
                try await store.feed.extend()
                let page = try await store.feed.page(after: place, count: limit, kinds: kinds)
                place = page.next
                if !page.entries.isEmpty || ContinuousClock.now >= end {
                    return Response.privateJSON(EventListBody(data: page.entries.map(EventBody.init), next: "\(place)"))
                }
                // A page that only passed over what is not wanted is followed by the next at once.
                if page.isLast { try await Task.sleep(for: Self.pause) }
            }
        }
    }

    /// The number after which to read.
    private func place(_ request: Request) async throws -> Int64 {
        guard let text = request.uri.queryParameters["after"] else { return 0 }
        if text == "now" { return try await store.feed.extend() }
        return try Self.place(String(text))
    }

    /// The same from its text.
    static func place(_ text: String) throws -> Int64 {
        guard text.utf8.count <= 18, let number = Int64(text), number >= 0, text.first != "+", text.first != "-" else {
            throw Problem("", "notACursor", "after is the next of an answer, or now.")
        }
        return number
    }

    private static func kinds(_ request: Request) throws -> [OrderEvent]? {
        guard let text = request.uri.queryParameters["type"] else { return nil }
        return try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
            guard let kind = OrderEvent(rawValue: String(name)) else {
                let known = OrderEvent.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem("", "unknownValue", "There is no such type of event; there is \(known).")
            }
            return kind
        }
    }
}

extension EventBody {
    init(_ entry: OrderFeed.Entry) {
        self.init(
            id: "\(entry.number)",
            type: entry.kind,
            at: entry.at.description,
            order: entry.order,
            sequence: entry.sequence,
            amount: entry.amount.map(MoneyBody.init),
            state: EventStateBody(
                status: OrderStatus(rawValue: entry.state.status),
                payment: PaymentStatus(rawValue: entry.state.payment),
                fulfilment: FulfilmentStatus(rawValue: entry.state.fulfilment),
                total: MoneyBody(entry.state.total),
                refunded: MoneyBody(entry.state.refunded),
                units: entry.state.units.map { units in
                    EventUnitsBody(
                        sku: units.sku.rawValue,
                        quantity: units.quantity,
                        packed: units.packed,
                        shipped: units.shipped,
                        cancelled: units.cancelled,
                        returned: units.returned,
                        lost: units.lost
                    )
                },
                comesTo: MoneyBody(entry.state.comesTo)
            )
        )
    }
}
