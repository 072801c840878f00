import ArgumentParser
import StoreAPI

/// `aftercare today`
struct TodayCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "today",
        abstract: "List what must leave today, the most urgent first.",
        discussion: "Example: aftercare today --all"
    )

    @Flag(help: "Also orders that are not due yet.")
    var all = false
    @Option(help: "How many orders at most, 1 to 500.")
    var limit = 500
    @Option(help: "Where to go on: what the last list ended with.")
    var cursor: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...500).contains(limit) else { throw ValidationError("--limit is from 1 to 500.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let path = StorePath.staff("today").with("all", all ? "true" : nil).with("limit", String(limit))
            .with("cursor", cursor)
        try invocation.show(await invocation.store().send(.get(path)), as: QueueBody.self) { queue in
            try Self.show(queue, on: invocation.console)
            if let next = queue.next { invocation.console.note("There are more: add --cursor \(next)") }
        }
    }

    private static func show(_ queue: QueueBody, on console: Console) throws {
        let counts =
            "\(queue.late) late, \(queue.due) due, \(queue.blocked) blocked, \(queue.packed) packed, \(queue.shipped) shipped"
        try console.say("\(queue.date): \(counts)", queue.late > 0 ? .caution : .strong)
        if queue.stoppedWebhooks > 0 {
            console.note(
                "\(counted(queue.stoppedWebhooks, "endpoint")) of webhooks \(queue.stoppedWebhooks == 1 ? "is" : "are") told nothing: aftercare webhooks list",
                .alarm
            )
        }
        guard !queue.data.isEmpty else { return try console.say("No orders are waiting.") }
        var table = Table([
            .init("ORDER", isWhole: true), .init("SHIP BY"), .init("DAYS", isNumber: true), .init("STATE"),
            .init("ITEMS", canShrink: true, least: 24), .init("PACKED BY", canShrink: true, canGo: true),
            .init("WITH", canGo: true), .init("TO", canGo: true), .init("UNITS", isNumber: true, canGo: true),
        ])
        for entry in queue.data {
            table.add([
                Table.Cell(entry.number, .strong), Table.Cell(entry.shipBy), Table.Cell(entry.slackDays),
                state(entry), Table.Cell(entry.items.text), Table.Cell(entry.lease?.by ?? ""),
                Table.Cell(entry.shippingMethod ?? ""), Table.Cell(entry.country), Table.Cell(entry.units),
            ])
        }
        try console.show(table)
    }

    private static func state(_ entry: QueueEntryBody) -> Table.Cell {
        if entry.packed { return Table.Cell("packed", .good) }
        return switch entry.state {
        case .late: Table.Cell("late", .alarm)
        case .due: Table.Cell("due", .caution)
        case .blocked: Table.Cell(entry.blockedBy.joined(separator: ", "), .quiet)
        case .waiting, .unknown: Table.Cell(entry.state.rawValue)
        }
    }
}
