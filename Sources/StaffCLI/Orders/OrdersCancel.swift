import ArgumentParser
import StoreAPI

/// `aftercare orders cancel`
struct OrdersCancel: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel an order, or some of it; what was paid goes back.",
        discussion: """
            How much goes back, to whom and by which way is said before it is asked about, and with --dry-run. Without \
            --item, it is all of the order, while nothing is packed; with --item, units that are in no parcel yet; with \
            --rest, all of them.

            Example: aftercare orders cancel DM-7K4Q-99 --reason "Ordered twice."
            Example: aftercare orders cancel DM-7K4Q-99 --item DM-KIT=1 --reason "One is enough."
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: ArgumentHelp("A product of which some are not sent, and how many.", valueName: "code[=n]"))
    var item: [ItemArgument] = []
    @Flag(help: "All that is in no parcel yet.")
    var rest = false
    @Option(help: "Why.")
    var reason: String?
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let reason = try await invocation.console.required(reason, "Reason", option: "--reason")
        var items = item.bodies
        if rest {
            let before: StaffOrderBody = try await store.send(.get(.staff("orders", order.text))).decode()
            items = before.items.filter { $0.open > 0 }.map { ChoiceItemBody(sku: $0.sku, quantity: $0.open) }
            guard !items.isEmpty else { throw StaffError(.refused, "Nothing of it is left to be packed.") }
        }
        let body = CancellationRequestBody(reason: reason, items: items.isEmpty ? nil : items)
        let path = StorePath.staff("orders", order.text, "cancellation")
        let question = "Cancel \(items.isEmpty ? order.text : "\(items.text) of \(order.text)") for good?"
        guard try await MoneyBack.isAgreed(to: path, body, question, confirm, change, invocation, at: store) else {
            return
        }
        try invocation.show(await store.send(.change(.post, path, body)), as: StaffOrderBody.self) { order in
            try invocation.console.say(
                order.status == .cancelled
                    ? "\(order.number) is cancelled; its payment is \(order.payment.status)."
                    : "\(order.number): \(items.text) is not sent; it comes to \(order.comesTo.text).",
                .good
            )
        }
    }
}
