import ArgumentParser
import StoreAPI

/// `aftercare hold ORDER`
struct HoldCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Keep an order from being packed.",
        discussion: "Example: aftercare hold DM-7K4Q-99 --reason addressProblem --note \"No house number.\""
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: "Why.")
    var reason: HoldReason
    @Option(help: "In your own words.")
    var note: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func act(_ errand: Errand) async throws {
        let body = HoldRequestBody(reason: reason.rawValue, note: note)
        let request = try StoreRequest.act(.post, .staff("orders", order.text, "hold"), body)
        guard let answer = try await errand.change(request, with: change, at: errand.store()) else { return }
        try errand.done(answer, "\(order.text) is on hold.")
    }
}
