import ArgumentParser
import StoreAPI

/// `aftercare orders replace`
struct OrdersReplace: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Send units once more, without a price.",
        discussion: """
            For what broke or was lost on its way: the units take their place in the queue, urgent by the next day on which \
            the client's plan needs them. With --dry-run, the store says what it would send, and by when. With --cancel, \
            what waits to be sent once more and lies in no parcel is not sent, and the customer is mailed so.

            Example: aftercare orders replace DM-7K4Q-99 --item CLEANSE-SHAMPOO --reason "Arrived broken."
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: ArgumentHelp("A bottle, or a kit, and how many.", valueName: "code[=n]"))
    var item: [ItemArgument] = []
    @Option(help: "All that a parcel held, by its number.")
    var parcel: String?
    @Flag(help: "Send nothing of it once more, for one that was a mistake.")
    var cancel = false
    @Option(help: "Why.")
    var reason: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard cancel || !item.isEmpty || parcel != nil else {
            throw ValidationError("Name what is sent again: --item CODE, or --parcel N.")
        }
        if cancel, !item.isEmpty || parcel != nil {
            throw ValidationError("--cancel is for all that waits: it goes with neither --item nor --parcel.")
        }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let reason = try await invocation.console.required(reason, "Reason", option: "--reason")
        if cancel { return try await cancelAll(reason, invocation, at: store) }
        let body = ReplacementRequestBody(items: item.isEmpty ? nil : item.bodies, parcel: parcel, reason: reason)
        let path = StorePath.staff("orders", order.text, "replacements")
        if change.dryRun {
            var preview = try StoreRequest.change(.post, path.appending("preview"), body)
            preview.keepsKey = false
            return try invocation.show(await store.send(preview), as: ReplacementPreviewBody.self) { preview in
                try invocation.console.say("\(preview.items.text), to be sent by \(preview.shipBy).", .strong)
                invocation.console.note("Nothing was sent.")
            }
        }
        try invocation.show(await store.send(.change(.post, path, body)), as: StaffOrderBody.self) { order in
            try invocation.console.say(
                "\(order.number): \(order.replacements.text) is sent once more, by \(order.fulfilment.shipBy ?? "today").",
                .good
            )
        }
    }

    private func cancelAll(_ reason: String, _ invocation: Invocation, at store: StoreClient) async throws {
        let path = StorePath.staff("orders", order.text, "replacements", "cancellation")
        let request = try StoreRequest.change(.post, path, ReplacementCancellationBody(reason: reason))
        guard let answer = try await invocation.change(request, with: change, at: store) else { return }
        try invocation.show(answer, as: StaffOrderBody.self) { order in
            try invocation.console.say("\(order.number): what lay in no parcel is not sent once more.", .good)
        }
    }
}
