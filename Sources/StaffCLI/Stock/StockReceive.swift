import ArgumentParser
import StoreAPI

/// `aftercare stock receive`
struct StockReceive: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "receive",
        abstract: "Take units in.",
        discussion: "Example: aftercare stock receive CLEANSE-SHAMPOO 120 --lot L17 --expires 2028-06-30"
    )

    @Argument(help: "The component's code.")
    var component: ComponentArgument
    @Argument(help: "How many came.")
    var quantity: Int
    @Option(help: "Their lot.")
    var lot: String?
    @Option(help: "When they should have been used.")
    var expires: DayArgument?
    @Option(help: "Such as the delivery note's number.")
    var reason: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard quantity > 0 else { throw ValidationError("Units that came in are 1 or more.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let body = StockReceiptBody(quantity: quantity, lot: lot, expires: expires?.text, reason: reason)
        let request = try StoreRequest.change(.post, .staff("stock", component.text, "receipts"), body)
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.show(answer, as: StockRowBody.self) { try invocation.console.say($0.text, .good) }
    }
}
