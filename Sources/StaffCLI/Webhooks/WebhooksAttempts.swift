import ArgumentParser
import StoreAPI

/// `aftercare webhooks attempts`
struct WebhooksAttempts: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "attempts",
        abstract: "List the attempts to tell an endpoint something, the last first.",
        discussion: """
            With --json also the first 4 kB of what was answered.

            Example: aftercare webhooks attempts 3 --limit 20
            """
    )

    @Argument(help: "The endpoint's id, as list shows it.")
    var endpoint: Int
    @Option(help: "How many at most, 1 to 500.")
    var limit = 50
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...500).contains(limit) else { throw ValidationError("--limit is from 1 to 500.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let path = StorePath.staff("webhooks", "\(endpoint)", "attempts").with("limit", String(limit))
        try invocation.show(await invocation.store().send(.get(path)), as: WebhookAttemptListBody.self) { attempts in
            var table = Table([
                .init("WHEN"), .init("EVENT", isWhole: true), .init("WHAT", canGo: true),
                .init("ATTEMPT", isNumber: true), .init("OUTCOME"),
                .init("STATUS", isNumber: true),
                .init("MS", isNumber: true, canGo: true), .init("WHY", canShrink: true),
            ])
            for attempt in attempts.data {
                table.add([
                    .time(attempt.at, invocation.console), Table.Cell(attempt.event, .strong), Table.Cell(attempt.type),
                    Table.Cell(attempt.attempt),
                    Table.Cell(attempt.outcome.rawValue, attempt.reason == nil ? .good : .alarm),
                    Table.Cell(attempt.status.map { String($0) } ?? ""), Table.Cell(attempt.milliseconds),
                    Table.Cell(attempt.reason ?? ""),
                ])
            }
            try invocation.console.show(table)
        }
    }
}
