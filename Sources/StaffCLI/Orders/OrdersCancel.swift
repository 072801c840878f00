import ArgumentParser
import StoreAPI

/// `aftercare orders cancel`
struct OrdersCancel: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel an order; what was paid goes back.",
        discussion: """
            How much goes back, to whom and by which way is said before it is asked about, and with --dry-run.

            Example: aftercare orders cancel DM-7K4Q-99 --reason "Ordered twice."
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: "Why.")
    var reason: String?
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let reason = try await invocation.console.required(reason, "Reason", option: "--reason")
        let body = CancellationRequestBody(reason: reason)
        let path = StorePath.staff("orders", order.text, "cancellation")
        let question = "Cancel \(order.text) for good?"
        guard try await MoneyBack.isAgreed(to: path, body, question, confirm, change, invocation, at: store) else {
            return
        }
        try invocation.show(await store.send(.change(.post, path, body)), as: StaffOrderBody.self) { order in
            try invocation.console.say("\(order.number) is cancelled; its payment is \(order.payment.status).", .good)
        }
    }
}
