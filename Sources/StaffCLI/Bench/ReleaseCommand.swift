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

    func execute(_ invocation: Invocation) async throws {
        let request = StoreRequest.change(.delete, .staff("orders", order.text, "hold"))
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.done(answer, "\(order.text) is no longer on hold.")
    }
}
