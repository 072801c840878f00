import ArgumentParser
import Commerce
import StoreAPI

/// `aftercare orders refund`
struct OrdersRefund: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "refund",
        abstract: "Take something off an order's price, and give it back.",
        discussion: """
            What was paid of it goes back, with its tax; where nothing was paid, there is less to pay. How much that is, to \
            whom and by which way is said before it is asked about, and with --dry-run. Units that are named are never sent; \
            with --lost, they were lost on their way.

            Example: aftercare orders refund DM-7K4Q-99 --return R1 --shipping --reason "Sent back unopened."
            Example: aftercare orders refund DM-7K4Q-99 --goodwill 5.00 --reason "It came late."
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: ArgumentHelp("A product that is not sent, and how many.", valueName: "code[=n]"))
    var item: [ItemArgument] = []
    @Flag(help: "The products left, and were lost.")
    var lost = false
    @Option(name: .customLong("return"), help: "A return that was received, such as R1.")
    var returnNumber: String?
    @Flag(help: "All that is left of the shipping too.")
    var shipping = false
    @Option(help: ArgumentHelp("A part of the shipping.", valueName: "amount"))
    var shippingAmount: String?
    @Option(help: ArgumentHelp("An amount for no units; the parcel leaves as it is.", valueName: "amount"))
    var goodwill: String?
    @Option(help: "Why.")
    var reason: String?
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !item.isEmpty || returnNumber != nil || shipping || shippingAmount != nil || goodwill != nil else {
            throw ValidationError(
                "Name what is given back: --item CODE, --return R1, --shipping, --shipping-amount or --goodwill."
            )
        }
        if lost, item.isEmpty { throw ValidationError("Name what was lost: --item CODE.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let reason = try await invocation.console.required(reason, "Reason", option: "--reason")
        var currency: String?
        if goodwill != nil || shippingAmount != nil {
            let before: StaffOrderBody = try await store.send(.get(.staff("orders", order.text))).decode()
            currency = before.comesTo.currency
        }
        let body = RefundRequestBody(
            items: item.isEmpty ? nil : item.bodies,
            shipping: shipping,
            reason: reason,
            lost: lost,
            returnNumber: returnNumber,
            shippingAmount: try amount(shippingAmount, currency, option: "--shipping-amount"),
            goodwill: try amount(goodwill, currency, option: "--goodwill")
        )
        let path = StorePath.staff("orders", order.text, "refunds")
        let what = [
            item.bodies.text, returnNumber.map { "return \($0)" } ?? "",
            shipping || shippingAmount != nil ? "shipping" : "", goodwill.map { "goodwill of \($0)" } ?? "",
        ].filter { !$0.isEmpty }.joined(separator: " and ")
        let question = "Give back \(what) of \(order.text)?"
        guard try await MoneyBack.isAgreed(to: path, body, question, confirm, change, invocation, at: store) else {
            return
        }
        try invocation.show(await store.send(.change(.post, path, body)), as: StaffOrderBody.self) { order in
            try invocation.console.say(
                "\(order.number) comes to \(order.comesTo.text); \(order.refunded.text) refunded so far.",
                .good
            )
            if order.payment.method == "invoice", order.refunded.amount > 0 {
                invocation.console.note("It was paid by invoice: send the customer their money.")
            }
        }
    }

    private func amount(_ text: String?, _ currency: String?, option: String) throws -> MoneyBody? {
        guard let text, let currency = currency.flatMap(Currency.init(rawValue:)) else { return nil }
        guard let money = Money(text: text, currency), money.amount > 0 else {
            throw StaffError(.wrongUse, "\(option) is an amount in \(currency.rawValue), such as 5.00.", advice: nil)
        }
        return MoneyBody(amount: money.amount, currency: currency.rawValue)
    }
}
