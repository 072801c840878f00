import ArgumentParser
import StoreAPI

/// `aftercare return list`
struct ReturnList: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what is awaited, and what has come and is to be given back.",
        discussion: "Example: aftercare return list"
    )

    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let answer = try await invocation.store().send(.get(.staff("returns")))
        try invocation.show(answer, as: StaffReturnsBody.self) { returns in
            if returns.data.isEmpty { return try invocation.console.say("Nothing is on its way back.") }
            var table = Table([
                .init("RETURN"), .init("KIND"), .init("UNITS", isNumber: true), .init("ANNOUNCED"), .init("STATE"),
            ])
            for back in returns.data {
                let has = back.receivedAt != nil
                table.add([
                    Table.Cell(back.number, .strong), Table.Cell(back.kind.rawValue), Table.Cell(back.units),
                    .time(back.announcedAt, invocation.console),
                    Table.Cell(has ? "received, to be given back" : "awaited", has ? .caution : .plain),
                ])
            }
            try invocation.console.show(table)
        }
    }
}
