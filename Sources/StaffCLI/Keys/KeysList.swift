import ArgumentParser
import StoreAPI

/// `aftercare keys list`
struct KeysList: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the storefronts' keys.",
        discussion: "Example: aftercare keys list"
    )

    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let answer = try await invocation.store().send(.get(.staff("keys")))
        try invocation.show(answer, as: StorefrontKeyListBody.self) { keys in
            var table = Table([
                .init("NAME", canShrink: true), .init("ORIGINS", canShrink: true, canGo: true),
                .init("CURRENCY", canGo: true), .init("COUNTRY", canGo: true),
                .init("A MINUTE", isNumber: true, canGo: true), .init("REVOKED", canGo: true),
                .init("KEY", isWhole: true),
            ])
            for key in keys.data {
                table.add([
                    Table.Cell(key.name, .strong),
                    Table.Cell(key.origins.isEmpty ? "none" : key.origins.joined(separator: ", ")),
                    Table.Cell(key.currency ?? ""), Table.Cell(key.country ?? ""),
                    Table.Cell("\(key.requestsPerMinute)"),
                    .time(key.revokedAt ?? "", invocation.console, .alarm), Table.Cell(key.key),
                ])
            }
            try invocation.console.show(table)
        }
    }
}
