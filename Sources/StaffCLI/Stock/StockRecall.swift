import ArgumentParser
import StoreAPI

/// `aftercare stock recall`
struct StockRecall: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "recall",
        abstract: "List who got units of a lot.",
        discussion: "Example: aftercare stock recall L17"
    )

    @Argument(help: "The lot.")
    var lot: String
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !lot.isEmpty else { throw ValidationError("Name a lot.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let answer = try await invocation.store().send(.get(.staff("lots", lot, "recall")))
        try invocation.show(answer, as: RecallBody.self) { recall in
            try invocation.console.say("\(recall.lot): \(recall.onHand) still on hand.", .strong)
            for parcel in recall.waiting {
                try invocation.console.say(
                    "\(parcel.number) waits with \(parcel.quantity) \(parcel.sku): unpack it.",
                    .alarm
                )
            }
            for units in recall.withoutLot {
                try invocation.console.say(
                    "\(units.quantity) \(units.sku) left without a lot.",
                    .caution
                )
            }
            guard !recall.data.isEmpty else { return try invocation.console.say("Nobody got any.", .good) }
            var table = Table([
                .init("ORDER", isWhole: true), .init("CODE"), .init("QTY", isNumber: true), .init("SENT"),
                .init("NAME", canShrink: true), .init("E-MAIL", isWhole: true),
            ])
            for row in recall.data {
                table.add([
                    Table.Cell(row.number, .strong), Table.Cell(row.sku), Table.Cell(row.quantity),
                    .time(row.shippedAt, invocation.console), Table.Cell(row.name ?? "erased"),
                    Table.Cell(row.email ?? ""),
                ])
            }
            try invocation.console.show(table)
        }
    }
}
