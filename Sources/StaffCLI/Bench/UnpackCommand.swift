import ArgumentParser
import StoreAPI

/// `aftercare unpack ORDER`
struct UnpackCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack",
        abstract: "Open the parcel that waits to be sent.",
        discussion: "Example: aftercare unpack DM-7K4Q-99"
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let request = StoreRequest.change(.delete, .staff("orders", order.text, "packing"))
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.done(answer, "The parcel of \(order.text) is open again.")
    }
}
