import ArgumentParser
import StoreAPI

/// `aftercare orders documents`
struct OrdersDocuments: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "documents",
        abstract: "List an order's invoice and credit notes.",
        discussion: """
            With --save, each becomes a page in a folder, also where whose order it was has been erased and the law still wants \
            them kept.

            Example: aftercare orders documents DM-7K4Q-99
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: "The folder to write them to, a page each.")
    var save: String?
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let answer = try await store.send(.get(.staff("orders", order.text, "documents")))
        if let save {
            for document in try answer.decode(StaffDocumentsBody.self).data {
                let page = try await store.send(.get(.staff("documents", document.number)))
                let file = try PendingFile("\(save)/\(document.number).html", isSecret: true)
                try file.write(page.body)
                try file.commit()
                invocation.console.note("Wrote \(file.path).")
            }
        }
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
