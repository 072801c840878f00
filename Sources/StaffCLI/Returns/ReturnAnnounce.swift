import ArgumentParser
import StoreAPI

/// `aftercare return announce ORDER`
struct ReturnAnnounce: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "announce",
        abstract: "Announce units to come back, for a customer who asks.",
        discussion: """
            The customer is mailed the return's number, to be written on the box, and where to send it.

            Example: aftercare return announce DM-7K4Q-99 --item CLEANSE-SHAMPOO --reason "Does not suit the skin."
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: ArgumentHelp("A product that comes back, and how many.", valueName: "code[=n]"))
    var item: [ItemArgument]
    @Option(help: "Why.")
    var reason: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let body = ReturnAnnouncementBody(items: item.bodies, reason: reason)
        let request = try StoreRequest.change(.post, .staff("orders", order.text, "returns"), body)
        guard let answer = try await invocation.change(request, with: change, at: try invocation.store()) else {
            return
        }
        try invocation.show(answer, as: OrderReturnsBody.self) { returns in
            guard let last = returns.data.last else { return }
            try invocation.console.say("\(last.number) is announced: it stands on the box.", .good)
        }
    }
}

extension [ItemArgument] {
    /// The units as requests have them.
    var bodies: [ChoiceItemBody] { map { ChoiceItemBody(sku: $0.sku, quantity: $0.quantity) } }
}
