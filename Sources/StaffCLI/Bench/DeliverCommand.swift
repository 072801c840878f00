import ArgumentParser
import StoreAPI

/// `aftercare deliver ORDER`
struct DeliverCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliver",
        abstract: "Note that an order has arrived.",
        discussion: "Example: aftercare deliver DM-7K4Q-99"
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let request = StoreRequest.change(.post, .staff("orders", order.text, "delivery"))
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.done(answer, "\(order.text) has arrived.")
    }
}
