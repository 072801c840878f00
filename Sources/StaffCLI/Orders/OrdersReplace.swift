import ArgumentParser
import StoreAPI

/// `aftercare orders replace`
struct OrdersReplace: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Send units once more, without a price.",
        discussion: """
            For what broke or was lost on its way: the units take their place in the queue, urgent by the next day on which \
            the client's plan needs them. With --dry-run, the store says what it would send, and by when.

            Example: aftercare orders replace DM-7K4Q-99 --item CLEANSE-SHAMPOO --reason "Arrived broken."
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: ArgumentHelp("A bottle, or a kit, and how many.", valueName: "code[=n]"))
    var item: [ItemArgument] = []
    @Option(help: "All that a parcel held, by its number.")
    var parcel: String?
    @Option(help: "Why.")
    var reason: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !item.isEmpty || parcel != nil else {
            throw ValidationError("Name what is sent again: --item CODE, or --parcel N.")
        }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let reason = try await invocation.console.required(reason, "Reason", option: "--reason")
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
}
