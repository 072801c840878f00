import ArgumentParser
import StoreAPI

/// `aftercare webhooks trigger`
struct WebhooksTrigger: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger",
        abstract: "Send a made-up event, to see whether it arrives.",
        discussion: """
            At once and once only, with "test": true in its data. A paused endpoint is tried where it is named.

            Example: aftercare webhooks trigger placed --endpoint 3
            """
    )

    @Argument(help: "The event's type, such as placed.")
    var type: String
    @Option(help: "Only to this endpoint.")
    var endpoint: Int?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let body = WebhookTestRequestBody(type: type, endpoint: endpoint.map { String($0) })
        let request = try StoreRequest.change(.post, .staff("webhooks", "tests"), body)
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.show(answer, as: WebhookTestListBody.self) { tests in
            guard !tests.data.isEmpty else {
                return try invocation.console.say("No endpoint is told of \(type).", .caution)
            }
            for test in tests.data {
                let status = test.status.map { "it answered \($0)" }
                let outcome = "Endpoint \(test.endpoint): \(test.reason ?? status ?? ""), in \(test.milliseconds) ms"
                try invocation.console.say(outcome, test.reason == nil ? .good : .alarm)
            }
        }
    }
}
