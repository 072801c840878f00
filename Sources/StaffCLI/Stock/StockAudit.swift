import ArgumentParser
import StoreAPI

/// `aftercare stock audit`
struct StockAudit: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Compare every counter with its movements.",
        discussion: """
            Exits with 1 where one differs.

            Example: aftercare stock audit
            """
    )

    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let answer = try await invocation.store().send(.get(.staff("stock", "audit")))
        let audit: StockAuditBody = try answer.decode()
        try invocation.show(answer, as: StockAuditBody.self) { audit in
            guard !audit.agrees else {
                return try invocation.console.say("All \(audit.checked) counters agree.", .good)
            }
            var table = Table([
                .init("CODE"), .init("LOT", canShrink: true), .init("COUNTER", isNumber: true),
                .init("MOVEMENTS", isNumber: true),
            ])
            for row in audit.differences {
                table.add([
                    Table.Cell(row.sku, .alarm), Table.Cell(row.lot ?? ""), Table.Cell(row.counted),
                    Table.Cell(row.moved),
                ])
            }
            try invocation.console.show(table)
        }
        guard audit.agrees else {
            throw StaffError(.refused, "\(audit.differences.count) of \(audit.checked) counters differ.")
        }
    }
}
