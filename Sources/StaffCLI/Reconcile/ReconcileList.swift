import ArgumentParser
import StoreAPI

/// `aftercare reconcile list`
struct ReconcileList: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what ledger and payment provider differ in.",
        discussion: "Example: aftercare reconcile list"
    )

    @Flag(help: "Those that were settled.")
    var settled = false
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let path = StorePath.staff("findings").with("settled", settled ? "true" : nil)
        try invocation.show(await invocation.store().send(.get(path)), as: FindingListBody.self) { findings in
            var columns: [Table.Column] = [
                .init("ID", isNumber: true), .init("WHAT"), .init("AMOUNT", isNumber: true),
                .init("ORDER", isWhole: true),
                .init("REFERENCE", isWhole: true), .init("FOUND", canGo: true),
            ]
            if settled { columns += [.init("SETTLED BY"), .init("HOW", canShrink: true)] }
            var table = Table(columns)
            for finding in findings.data {
                var cells = [
                    Table.Cell(finding.id), Table.Cell(finding.kind.rawValue, .alarm), Table.Cell(finding.amount.text),
                    Table.Cell(finding.order ?? ""), Table.Cell(finding.reference),
                    .time(finding.foundAt, invocation.console),
                ]
                if let settlement = finding.settlement, settled {
                    cells += [Table.Cell(settlement.by), Table.Cell(settlement.reason)]
                }
                table.add(cells)
            }
            try invocation.console.show(table)
        }
    }
}
