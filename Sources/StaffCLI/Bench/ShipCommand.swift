import ArgumentParser
import StoreAPI

/// `aftercare ship ORDER`
struct ShipCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "ship",
        abstract: "Send a packed parcel on its way.",
        discussion: """
            At a terminal, what is not named is asked for, and asked again where the tracking number was mistyped.

            Example: aftercare ship DM-7K4Q-99 --carrier royal-mail --tracking AB123456789GB
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: "Who carries it: royal-mail, ups, dpd, dhl, fedex, evri, usps or other.")
    var carrier: String?
    @Option(help: "Its number there.")
    var tracking: String?
    @Option(help: "Which parcel, where several wait.")
    var parcel: String?
    @Flag(help: "The tracking number was looked at again, and is right.")
    var checked = false
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let carrier = try await invocation.console.required(carrier, "Carrier", option: "--carrier")
        var tracking = try await invocation.console.required(tracking, "Tracking number", option: "--tracking")
        var isChecked = checked
        while true {
            let body = ShipRequestBody(
                carrier: carrier,
                trackingNumber: tracking,
                parcel: parcel,
                trackingNumberChecked: isChecked ? true : nil
            )
            let request = try StoreRequest.change(.post, .staff("orders", order.text, "shipments"), body)
            do {
                guard let answer = try await invocation.change(request, with: change, at: store) else { return }
                return try show(answer, carrier: carrier, tracking: tracking, invocation)
            } catch let refusal as StaffError
                where invocation.context.inputIsTerminal
                && (Self.isDoubt(refusal) || refusal.fields.contains(Self.numberField))
            {
                (tracking, isChecked) = try await corrected(tracking, refusal, invocation.console)
            }
        }
    }

    private static let numberField = "/trackingNumber"

    private static func isDoubt(_ refusal: StaffError) -> Bool { refusal.problem == "doubtful-tracking-number" }

    /// What somebody says to a refused number: that it is right, where the store only doubts it, or another.
    private func corrected(
        _ tracking: String,
        _ refusal: StaffError,
        _ console: Console
    ) async throws -> (tracking: String, isChecked: Bool) {
        for sentence in refusal.sentences {
            console.note(sentence.replacing("\(Self.numberField): ", with: ""), .alarm)
        }
        if Self.isDoubt(refusal) {
            let reply = await console.ask("Is it right? [y/n] ")
            if ["y", "yes"].contains((reply ?? "").lowercased()) { return (tracking, true) }
        }
        guard let typed = await console.ask("Tracking number: ") else { throw refusal }
        return (typed, false)
    }

    private func show(_ answer: StoreAnswer, carrier: String, tracking: String, _ invocation: Invocation) throws {
        try invocation.show(answer, as: StaffOrderBody.self) { order in
            try invocation.console.say("\(order.number) is on its way, \(tracking) with \(carrier).", .good)
            let url = order.fulfilment.shipments.last { $0.trackingNumber == tracking }?.trackingUrl
            if let url { try invocation.console.say(url) }
        }
    }
}
