import ArgumentParser
import StoreAPI

/// `aftercare token list`
struct TokenList: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the staff's tokens.",
        discussion: "Example: aftercare token list"
    )

    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        try invocation.show(await invocation.store().send(.get(.staff("tokens"))), as: StaffTokenListBody.self) {
            tokens in
            var table = Table([
                .init("NAME", canShrink: true), .init("ROLE"), .init("UNTIL"), .init("LAST USED", canGo: true),
                .init("REVOKED"),
            ])
            for token in tokens.data {
                table.add([
                    Table.Cell(token.name, .strong), Table.Cell(token.role.rawValue),
                    .time(token.expiresAt, invocation.console),
                    .time(token.lastUsedAt ?? "never", invocation.console),
                    .time(token.revokedAt ?? "", invocation.console, .alarm),
                ])
            }
            try invocation.console.show(table)
        }
    }
}
