import ArgumentParser
import StoreAPI

/// `aftercare release ORDER`
struct ReleaseCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Let an order that is on hold be packed.",
        discussion: "Example: aftercare release DM-7K4Q-99"
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func act(_ errand: Errand) async throws {
        let request = StoreRequest.act(.delete, .staff("orders", order.text, "hold"))
        guard let answer = try await errand.change(request, with: change, at: errand.store()) else { return }
        try errand.done(answer, "\(order.text) is on hold no more.")
    }
}
