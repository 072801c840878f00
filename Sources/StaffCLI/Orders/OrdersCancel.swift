import ArgumentParser
import StoreAPI

/// `aftercare orders cancel`
struct OrdersCancel: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel an order; what was paid goes back.",
        discussion: "Example: aftercare orders cancel DM-7K4Q-99 --reason \"Ordered twice.\""
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
        let request = try StoreRequest.change(.post, .staff("orders", order.text, "cancellation"), body)
        if !change.dryRun {
            try await invocation.console.confirm("Cancel \(order.text) for good?", unless: confirm.isAgreed)
        }
        guard let answer = try await invocation.change(request, with: change, at: store) else { return }
        try invocation.show(answer, as: StaffOrderBody.self) { order in
            try invocation.console.say("\(order.number) is cancelled; its payment is \(order.payment.status).", .good)
        }
    }
}
