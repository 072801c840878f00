import ArgumentParser
import StoreAPI

/// `aftercare orders show`
struct OrdersShow: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an order with all that happened to it.",
        discussion: """
            Looking is an event too: it is noted who looked. Where there is no browser, --web prints the page's address.

            Example: aftercare orders show dm7k4q99
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: "Why you look, for the record.")
    var reason: String?
    @Flag(help: "Open the page that its customer has, in the browser.")
    var web = false
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        if web { return try await openPage(invocation) }
        let path = StorePath.staff("orders", order.text).with("reason", reason)
        try invocation.show(await invocation.store().send(.get(path)), as: StaffOrderBody.self) {
            try OrderSheet.show($0, on: invocation.console)
        }
    }

    private func openPage(_ invocation: Invocation) async throws {
        let answer = try await invocation.store().send(.get(.staff("orders", order.text, "links")))
        try invocation.show(answer, as: StaffLinksBody.self) { links in
            guard let page = links.order else {
                throw StaffError(.refused, "\(order.text) has no page.")
            }
            // Where there is no browser, the address is what can be shown.
            if !invocation.context.openPage(page) { try invocation.console.say(page) }
        }
    }
}
