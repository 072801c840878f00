import ArgumentParser
import StoreAPI

/// `aftercare webhooks list`
struct WebhooksList: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the endpoints that are told what happens.",
        discussion: "Example: aftercare webhooks list"
    )

    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let answer = try await invocation.store().send(.get(.staff("webhooks")))
        try invocation.show(answer, as: WebhookEndpointListBody.self) { endpoints in
            var table = Table([
                .init("ID", isNumber: true), .init("STATE"), .init("SINCE"), .init("FAILING SINCE", canGo: true),
                .init("TYPES", canShrink: true, canGo: true), .init("ADDRESS", isWhole: true),
            ])
            for endpoint in endpoints.data {
                table.add([
                    Table.Cell(endpoint.id, .strong), Table.Cell(endpoint.state.rawValue, Style(endpoint.state)),
                    .time(endpoint.stateSince, invocation.console),
                    .time(endpoint.failingSince ?? "", invocation.console, .alarm),
                    Table.Cell(endpoint.typesText), Table.Cell(endpoint.url),
                ])
            }
            try invocation.console.show(table)
        }
    }
}
