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

    func act(_ errand: Errand) async throws {
        let store = try errand.store()
        let reason = try await errand.console.required(reason, "Reason", option: "--reason")
        let body = CancellationRequest(reason: reason)
        let request = try StoreRequest.act(.post, .staff("orders", order.text, "cancellation"), body)
        if !change.dryRun {
            try await errand.console.confirm("Cancel \(order.text) for good?", unless: confirm.isAgreed)
        }
        guard let answer = try await errand.change(request, with: change, at: store) else { return }
        try errand.show(answer, as: StaffOrderBody.self) { order in
            try errand.console.say("\(order.number) is cancelled; its payment is \(order.payment.status).", .good)
        }
    }
}
