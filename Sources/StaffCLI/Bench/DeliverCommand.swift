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

    func act(_ errand: Errand) async throws {
        let request = StoreRequest.act(.post, .staff("orders", order.text, "delivery"))
        guard let answer = try await errand.change(request, with: change, at: errand.store()) else { return }
        try errand.done(answer, "\(order.text) has arrived.")
    }
}
