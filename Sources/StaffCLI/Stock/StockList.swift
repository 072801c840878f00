import ArgumentParser
import StoreAPI

/// `aftercare stock list`
struct StockList: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the stock of every component.",
        discussion: "Example: aftercare stock list --lots"
    )

    @Flag(help: "Each lot too.")
    var lots = false
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        try invocation.show(await invocation.store().send(.get(.staff("stock"))), as: StockListBody.self) { stock in
            try invocation.console.show(Self.table(stock.data, lots: lots))
        }
    }

    static func table(_ rows: [StockRowBody], lots: Bool) -> Table {
        var table = Table([
            .init("CODE"), .init("NAME", canShrink: true), .init("ON HAND", isNumber: true),
            .init("RESERVED", isNumber: true, canGo: true), .init("AVAILABLE", isNumber: true),
            .init("STATUS", canGo: lots),
            .init("LOT", canShrink: true, canGo: !lots), .init("EXPIRES", canGo: true),
        ])
        for row in rows {
            let next = row.lots.first
            table.add([
                Table.Cell(row.sku, .strong), Table.Cell(row.name), Table.Cell(row.onHand), Table.Cell(row.reserved),
                Table.Cell(row.available), Table.Cell(row.status.rawValue, style(row.status)),
                Table.Cell(lots ? "" : next?.lot ?? ""), Table.Cell(lots ? "" : next?.expires ?? ""),
            ])
            for lot in lots ? row.lots : [] {
                table.add([
                    "", "", Table.Cell(lot.onHand), "", "", "", Table.Cell(lot.lot ?? "no lot"),
                    Table.Cell(lot.expires ?? ""),
                ])
            }
        }
        return table
    }

    private static func style(_ status: StockStatus) -> Style {
        switch status {
        case .inStock: .good
        case .lowStock: .caution
        case .outOfStock: .alarm
        case .unknown: .plain
        }
    }
}
