import ArgumentParser
import StoreAPI

/// `aftercare payment record ORDER`
struct PaymentRecord: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record that an order's total has been paid.",
        discussion: """
            The ledger is only ever added to: what is recorded stays, and can only be refunded.

            Example: aftercare payment record DM-7K4Q-99 --reference "Statement 12"
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: "Where the money can be found, such as a bank statement.")
    var reference: String?
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let unpaid: StaffOrderBody = try await store.send(.get(.staff("orders", order.text))).decode()
        let total = unpaid.comesTo
        let body = ReceiptRequestBody(amount: total, reference: reference)
        let request = try StoreRequest.change(.post, .staff("orders", order.text, "payments"), body)
        if change.dryRun {
            if !invocation.console.isJSON {
                try invocation.console.say("\(unpaid.number): \(total.text) would be recorded as paid.", .strong)
            }
        } else {
            try await invocation.console.confirm(
                "\(unpaid.number), \(unpaid.payment.status): record \(total.text) as paid?",
                unless: confirm.isAgreed
            )
        }
        guard let answer = try await invocation.change(request, with: change, at: store) else { return }
        try invocation.show(answer, as: StaffOrderBody.self) { order in
            try invocation.console.say(
                "\(order.number): \(total.text) recorded, it is \(order.payment.status).",
                .good
            )
        }
    }
}
