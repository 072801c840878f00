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

    func act(_ errand: Errand) async throws {
        let store = try errand.store()
        let request = StoreRequest.act(.delete, .staff("tokens", name))
        if !change.dryRun {
            try await errand.console.confirm("End the token \(name) for good?", unless: confirm.isAgreed)
        }
        guard let answer = try await errand.change(request, with: change, at: store) else { return }
        try errand.done(answer, "\(name) is revoked.")
    }
}
