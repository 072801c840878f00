import ArgumentParser
import StoreAPI

/// `aftercare webhooks show`
struct WebhooksShow: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an endpoint.",
        discussion: "Example: aftercare webhooks show 3"
    )

    @Argument(help: "The endpoint's id, as list shows it.")
    var endpoint: Int
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let answer = try await invocation.store().send(.get(.staff("webhooks", "\(endpoint)")))
        try invocation.show(answer, as: WebhookEndpointBody.self) {
            try WebhookSheet.show($0, on: invocation.console)
        }
    }
}
