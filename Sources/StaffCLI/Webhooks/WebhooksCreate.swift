import ArgumentParser
import StoreAPI

/// `aftercare webhooks create`
struct WebhooksCreate: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Have an address told what happens from now on.",
        discussion: """
            Prints the secret that messages are signed with, this once.

            Example: aftercare webhooks create https://clinic.example/hooks --type shipped,delivered
            """
    )

    @Argument(help: "The address, with https://.")
    var url: String
    @Option(help: "Only events of these types, separated by commas.")
    var type: String?
    @Option(help: "What it is for; one line.")
    var description: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let body = WebhookEndpointRequestBody(url: url, types: type.map(EventTypes.list), description: description)
        let request = try StoreRequest.change(.post, .staff("webhooks"), body)
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.show(answer, as: WebhookEndpointBody.self) {
            try WebhookSheet.show($0, on: invocation.console)
        }
    }
}
