import ArgumentParser
import StoreAPI

/// `aftercare orders documents`
struct OrdersDocuments: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "documents",
        abstract: "List an order's invoice and credit notes.",
        discussion: "Example: aftercare orders documents DM-7K4Q-99"
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let answer = try await store.send(.get(.staff("orders", order.text, "documents")))
        try invocation.show(answer, as: StaffDocumentsBody.self) { documents in
            guard !documents.data.isEmpty else { return try invocation.console.say("This order has no documents.") }
            var table = Table([
                .init("NUMBER", isWhole: true), .init("KIND"), .init("ISSUED"), .init("TOTAL", isNumber: true),
                .init("PAGE", isWhole: true),
            ])
            for document in documents.data {
                let page = document.page.hasPrefix("/") ? store.login.url + document.page : document.page
                table.add([
                    Table.Cell(document.number, .strong), Table.Cell(document.kind),
                    .time(document.issuedAt, invocation.console),
                    Table.Cell(document.total.text), Table.Cell(page),
                ])
            }
            try invocation.console.show(table)
        }
    }
}
