import StoreAPI

/// What a change gives back to the customer, said before it is made.
enum MoneyBack {
    /// Asks whether to go on once it is known what goes back; a dry run only says it.
    /// - Parameters:
    ///   - path: of the change.
    ///   - body: of the change.
    ///   - question: what is to be agreed to.
    /// - Returns: whether the change is to be made.
    static func isAgreed(
        to path: StorePath,
        _ body: some Encodable,
        _ question: String,
        _ confirm: ConfirmOptions,
        _ change: ChangeOptions,
        _ invocation: Invocation,
        at store: StoreClient
    ) async throws -> Bool {
        guard change.dryRun || !confirm.isAgreed else { return true }
        var preview = try StoreRequest.change(.post, path.appending("preview"), body)
        preview.keepsKey = false
        let answer = try await store.send(preview)
        if change.dryRun {
            try invocation.show(answer, as: MoneyBackBody.self) { back in
                try invocation.console.say(back.text, .strong)
                invocation.console.note("Nothing was sent.")
            }
            return false
        }
        let back: MoneyBackBody = try answer.decode()
        try await invocation.console.confirm("\(back.text) \(question)", unless: false)
        return true
    }
}
