import ArgumentParser
import StoreAPI

/// `aftercare webhooks resend`
struct WebhooksResend: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "resend",
        abstract: "Tell an event again, or all since a moment.",
        discussion: """
            An event has the name that it had: a receiver that heard of it already knows it by that.

            Example: aftercare webhooks resend 41
            """
    )

    @Argument(help: "Its number, as events shows it, its order and place, as attempts shows it, or its webhook-id.")
    var event: String?
    @Option(help: "All that happened since then, such as 2026-11-24T09:00:00Z.")
    var since: String?
    @Option(help: "Only to this endpoint.")
    var endpoint: Int?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (event == nil) != (since == nil) else { throw ValidationError("Name an event, or --since.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let body = WebhookResendRequestBody(endpoint: endpoint.map { String($0) }, event: event, since: since)
        let request = try StoreRequest.change(.post, .staff("webhooks", "resends"), body)
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.show(answer, as: WebhookResendBody.self) { resend in
            let told = resend.endpoints
            guard !told.isEmpty else { return try invocation.console.say("No endpoint is told of it.", .caution) }
            try invocation.console.say(
                "It is told again to endpoint\(told.count == 1 ? "" : "s") \(told.joined(separator: ", ")).",
                .good
            )
        }
    }
}
