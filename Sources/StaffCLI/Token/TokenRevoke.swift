import ArgumentParser

/// `aftercare token revoke`
struct TokenRevoke: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "End a token at once.",
        discussion: "Example: aftercare token revoke desk"
    )

    @Argument(help: "Its name.")
    var name: String
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !name.isEmpty else { throw ValidationError("Name a token.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let request = StoreRequest.change(.delete, .staff("tokens", name))
        if !change.dryRun {
            try await invocation.console.confirm("End the token \(name) for good?", unless: confirm.isAgreed)
        }
        guard let answer = try await invocation.change(request, with: change, at: store) else { return }
        try invocation.done(answer, "\(name) is revoked.")
    }
}
