import ArgumentParser
import StoreAPI

/// `aftercare events`
struct EventsCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Show what happened to the orders.",
        discussion: """
            From the first event on, or from where the last look ended. With --follow it goes on until Ctrl-C, and prints \
            a line for each event where --json is given too.

            Example: aftercare events --after now --type placed,shipped --follow
            """
    )

    @Option(help: "Where to go on: what the last look ended with, or now.")
    var after: String?
    @Option(help: "Only events of these types, separated by commas.")
    var type: String?
    @Option(help: "How many at most, 1 to 500.")
    var limit = 100
    @Flag(help: "Wait for what happens next.")
    var follow = false
    @OptionGroup var common: CommonOptions

    /// How long the store waits for the next event, in seconds.
    private static let wait = 20

    func validate() throws {
        guard (1...500).contains(limit) else { throw ValidationError("--limit is from 1 to 500.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        guard follow else {
            return try invocation.show(await store.send(request(after, wait: nil)), as: EventListBody.self) { events in
                try Self.show(events, on: invocation.console)
                invocation.console.note("Go on with --after \(events.next)")
            }
        }
        var place = after
        while !Task.isCancelled {
            let events = try await store.send(request(place, wait: Self.wait)).decode(EventListBody.self)
            if invocation.console.isJSON {
                try invocation.console.write(lines: events.data.map { try JSONText.of($0) })
            } else {
                try Self.show(events, on: invocation.console)
                invocation.console.noteZone()
            }
            place = events.next
        }
    }

    private func request(_ place: String?, wait: Int?) -> StoreRequest {
        var request = StoreRequest.get(
            .staff("events").with("after", place).with("type", type).with("limit", String(limit))
                .with("wait", wait.map { String($0) })
        )
        if let wait { request.timeout = .seconds(wait + 10) }
        return request
    }

    private static func show(_ events: EventListBody, on console: Console) throws {
        if !events.data.isEmpty { try console.show(table(events.data, on: console)) }
    }

    private static func table(_ events: [EventBody], on console: Console) -> Table {
        var table = Table([
            .init("EVENT", isNumber: true), .init("WHEN"), .init("ORDER", isWhole: true), .init("WHAT"),
            .init("AMOUNT", isNumber: true),
            .init("NOW", canGo: true), .init("PAYMENT", canGo: true), .init("PARCELS", canGo: true),
        ])
        for event in events {
            table.add([
                Table.Cell(event.id), .time(event.at, console), Table.Cell(event.order, .strong),
                Table.Cell(event.type), Table.Cell(event.amount?.text ?? ""),
                Table.Cell(event.state.status.rawValue, Style(event.state.status)),
                Table.Cell(event.state.payment.rawValue, Style(event.state.payment)),
                Table.Cell(event.state.fulfilment.rawValue, Style(event.state.fulfilment)),
            ])
        }
        return table
    }
}
