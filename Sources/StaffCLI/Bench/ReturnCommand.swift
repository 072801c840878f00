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

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let reason = try await invocation.console.required(reason, "Reason", option: "--reason")
        let body = ReturnRequestBody(reason: reason, restock: restock)
        let request = try StoreRequest.change(.post, .staff("orders", order.text, "return"), body)
        guard let answer = try await invocation.change(request, with: change, at: store) else { return }
        try invocation.done(answer, "\(order.text) came back\(restock ? ", and its units can be sold again" : "").")
    }
}
