import ArgumentParser
import StoreAPI

/// `aftercare stock count`
struct StockCount: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Say what is really on the shelf.",
        discussion: """
            At a terminal, leave the number out: the store's own is read before you count and compared afterwards, so \
            that what is sold meanwhile is noticed.

            Example: aftercare stock count CLEANSE-SHAMPOO --lot L17
            """
    )

    @Argument(help: "The component's code.")
    var component: ComponentArgument
    @Argument(help: "What was counted.")
    var actual: Int?
    @Option(help: "Of which lot; \"\" for units without one.")
    var lot: String?
    @Flag(help: "The lot is one that never came.")
    var newLot = false
    @Option(help: "What the store said when the counting began. [default: what it says now]")
    var expected: Int?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard actual ?? 0 >= 0, expected ?? 0 >= 0 else { throw ValidationError("A count is 0 or more.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        var (lot, before) = (lot, expected ?? 0)
        if expected == nil {
            let row = try await row(store)
            lot = try await self.lot(of: row, invocation.console)
            before = Self.onHand(row, lot: lot)
        }
        let actual = try await counted(invocation.console)
        let body = StockCountBody(
            expected: before,
            actual: actual,
            lot: lot?.isEmpty == true ? nil : lot,
            newLot: newLot ? true : nil
        )
        let request = try StoreRequest.change(.post, .staff("stock", component.text, "counts"), body)
        guard let answer = try await invocation.change(request, with: change, at: store) else { return }
        try invocation.show(answer, as: StockRowBody.self) { row in
            let difference = actual - before
            let word = difference == 0 ? "as expected" : difference > 0 ? "\(difference) more" : "\(-difference) fewer"
            try invocation.console.say("\(row.text) That is \(word).", difference == 0 ? .good : .caution)
        }
    }

    /// The number is not shown before the counting: who knows it counts to it.
    private func counted(_ console: Console) async throws -> Int {
        if let actual { return actual }
        while true {
            let typed = try await console.required(nil, "How many are there", option: "What was counted")
            if let count = Int(typed), count >= 0 { return count }
            console.note("\(typed) is not a number.", .alarm)
        }
    }

    private func row(_ store: StoreClient) async throws -> StockRowBody {
        let stock: StockListBody = try await store.send(.get(.staff("stock"))).decode()
        guard let row = stock.data.first(where: { $0.sku == component.text }) else {
            throw StaffError(
                .refused,
                "There is no \(component.text).",
                advice: "aftercare stock list shows what there is."
            )
        }
        return row
    }

    /// Which lot is counted: each has a count of its own, and so have the units without one, which an empty name means.
    private func lot(of row: StockRowBody, _ console: Console) async throws -> String? {
        let names = row.lots.compactMap(\.lot)
        if let lot { return lot }
        guard !names.isEmpty else { return nil }
        let list = names.joined(separator: ", ")
        guard console.context.inputIsTerminal, let typed = await console.ask("Which lot, of \(list), or none? ") else {
            throw StaffError(
                .wrongUse,
                "\(row.sku) has lots: \(list).",
                advice: "Count one at a time: --lot LOT, or --lot \"\" for units without one."
            )
        }
        return typed.lowercased() == "none" ? "" : typed
    }

    private static func onHand(_ row: StockRowBody, lot: String?) -> Int {
        guard let lot else { return row.onHand }
        return row.lots.first { $0.lot ?? "" == lot }?.onHand ?? 0
    }
}
