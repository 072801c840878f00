import ArgumentParser
import StoreAPI

/// `aftercare ship ORDER`
struct ShipCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "ship",
        abstract: "Send a packed parcel on its way.",
        discussion: """
            At a terminal, what is not named is asked for.

            Example: aftercare ship DM-7K4Q-99 --carrier royal-mail --tracking AB123456789GB
            """
    )

    @Argument(help: "The order's number.")
    var order: OrderArgument
    @Option(help: "Who carries it: royal-mail, ups, dpd, dhl, fedex, evri or other.")
    var carrier: String?
    @Option(help: "Its number there.")
    var tracking: String?
    @Option(help: "Which parcel, where several wait.")
    var parcel: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let carrier = try await invocation.console.required(carrier, "Carrier", option: "--carrier")
        let tracking = try await invocation.console.required(tracking, "Tracking number", option: "--tracking")
        let body = ShipRequestBody(carrier: carrier, trackingNumber: tracking, parcel: parcel)
        let request = try StoreRequest.change(.post, .staff("orders", order.text, "shipments"), body)
        guard let answer = try await invocation.change(request, with: change, at: store) else { return }
        try invocation.show(answer, as: StaffOrderBody.self) { order in
            try invocation.console.say("\(order.number) is on its way, \(tracking) with \(carrier).", .good)
            let url = order.fulfilment.shipments.last { $0.trackingNumber == tracking }?.trackingUrl
            if let url { try invocation.console.say(url) }
        }
    }
}
