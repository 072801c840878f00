import ArgumentParser
import StoreAPI

/// `aftercare webhooks remove`
struct WebhooksRemove: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Tell an endpoint nothing more.",
        discussion: "Example: aftercare webhooks remove 3"
    )

    @Argument(help: "The endpoint's id, as list shows it.")
    var endpoint: Int
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let request = StoreRequest.change(.delete, .staff("webhooks", "\(endpoint)"))
        if !change.dryRun {
            try await invocation.console.confirm(
                "Endpoint \(endpoint) is then told nothing more, also of what it was not told yet. Remove it?",
                unless: confirm.isAgreed
            )
        }
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.done(answer, "Endpoint \(endpoint) is removed.")
    }
}
