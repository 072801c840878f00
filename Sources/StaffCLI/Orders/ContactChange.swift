import StoreAPI

/// Putting right who an order is for and where it goes: what it is and what it becomes is shown before anything is done.
enum ContactChange {
    static func make(
        _ correction: ContactRequestBody,
        of order: OrderArgument,
        _ confirm: ConfirmOptions,
        _ change: ChangeOptions,
        _ invocation: Invocation,
        at store: StoreClient
    ) async throws {
        let console = invocation.console
        var preview = try StoreRequest.change(.post, .staff("orders", order.text, "contact", "preview"), correction)
        preview.keepsKey = false
        let answer = try await store.send(preview)
        let contact: ContactPreviewBody = try answer.decode()
        if change.dryRun {
            return try invocation.show(answer, as: ContactPreviewBody.self) {
                try show($0, on: console)
                console.note("Nothing was sent.")
            }
        }
        if !console.isJSON { try show(contact, on: console) }
        if contact.before != contact.after {
            try await console.confirm("Correct \(order.text)?", unless: confirm.isAgreed)
        }
        let request = try StoreRequest.change(.post, .staff("orders", order.text, "contact"), correction)
        try invocation.show(await store.send(request), as: StaffOrderBody.self) { order in
            if contact.before != contact.after { try console.say("\(order.number) is corrected.", .good) }
            if let hold = order.hold {
                console.note("It is still on hold (\(hold.reason)): aftercare release \(order.number)")
            }
        }
    }

    private static func show(_ contact: ContactPreviewBody, on console: Console) throws {
        guard contact.before != contact.after else { return try console.say("No changes.") }
        var sheet = FactSheet()
        for part in [\ContactBody.customer.text, \.address.text]
        where contact.before[keyPath: part] != contact.after[keyPath: part] {
            sheet.add("Is", contact.before[keyPath: part], .quiet)
            sheet.add("Becomes", contact.after[keyPath: part], .strong)
        }
        try console.show(sheet)
    }
}
