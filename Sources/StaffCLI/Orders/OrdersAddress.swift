import ArgumentParser
import StoreAPI

/// `aftercare orders address`
struct OrdersAddress: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "address",
        abstract: "Put right where an order goes.",
        discussion: """
            What is not named stays; at a terminal, where nothing is named, each line is asked for. Shows what it is and \
            what it becomes, and asks first. It can be done until packing starts, and within the country and region: \
            price and delivery depend on them.

            Example: aftercare orders address DM-7K4Q-99 --line1 "12 High Street"
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: "Street and number.")
    var line1: String?
    @Option(help: "A second line of the address; \"\" for none.")
    var line2: String?
    @Option(help: "The town.")
    var city: String?
    @Option(help: "The postal code.")
    var postalCode: String?
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let path = StorePath.staff("orders", order.text).with("reason", "address")
        let before: StaffOrderBody = try await store.send(.get(path)).decode()
        let address = try await corrected(before.shippingAddress, invocation.console)
        let correction = ContactRequestBody(address: address)
        try await ContactChange.make(correction, of: order, confirm, change, invocation, at: store)
    }

    private func corrected(_ address: AddressBody, _ console: Console) async throws -> CorrectedAddressBody {
        guard [line1, line2, city, postalCode].allSatisfy({ $0 == nil }) else {
            return CorrectedAddressBody(
                line1: line1 ?? address.line1,
                line2: (line2 ?? address.line2).flatMap { $0.isEmpty ? nil : $0 },
                city: city ?? address.city,
                postalCode: postalCode ?? address.postalCode
            )
        }
        guard console.context.inputIsTerminal else {
            throw StaffError(.wrongUse, "Name what is wrong: --line1, --line2, --city or --postal-code.")
        }
        return CorrectedAddressBody(
            line1: try await console.revised(address.line1, "Street and number"),
            line2: try await console.revised(orNone: address.line2, "A second line, - for none"),
            city: try await console.revised(address.city, "Town"),
            postalCode: try await console.revised(address.postalCode, "Postal code")
        )
    }
}
