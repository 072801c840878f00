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

    func act(_ errand: Errand) async throws {
        let body = NoteRequestBody(text: text)
        let request = try StoreRequest.act(.post, .staff("orders", order.text, "notes"), body)
        guard let answer = try await errand.change(request, with: change, at: errand.store()) else { return }
        try errand.done(answer, "Noted.")
    }
}
