import ArgumentParser

/// `aftercare keys revoke`
struct KeysRevoke: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "End a storefront's key.",
        discussion: """
            Within seconds no server takes it. Its carts and orders stay open to who has their links.

            Example: aftercare keys revoke "German shop"
            """
    )

    @Argument(help: "Its name, as list shows it.")
    var name: String
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !name.isEmpty else { throw ValidationError("Name a key.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let request = StoreRequest.change(.delete, .staff("keys", name))
        if !change.dryRun {
            try await invocation.console.confirm(
                "The storefront \(name) can sell nothing then. End its key for good?",
                unless: confirm.isAgreed
            )
        }
        guard let answer = try await invocation.change(request, with: change, at: store) else { return }
        try invocation.done(answer, "\(name) is revoked.")
    }
}
