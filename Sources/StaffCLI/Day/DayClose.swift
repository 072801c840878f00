import ArgumentParser
import StoreAPI

/// `aftercare day close`
struct DayClose: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Close a day: what stayed behind, and what money came and went.",
        discussion: """
            It can be closed again, should something leave after all.

            Example: aftercare day close
            """
    )

    @Argument(help: "The day, as YYYY-MM-DD; today where the shop is, if none is named.")
    var date: DayArgument?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let date = try await DaySheet.date(date, store)
        let request = StoreRequest.change(.post, .staff("days", date, "close"))
        guard let answer = try await invocation.change(request, with: change, at: store) else { return }
        try invocation.show(answer, as: DayCloseBody.self) { try DaySheet.show($0, on: invocation.console) }
    }
}
