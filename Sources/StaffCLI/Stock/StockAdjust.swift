import ArgumentParser
import StoreAPI

/// `aftercare stock adjust`
struct StockAdjust: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "adjust",
        abstract: "Note units that were found, lost or spoilt.",
        discussion: "Example: aftercare stock adjust CLEANSE-SHAMPOO --by -2 --reason \"Leaked.\""
    )

    @Argument(help: "The component's code.")
    var component: ComponentArgument
    @Option(parsing: .unconditional, help: "How many more; -2 for two fewer.")
    var by: Int
    @Option(help: "Of which lot.")
    var lot: String?
    @Option(help: "Why.")
    var reason: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard by != 0 else { throw ValidationError("--by 0 changes nothing.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let reason = try await invocation.console.required(reason, "Reason", option: "--reason")
        let body = StockAdjustmentBody(change: by, lot: lot, reason: reason)
        let request = try StoreRequest.change(.post, .staff("stock", component.text, "adjustments"), body)
        guard let answer = try await invocation.change(request, with: change, at: store) else { return }
        try invocation.show(answer, as: StockRowBody.self) { try invocation.console.say($0.text, .good) }
    }
}
