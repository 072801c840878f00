import ArgumentParser
import StoreAPI

/// `aftercare orders list`
struct OrdersList: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List orders, the newest first.",
        discussion: "Example: aftercare orders list --payment unpaid --from 2026-12-01"
    )

    @OptionGroup var filter: OrderFilter
    @Option(help: "How many at most, 1 to 200.")
    var limit = 50
    @Option(help: "Where to go on: what the last list ended with.")
    var cursor: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...200).contains(limit) else { throw ValidationError("--limit is from 1 to 200.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let path = filter.applied(to: .staff("orders")).with("limit", String(limit)).with("cursor", cursor)
        try invocation.show(await invocation.store().send(.get(path)), as: StaffOrderListBody.self) { orders in
            guard !orders.data.isEmpty else { return try invocation.console.say("No orders were found.") }
            try invocation.console.show(Self.table(orders.data, on: invocation.console))
            if let next = orders.next { invocation.console.note("There are more: add --cursor \(next)") }
        }
    }

    static func table(_ orders: [StaffOrderSummaryBody], on console: Console) -> Table {
        var table = Table([
            .init("ORDER", isWhole: true), .init("PLACED"), .init("STATUS"), .init("PAYMENT"),
            .init("TOTAL", isNumber: true), .init("HOLD", canShrink: true, canGo: true, least: 10),
            .init("ITEMS", canShrink: true, canGo: true, least: 16), .init("PARCELS", canGo: true),
            .init("SHIP BY", canGo: true), .init("TO", canGo: true),
        ])
        for order in orders {
            table.add([
                Table.Cell(order.number, .strong), .time(order.placedAt, console),
                Table.Cell(order.status.rawValue, Style(order.status)),
                Table.Cell(order.payment.status.rawValue, Style(order.payment.status)),
                Table.Cell(order.total.text), Table.Cell(order.trouble, .caution),
                Table.Cell(order.items.text), Table.Cell(order.fulfilment.rawValue, Style(order.fulfilment)),
                Table.Cell(order.shipBy ?? ""), Table.Cell(order.country),
            ])
        }
        return table
    }
}

extension StaffOrderSummaryBody {
    /// What keeps it from its customer.
    fileprivate var trouble: String {
        erasedAt == nil ? hold?.rawValue ?? (mailUndeliverable ? "mail fails" : "") : "erased"
    }
}
