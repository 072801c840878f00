import ArgumentParser
import StoreAPI

/// `aftercare day show`
struct DayShow: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what left on a day, what stayed, and what money came and went.",
        discussion: "Example: aftercare day show 2026-12-01"
    )

    @Argument(help: "The day, as YYYY-MM-DD; today where the shop is, if none is named.")
    var date: DayArgument?
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let date = try await DaySheet.date(date, store)
        try invocation.show(await store.send(.get(.staff("days", date))), as: DayCloseBody.self) {
            try DaySheet.show($0, on: invocation.console)
        }
    }
}
