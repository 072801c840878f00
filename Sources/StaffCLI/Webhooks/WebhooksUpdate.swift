import ArgumentParser
import StoreAPI

/// `aftercare webhooks update`
struct WebhooksUpdate: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change an endpoint's address, or what it is told.",
        discussion: """
            What no option names stays as it is.

            Example: aftercare webhooks update 3 --type placed,cancelled
            """
    )

    @Argument(help: "The endpoint's id, as list shows it.")
    var endpoint: Int
    @Option(help: "Another address.")
    var url: String?
    @Option(help: "Only events of these types, separated by commas; all for all.")
    var type: String?
    @Option(help: "What it is for; one line.")
    var description: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard url != nil || type != nil || description != nil else {
            throw ValidationError("Say what changes: --url, --type or --description.")
        }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let path = StorePath.staff("webhooks", "\(endpoint)")
        let known = try await store.send(.get(path)).decode(WebhookEndpointBody.self)
        let types = type.map { $0 == "all" ? nil : EventTypes.list($0) } ?? known.types
        let body = WebhookEndpointRequestBody(
            url: url ?? known.url,
            types: types,
            description: description ?? known.description
        )
        let request = try StoreRequest.change(.put, path, body)
        guard let answer = try await invocation.change(request, with: change, at: store) else { return }
        try invocation.show(answer, as: WebhookEndpointBody.self) {
            try WebhookSheet.show($0, on: invocation.console)
        }
    }
}
