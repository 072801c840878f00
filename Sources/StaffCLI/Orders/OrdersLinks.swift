package import ArgumentParser
package import StoreAPI

/// `aftercare orders links`
struct OrdersLinks: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "links",
        abstract: "Show an order's links, for its customer; renew or revoke one.",
        discussion: """
            A link is a key: pass it on to nobody else. The old link of a renewed one is dead at once.

            Example: aftercare orders links DM-7K4Q-99 --renew guide
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: "Make this link anew.")
    var renew: OrderLink?
    @Option(help: "Switch this link off.")
    var revoke: OrderLink?
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard renew == nil || revoke == nil else { throw ValidationError("--renew and --revoke exclude each other.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let path = StorePath.staff("orders", order.text, "links")
        guard let link = renew ?? revoke else {
            return try invocation.show(await store.send(.get(path)), as: StaffLinksBody.self) {
                try Self.show($0, on: invocation.console)
            }
        }
        let act = renew == nil ? LinkAct.revoke : .renew
        let request = try StoreRequest.change(.post, path, LinkRequestBody(link: link, act: act))
        if !change.dryRun {
            try await invocation.console.confirm(
                "The \(link.rawValue) link that the customer of \(order.text) has will stop working. Continue?",
                unless: confirm.isAgreed
            )
        }
        guard let answer = try await invocation.change(request, with: change, at: store) else { return }
        try invocation.show(answer, as: StaffLinksBody.self) { try Self.show($0, on: invocation.console) }
    }

    private static func show(_ links: StaffLinksBody, on console: Console) throws {
        var sheet = FactSheet()
        for (name, link) in [("Order", links.order), ("Guide", links.guide), ("Calendar", links.calendar)] {
            sheet.add(name, link ?? "switched off", link == nil ? .quiet : .plain)
        }
        try console.show(sheet)
    }
}

extension OrderLink: ExpressibleByArgument {
    /// One of the links that there are.
    package init?(argument: String) {
        guard let link = Self.allCases.first(where: { $0.rawValue == argument }) else { return nil }
        self = link
    }

    /// The links that there are.
    package static var defaultCompletionKind: CompletionKind { .list(allCases.map(\.rawValue)) }
}
