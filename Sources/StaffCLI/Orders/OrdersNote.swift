import ArgumentParser
import StoreAPI

/// `aftercare orders note`
struct OrdersNote: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "note",
        abstract: "Write something down about an order.",
        discussion: "Example: aftercare orders note DM-7K4Q-99 \"Rings twice.\""
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Argument(help: "One line.")
    var text: String
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let body = NoteRequestBody(text: text)
        let request = try StoreRequest.change(.post, .staff("orders", order.text, "notes"), body)
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.done(answer, "Noted.")
    }
}
