import ArgumentParser
import StoreAPI

/// `aftercare webhooks resume`
struct WebhooksResume: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Tell an endpoint again that was paused or disabled.",
        discussion: """
            It is told everything from the first event on that did not reach it, in order.

            Example: aftercare webhooks resume 3
            """
    )

    @Argument(help: "The endpoint's id, as list shows it.")
    var endpoint: Int
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let request = StoreRequest.change(.post, .staff("webhooks", "\(endpoint)", "resumption"))
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.done(
            answer,
            "Endpoint \(endpoint) is told again, from the first event on that did not reach it."
        )
    }
}
