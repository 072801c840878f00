import ArgumentParser
import StoreAPI

/// `aftercare next`
struct NextCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Take the most urgent order to pack.",
        discussion: """
            It is yours for ten minutes; asked again, it is the same one until it is packed.

            Example: aftercare next
            """
    )

    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        var request = StoreRequest.change(.post, .staff("next"))
        request.keepsKey = false
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.show(answer, as: NextOrderBody.self) { next in
            guard let list = next.order else {
                return try invocation.console.say("No orders are waiting to be packed.", .good)
            }
            try PackSheet.show(list, on: invocation.console)
            invocation.console.note("Pack it: aftercare pack \(list.number)")
        }
    }
}
