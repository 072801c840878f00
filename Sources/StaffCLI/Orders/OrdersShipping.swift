import ArgumentParser
import StoreAPI

/// `aftercare orders shipping`
struct OrdersShipping: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "shipping",
        abstract: "Send an order by another shipping method.",
        discussion: """
            Until it is packed. What the order comes to then is said before it is asked about, and with --dry-run.

            Example: aftercare orders shipping DM-7K4Q-99 next-day
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Argument(help: "The method's code.")
    var method: String
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let path = StorePath.staff("orders", order.text, "shipping")
        var preview = try StoreRequest.change(
            .post,
            path.appending("preview"),
            ShippingPreviewRequestBody(shippingMethod: method)
        )
        preview.keepsKey = false
        let answer = try await store.send(preview)
        let outcome: ShippingPreviewBody = try answer.decode()
        let text = """
            It comes to \(outcome.after.text) instead of \(outcome.before.text), arrives from \(outcome.arrives.from) to \
            \(outcome.arrives.to), and is to be sent by \(outcome.shipBy).
            """
        if change.dryRun {
            return try invocation.show(answer, as: ShippingPreviewBody.self) { _ in
                try invocation.console.say(text, .strong)
                invocation.console.note("Nothing was sent.")
            }
        }
        try await invocation.console.confirm("\(text) Send \(order.text) by \(method)?", unless: confirm.isAgreed)
        let body = ShippingRequestBody(shippingMethod: method, expectedTotal: outcome.after)
        try invocation.show(await store.send(.change(.post, path, body)), as: StaffOrderBody.self) { order in
            try invocation.console.say("\(order.number) goes by \(method), and comes to \(order.comesTo.text).", .good)
        }
    }
}
