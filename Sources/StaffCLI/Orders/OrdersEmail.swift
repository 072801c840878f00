import ArgumentParser
import StoreAPI

/// `aftercare orders email`
struct OrdersEmail: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "email",
        abstract: "Put right who hears of an order.",
        discussion: """
            Shows what it is and what it becomes, and asks first. It can be done until packing starts.

            Example: aftercare orders email DM-7K4Q-99 ada@example.com
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Argument(help: "The customer's e-mail address.")
    var email: String?
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let email = try await invocation.console.required(email, "E-mail address", option: "The e-mail address")
        let correction = ContactRequestBody(email: email)
        try await ContactChange.make(correction, of: order, confirm, change, invocation, at: store)
    }
}
