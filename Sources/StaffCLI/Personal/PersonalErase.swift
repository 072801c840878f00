import ArgumentParser
import StoreAPI

/// `aftercare personal erase`
struct PersonalErase: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase what is held of a person, for good.",
        discussion: """
            By the e-mail address of their orders. Names, addresses, dates, mails and whatever else says who they are go; the \
            orders stay as numbers, days and sums. Invoices and credit notes stay as they were issued for as long as the law \
            wants. Shows all that first, and asks; with --dry-run it only shows it. While a parcel or money of theirs is under \
            way, nothing is erased.

            Example: aftercare personal erase ada@example.com --dry-run
            """
    )

    @Argument(help: "The e-mail address of their orders.")
    var email: String
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let body = PersonalRequestBody(email: email)
        let path = StorePath.staff("personal", "erasure")
        if change.dryRun || !confirm.isAgreed {
            var request = try StoreRequest.change(.post, StorePath.staff("personal", "erasure", "preview"), body)
            request.keepsKey = false
            let answer = try await store.send(request)
            if change.dryRun {
                try invocation.show(answer, as: PersonalErasureBody.self) { preview in
                    try show(preview, invocation.console)
                    invocation.console.note("Nothing was erased.")
                }
                return
            }
            // What is shown before a question is no part of the answer.
            if !invocation.console.isJSON { try show(answer.decode(PersonalErasureBody.self), invocation.console) }
            try await invocation.console.confirm("Erase all of this for good?", unless: false)
        }
        try invocation.show(await store.send(.change(.post, path, body)), as: PersonalErasureBody.self) { erased in
            let count = erased.orders.count
            guard count > 0 else { return try invocation.console.say("It was erased before.", .good) }
            try invocation.console.say("Erased: \(counted(count, "order")).", .good)
            for document in erased.kept {
                invocation.console.note("Kept until \(document.keptUntil): \(document.number), \(document.law).")
            }
        }
    }

    private func show(_ preview: PersonalErasureBody, _ console: Console) throws {
        var orders = Table([
            .init("ORDER", isWhole: true), .init("PLACED"), .init("STATUS"), .init("TOTAL", isNumber: true),
            .init("STILL OPEN"),
        ])
        for order in preview.orders {
            orders.add([
                Table.Cell(order.number, .strong), .time(order.placedAt, console), Table.Cell(order.status.rawValue),
                Table.Cell(order.total.text), Table.Cell(order.obstacle?.rawValue ?? "", .alarm),
            ])
        }
        try console.show(orders)
        for document in preview.kept {
            try console.say("Kept until \(document.keptUntil): \(document.number), \(document.law).")
        }
    }
}
