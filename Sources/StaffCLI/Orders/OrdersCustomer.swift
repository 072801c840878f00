import ArgumentParser
import StoreAPI

/// `aftercare orders customer`
struct OrdersCustomer: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "customer",
        abstract: "Put right who an order is for and how they are reached.",
        discussion: """
            What is not named stays; at a terminal, where nothing is named, each line is asked for. Shows what it is and \
            what it becomes, and asks first. It can be done until packing starts. Another e-mail address is sent what the \
            former one was.

            Example: aftercare orders customer DM-7K4Q-99 --email ada@example.com
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: "The full name, as it stands on the parcel.")
    var name: String?
    @Option(help: "What the guide calls them by; \"\" to guess it from the name.")
    var givenName: String?
    @Option(help: "The e-mail address.")
    var email: String?
    @Option(help: "The phone number; \"\" for none.")
    var phone: String?
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let path = StorePath.staff("orders", order.text).with("reason", "customer")
        let before: StaffOrderBody = try await store.send(.get(path)).decode()
        let customer = try await corrected(before.customer, invocation.console)
        let correction = ContactRequestBody(customer: customer)
        try await ContactChange.make(correction, of: order, confirm, change, invocation, at: store)
    }

    private func corrected(_ customer: CustomerBody, _ console: Console) async throws -> CheckoutCustomerBody {
        guard [name, givenName, email, phone].allSatisfy({ $0 == nil }) else {
            return CheckoutCustomerBody(
                name: name ?? customer.name,
                givenName: (givenName ?? customer.givenName).flatMap { $0.isEmpty ? nil : $0 },
                email: email ?? customer.email,
                phone: (phone ?? customer.phone).flatMap { $0.isEmpty ? nil : $0 }
            )
        }
        guard console.context.inputIsTerminal else {
            throw StaffError(.wrongUse, "Name what is wrong: --name, --given-name, --email or --phone.")
        }
        return CheckoutCustomerBody(
            name: try await console.revised(customer.name, "Full name"),
            givenName: try await console.revised(orNone: customer.givenName, "First name, - to guess it"),
            email: try await console.revised(customer.email, "E-mail address"),
            phone: try await console.revised(orNone: customer.phone, "Phone, - for none")
        )
    }
}
