import ArgumentParser
import StoreAPI

/// `aftercare return close ORDER`
struct ReturnClose: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Wait for a return no longer.",
        discussion: """
            For what was announced and is not coming. The customer is mailed so, keeps the units, and may announce them \
            again.

            Example: aftercare return close DM-7K4Q-99 --reason "Nothing came in a month."
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(name: .customLong("return"), help: "Which return, where several are awaited, such as R2.")
    var returnNumber: String?
    @Option(help: "Why.")
    var reason: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let body = ReturnClosureBody(returnNumber: returnNumber, reason: reason)
        let request = try StoreRequest.change(.post, .staff("orders", order.text, "returns", "closure"), body)
        guard let answer = try await invocation.change(request, with: change, at: try invocation.store()) else {
            return
        }
        try invocation.show(answer, as: OrderReturnsBody.self) { returns in
            guard let last = returns.data.max(by: { ($0.closedAt ?? "") < ($1.closedAt ?? "") }) else { return }
            try invocation.console.say("Nobody waits for \(last.number) any more.", .good)
        }
    }
}
