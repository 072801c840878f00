import ArgumentParser
import StoreAPI

/// `aftercare orders reschedule`
struct OrdersReschedule: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "reschedule",
        abstract: "Move an order's sessions; its guide follows.",
        discussion: """
            Name all session dates as they are now. With --dry-run, the store says what would change.

            Example: aftercare orders reschedule DM-7K4Q-99 2026-12-01 2026-12-19
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Argument(help: "All session dates; as they were, if none is named.")
    var dates: [DayArgument] = []
    @Flag(inversion: .prefixedNo, help: "Whether the last session is the final one.")
    var final: Bool?
    @Option(help: "Where the sessions are, such as Europe/London.")
    var timeZone: String?
    @Option(help: "24 or 48.")
    var keepDryHours: Int?
    @Option(help: "2 or 3.")
    var washIntervalDays: Int?
    @Option(help: "3 to 7.")
    var restDays: Int?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let before: StaffOrderBody = try await store.send(.get(.staff("orders", order.text))).decode()
        let course = try changed(before.course)
        let path = StorePath.staff("orders", order.text, "course")
        var preview = try StoreRequest.change(.post, .staff("orders", order.text, "course", "preview"), course)
        preview.keepsKey = false
        let answer = try await store.send(preview)
        let outcome: CoursePreviewBody = try answer.decode()
        if change.dryRun {
            return try invocation.show(answer, as: CoursePreviewBody.self) {
                try Self.show($0, on: invocation.console)
                invocation.console.note("Nothing was sent.")
            }
        }
        var request = try StoreRequest.change(.put, path, course)
        request.version = outcome.version
        try invocation.show(await store.send(request), as: StaffCourseBody.self) { changed in
            try Self.show(outcome, on: invocation.console)
            try invocation.console.say(
                "\(changed.order.number): the guide is at revision \(changed.revision) now.",
                .good
            )
        }
    }

    private static func show(_ outcome: CoursePreviewBody, on console: Console) throws {
        if outcome.changes.isEmpty { try console.say("No changes.") }
        for change in outcome.changes { try console.say(change) }
        if let shipBy = outcome.shipBy { try console.say("To be sent by \(shipBy).") }
    }

    /// The course with what the command line says otherwise.
    private func changed(_ course: CourseBody?) throws -> CourseRequestBody {
        guard let timeZone = timeZone ?? course?.timeZone else {
            throw StaffError(
                .wrongUse,
                "\(order.text) has no sessions yet, so their time zone is not known.",
                advice: "Add --time-zone, such as --time-zone Europe/London."
            )
        }
        return CourseRequestBody(
            timeZone: timeZone,
            sessions: dates.isEmpty ? course?.sessions ?? [] : dates.map(\.text),
            final: final ?? course?.final,
            keepDryHours: keepDryHours ?? course?.keepDryHours,
            washIntervalDays: washIntervalDays ?? course?.washIntervalDays,
            restDays: restDays ?? course?.restDays
        )
    }
}
