import ArgumentParser
import StoreAPI

/// `aftercare reconcile settle`
struct ReconcileSettle: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle",
        abstract: "Say how a finding was settled.",
        discussion: "Example: aftercare reconcile settle 7 --reason \"Refunded by hand on 2 December.\""
    )

    @Argument(help: "Its number, as list shows it.")
    var finding: Int
    @Option(help: "What was done about it; one line.")
    var reason: String
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let request = try StoreRequest.change(
            .post,
            .staff("findings", "\(finding)", "settlement"),
            SettlementRequestBody(reason: reason)
        )
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.show(answer, as: FindingBody.self) { settled in
            let by = settled.settlement.map { "\($0.by), \(invocation.console.time($0.at)): \($0.reason)" } ?? ""
            try invocation.console.say("Settled by \(by)", .good)
        }
    }
}
