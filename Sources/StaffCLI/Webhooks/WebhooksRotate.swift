import ArgumentParser
import StoreAPI

/// `aftercare webhooks rotate`
struct WebhooksRotate: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Give an endpoint another secret.",
        discussion: """
            For 24 hours its messages are signed with both, the former one and this: change the receiver meanwhile. \
            Another rotation within that time ends the one before the former at once.

            Example: aftercare webhooks rotate 3
            """
    )

    @Argument(help: "The endpoint's id, as list shows it.")
    var endpoint: Int
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let request = StoreRequest.change(.post, .staff("webhooks", "\(endpoint)", "secret"))
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.show(answer, as: WebhookEndpointBody.self) {
            try WebhookSheet.show($0, on: invocation.console)
        }
    }
}
