import ArgumentParser
import StoreAPI

/// `aftercare return ORDER`
struct ReturnCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "return",
        abstract: "Note that an order came back.",
        discussion: """
            The money is another matter: "aftercare orders refund".

            Example: aftercare return DM-7K4Q-99 --reason "Refused at the door." --restock
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: "Why.")
    var reason: String?
    @Flag(help: "Its units can be sold again.")
    var restock = false
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func act(_ errand: Errand) async throws {
        let store = try errand.store()
        let reason = try await errand.console.required(reason, "Reason", option: "--reason")
        let body = ReturnRequestBody(reason: reason, restock: restock)
        let request = try StoreRequest.act(.post, .staff("orders", order.text, "return"), body)
        guard let answer = try await errand.change(request, with: change, at: store) else { return }
        try errand.done(answer, "\(order.text) came back\(restock ? ", and its units can be sold again" : "").")
    }
}
