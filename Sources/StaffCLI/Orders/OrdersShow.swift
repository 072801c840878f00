import ArgumentParser
import StoreAPI

/// `aftercare orders show`
struct OrdersShow: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an order with all that happened to it.",
        discussion: """
            Looking is an event too: it is noted who looked.

            Example: aftercare orders show dm7k4q99
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: "Why you look, for the record.")
    var reason: String?
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let path = StorePath.staff("orders", order.text).with("reason", reason)
        try invocation.show(await invocation.store().send(.get(path)), as: StaffOrderBody.self) {
            try OrderSheet.show($0, on: invocation.console)
        }
    }
}
