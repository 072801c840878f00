import Commerce
import StoreAPI

/// A day for the eye.
enum DaySheet {
    static func show(_ day: DayCloseBody, on console: Console) throws {
        let state = day.closedBy.map { "closed by \($0) at \(console.time(day.closedAt ?? ""))" } ?? "open"
        let parcels = "\(counted(day.parcels, "parcel")) of \(counted(day.shipped.count, "order"))"
        try console.say("\(day.date): \(state). \(parcels) went out.", .strong)
        if day.left.isEmpty {
            try console.say("Nothing that was due stayed behind.", .good)
        } else {
            var table = Table([.init("STAYED", isWhole: true), .init("WHY", canShrink: true)])
            for order in day.left { table.add([Table.Cell(order.number, .caution), Table.Cell(order.why ?? "")]) }
            try console.show(table)
        }
        guard !day.money.isEmpty else { return try console.say("No money came in, and none went back.") }
        try console.show(table(of: day.money))
    }

    /// Each method of payment in a currency with what it comes to, and below it the same by rate of tax.
    private static func table(of money: [DayMoneyBody]) -> Table {
        // An amount that is cut says another one: where there is no room, what is least missed goes.
        var table = Table([
            .init("PAID BY"), .init("RATE"), .init("IN", isNumber: true, isWhole: true),
            .init("TAX IN", isNumber: true, canGo: true), .init("BACK", isNumber: true, isWhole: true),
            .init("TAX BACK", isNumber: true, canGo: true), .init("RECEIPTS", isNumber: true, canGo: true),
            .init("REFUNDS", isNumber: true, canGo: true),
        ])
        for flow in money {
            func cell(_ amount: Int64, _ style: Style = .plain) -> Table.Cell {
                Table.Cell(MoneyBody(amount: amount, currency: flow.received.currency).text, style)
            }
            table.add([
                Table.Cell(flow.method, .strong), "all", cell(flow.received.amount, .strong),
                cell(flow.rates.reduce(0) { $0 + $1.receivedTax.amount }), cell(flow.refunded.amount, .strong),
                cell(flow.rates.reduce(0) { $0 + $1.refundedTax.amount }), Table.Cell(flow.receipts),
                Table.Cell(flow.refunds),
            ])
            for rate in flow.rates {
                table.add([
                    "", Table.Cell(Percent.text(basisPoints: Int64(rate.basisPoints))),
                    cell(rate.receivedNet.amount + rate.receivedTax.amount), cell(rate.receivedTax.amount),
                    cell(rate.refundedNet.amount + rate.refundedTax.amount), cell(rate.refundedTax.amount), "", "",
                ])
            }
        }
        return table
    }

    /// The day that is meant: the one that was named, or today where the shop is.
    static func date(_ day: DayArgument?, _ store: StoreClient) async throws -> String {
        if let day { return day.text }
        let queue: QueueBody = try await store.send(.get(.staff("today").with("limit", "1"))).decode()
        return queue.date
    }
}
