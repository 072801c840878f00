import ArgumentParser
import StoreAPI

/// `aftercare deliveries`
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "See what was told of the orders, and what was not.",
        subcommands: [DeliveriesList.self, DeliveriesShow.self, DeliveriesRetry.self, DeliveriesDrop.self]
    )
}

/// `aftercare deliveries list`
struct DeliveriesList: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what was not told, to customers and to other systems.",
        discussion: """
            What waits is tried again, and holds up what follows in its order; what failed was given up.

            Example: aftercare deliveries list --state failed
            """
    )

    @Option(help: "Only those of this channel, such as mail.")
    var channel: String?
    @Option(help: "Only those in this state: waiting, repeating or failed.")
    var state: String?
    @Option(help: "How many at most, 1 to 500.")
    var limit = 100
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...500).contains(limit) else { throw ValidationError("--limit is from 1 to 500.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let path = StorePath.staff("deliveries").with("channel", channel).with("state", state)
            .with("limit", String(limit))
        let console = invocation.console
        try invocation.show(await invocation.store().send(.get(path)), as: DeliveryListBody.self) { deliveries in
            guard !deliveries.data.isEmpty else { return try console.say("Nothing waits, and nothing was given up.") }
            var table = Table([
                .init("ORDER", isWhole: true), .init("EVENT", isNumber: true), .init("WHAT"), .init("TO"),
                .init("STATE"), .init("TRIED", isNumber: true), .init("LAST", canGo: true), .init("NEXT", canGo: true),
                .init("WHY", canShrink: true, canGo: true, least: 20),
            ])
            for delivery in deliveries.data {
                table.add([
                    Table.Cell(delivery.order, .strong), Table.Cell(delivery.sequence), Table.Cell(delivery.type),
                    Table.Cell(delivery.channel),
                    Table.Cell(delivery.state.rawValue, delivery.state == .failed ? .alarm : .caution),
                    Table.Cell(delivery.attempts), .time(delivery.at, console),
                    delivery.dueAt.map { .time($0, console) } ?? Table.Cell(""), Table.Cell(delivery.reason ?? ""),
                ])
            }
            try console.show(table)
        }
    }
}

/// `aftercare deliveries show`
struct DeliveriesShow: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show each attempt to tell what happened to an order.",
        discussion: """
            Attempts are kept for three months.

            Example: aftercare deliveries show DM-7K4Q-99
            """
    )

    @Argument(help: "The order's number.")
    var number: String
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let console = invocation.console
        let request = StoreRequest.get(.staff("deliveries", number))
        try invocation.show(await invocation.store().send(request), as: DeliveryAttemptListBody.self) { attempts in
            guard !attempts.data.isEmpty else { return try console.say("Nothing was told of it yet.") }
            var table = Table([
                .init("WHEN"), .init("EVENT", isNumber: true), .init("WHAT"), .init("TO"), .init("TRY", isNumber: true),
                .init("OUTCOME"), .init("ANSWER", isNumber: true), .init("TOOK", isNumber: true, canGo: true),
                .init("WHY", canShrink: true, canGo: true, least: 20),
            ])
            for attempt in attempts.data {
                table.add([
                    .time(attempt.at, console), Table.Cell(attempt.sequence), Table.Cell(attempt.type),
                    Table.Cell(attempt.channel), Table.Cell(attempt.attempt),
                    Table.Cell(attempt.outcome.rawValue, attempt.outcome == .delivered ? .good : .alarm),
                    Table.Cell(attempt.status.map { String($0) } ?? ""), Table.Cell("\(attempt.milliseconds) ms"),
                    Table.Cell(attempt.reason ?? ""),
                ])
            }
            try console.show(table)
        }
    }
}

/// Which delivery is meant.
struct DeliveryOptions: ParsableArguments {
    @Argument(help: "The order's number.")
    var number: String
    @Argument(help: "The event's number in the order's log, as the list shows it.")
    var event: Int
    @Option(help: "To whom it is told, as the list shows it.")
    var channel = "mail"

    func request(_ act: String) throws -> StoreRequest {
        try .change(
            .post,
            .staff("deliveries", number, String(event), act),
            DeliveryRequestBody(channel: channel)
        )
    }
}

/// `aftercare deliveries retry`
struct DeliveriesRetry: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Try to tell something again now.",
        discussion: "Example: aftercare deliveries retry DM-7K4Q-99 3"
    )

    @OptionGroup var delivery: DeliveryOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        guard let answer = try await invocation.change(delivery.request("retry"), with: change, at: store) else {
            return
        }
        try invocation.done(answer, "Event \(delivery.event) of \(delivery.number) is tried again.")
    }
}

/// `aftercare deliveries drop`
struct DeliveriesDrop: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Tell something no more; what waits behind it goes on.",
        discussion: "Example: aftercare deliveries drop DM-7K4Q-99 3"
    )

    @OptionGroup var delivery: DeliveryOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        guard let answer = try await invocation.change(delivery.request("drop"), with: change, at: store) else {
            return
        }
        try invocation.done(answer, "Event \(delivery.event) of \(delivery.number) is told no more.")
    }
}
