import ArgumentParser
import StoreAPI

/// `aftercare orders refund`
struct OrdersRefund: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "refund",
        abstract: "Give money back.",
        discussion: """
            What an item cost after discounts goes back, with its tax. How much that is, to whom and by which way is said \
            before it is asked about, and with --dry-run.

            Example: aftercare orders refund DM-7K4Q-99 --item DM-KIT=1 --reason "Sent back unopened."
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: ArgumentHelp("A product that is refunded, and how many.", valueName: "code[=n]"))
    var item: [ItemArgument] = []
    @Flag(help: "The shipping too.")
    var shipping = false
    @Option(help: "Why.")
    var reason: String?
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !item.isEmpty || shipping else {
            throw ValidationError("Name what is refunded: --item CODE, or --shipping.")
        }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let reason = try await invocation.console.required(reason, "Reason", option: "--reason")
        let items = item.map { ChoiceItemBody(sku: $0.sku, quantity: $0.quantity) }
        let body = RefundRequestBody(items: items, shipping: shipping, reason: reason)
        let path = StorePath.staff("orders", order.text, "refunds")
        let what = [items.text, shipping ? "the shipping" : ""].filter { !$0.isEmpty }.joined(separator: " and ")
        let question = "Refund \(what) of \(order.text)?"
        guard try await MoneyBack.isAgreed(to: path, body, question, confirm, change, invocation, at: store) else {
            return
        }
        try invocation.show(await store.send(.change(.post, path, body)), as: StaffOrderBody.self) { order in
            let total = order.totals.total.text
            try invocation.console.say(
                "\(order.number): \(order.refunded.text) of \(total) refunded so far.",
                .good
            )
            if order.payment.method == "invoice" {
                invocation.console.note("It was paid by invoice: send the customer their money.")
            }
        }
    }
}
