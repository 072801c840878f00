package import ArgumentParser
package import StoreAPI

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

    func execute(_ invocation: Invocation) async throws {
        let body = HoldRequestBody(reason: reason, note: note)
        let request = try StoreRequest.change(.post, .staff("orders", order.text, "hold"), body)
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.done(answer, "\(order.text) is on hold.")
    }
}

extension HoldReason: ExpressibleByArgument {
    /// One of the reasons that there are.
    package init?(argument: String) {
        guard let reason = Self.allCases.first(where: { $0.rawValue == argument }) else { return nil }
        self = reason
    }

    /// The reasons that there are.
    package static var defaultCompletionKind: CompletionKind { .list(allCases.map(\.rawValue)) }
}
