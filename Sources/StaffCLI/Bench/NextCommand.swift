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

    func act(_ errand: Errand) async throws {
        var request = StoreRequest.act(.post, .staff("next"))
        request.keepsKey = false
        guard let answer = try await errand.change(request, with: change, at: errand.store()) else { return }
        try errand.show(answer, as: NextOrderBody.self) { next in
            guard let list = next.order else { return try errand.console.say("Nothing waits to be packed.", .good) }
            try PackSheet.show(list, on: errand.console)
            errand.console.note("Pack it: aftercare pack \(list.number)")
        }
    }
}
