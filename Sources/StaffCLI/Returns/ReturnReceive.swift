import ArgumentParser
import StoreAPI

/// `aftercare return receive ORDER`
struct ReturnReceive: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "receive",
        abstract: "Take back what came.",
        discussion: """
            Without --item it is all that was announced, or all that the customer has. What the box held goes to waste, or to \
            stock with --restock; where that differs from unit to unit, name them: --stock CODE[=n][@LOT], --waste \
            CODE[=n][@LOT]. The money is another matter: "aftercare orders refund ORDER --return R1".

            Example: aftercare return receive DM-7K4Q-99 --restock
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(name: .customLong("return"), help: "Which return, where several are awaited, such as R2.")
    var returnNumber: String?
    @Option(help: ArgumentHelp("A product that is taken back, and how many.", valueName: "code[=n]"))
    var item: [ItemArgument] = []
    @Option(help: ArgumentHelp("Units that can be sold again.", valueName: "code[=n][@lot]"))
    var stock: [UnitArgument] = []
    @Option(help: ArgumentHelp("Units that can't.", valueName: "code[=n][@lot]"))
    var waste: [UnitArgument] = []
    @Flag(help: "All of it can be sold again.")
    var restock = false
    @Option(help: "Why it came.")
    var reason: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let units = stock.map { $0.body(restock: true) } + waste.map { $0.body(restock: false) }
        let body = ReturnReceiptBody(
            returnNumber: returnNumber,
            items: item.isEmpty ? nil : item.bodies,
            units: units.isEmpty ? nil : units,
            restock: restock,
            reason: reason
        )
        let path = StorePath.staff("orders", order.text, "returns", "receipt")
        let request = try StoreRequest.change(.post, path, body)
        guard let answer = try await invocation.change(request, with: change, at: try invocation.store()) else {
            return
        }
        try invocation.show(answer, as: StaffOrderBody.self) { order in
            let back = order.items.filter { $0.returned > 0 }.map { "\($0.returned) × \($0.sku)" }
            try invocation.console.say("\(order.number): \(back.joined(separator: ", ")) came back.", .good)
        }
    }
}

/// Units of a component and their lot, as they are typed: `CLEANSE-SHAMPOO`, `CLEANSE-SHAMPOO=2`, `CLEANSE-SHAMPOO=2@L7`.
struct UnitArgument: ExpressibleByArgument, Sendable, Hashable {
    let item: ItemArgument
    let lot: String?

    init?(argument: String) {
        let parts = argument.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let item = ItemArgument(argument: String(first)) else { return nil }
        self.item = item
        lot = parts.count == 2 ? String(parts[1]) : nil
    }

    func body(restock: Bool) -> ReturnedUnitsBody {
        ReturnedUnitsBody(sku: item.sku, quantity: item.quantity, lot: lot, restock: restock)
    }
}
