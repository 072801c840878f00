import ArgumentParser
import StoreAPI

/// `aftercare ship ORDER…`
struct ShipCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "ship",
        abstract: "Send packed parcels on their way.",
        discussion: """
            At a terminal, what is not named is asked for, and asked again where the tracking number was mistyped. Of \
            several parcels each is asked for its number: "skip" leaves one out.

            Example: aftercare ship DM-7K4Q-99 --carrier royal-mail --tracking AB123456789GB
            Example: aftercare ship --all --carrier royal-mail
            """
    )

    @Argument(help: "The orders' numbers.")
    var orders: [OrderArgument] = []
    @Flag(help: "Every parcel that waits.")
    var all = false
    @Option(
        help: "Who carries them: royal-mail, ups, dpd, dhl, fedex, evri, usps or other.",
        completion: .list(["royal-mail", "ups", "dpd", "dhl", "fedex", "evri", "usps", "other"])
    )
    var carrier: String?
    @Option(help: "Its number there; of several orders one for each, in their order.")
    var tracking: [String] = []
    @Option(help: "Which parcel, where several of the order wait.")
    var parcel: String?
    @Flag(help: "The tracking numbers were looked at again, and are right.")
    var checked = false
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    /// A parcel that is to be sent; which of its order's, where several may wait.
    private struct Parcel {
        let order: String
        let parcel: String?
        /// The revision of the guide that was issued since it was packed.
        var newGuide: Int?

        var text: String { "\(order)\(parcel.map { ", parcel \($0)" } ?? "")" }
    }

    func validate() throws {
        guard orders.isEmpty == all else { throw ValidationError("Name orders, or say --all.") }
        guard tracking.isEmpty || tracking.count == orders.count else {
            throw ValidationError("Give each order its tracking number: there are \(orders.count) orders.")
        }
        if parcel != nil, orders.count != 1 { throw ValidationError("--parcel is of one order.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let (console, store) = (invocation.console, try invocation.store())
        // A person is told of an old guide before the parcel leaves; a script names what it sends.
        let waiting = all || invocation.context.inputIsTerminal ? try await waiting(store) : []
        let parcels = all ? waiting : orders.map { named($0, waiting) }
        guard !parcels.isEmpty else {
            if !console.isJSON { try console.say("No parcels are waiting.", .good) }
            return
        }
        let carrier = try await console.required(carrier, "Carrier", option: "--carrier")
        var refused = 0
        for (place, parcel) in parcels.enumerated() {
            let isOneOfMany = all || parcels.count > 1
            if let revision = parcel.newGuide { console.note(PackSheet.newGuide(revision, of: parcel.order), .alarm) }
            let number = tracking.isEmpty ? nil : tracking[place]
            let question = isOneOfMany ? "Tracking number of \(parcel.text)" : "Tracking number"
            let tracking = try await console.required(number, question, option: "--tracking")
            if isOneOfMany, number == nil, tracking.lowercased() == "skip" { continue }
            do {
                try await send(parcel, with: carrier, tracking, invocation, store)
            } catch let refusal as StaffError where isOneOfMany && refusal.code == .refused {
                // One that can't leave is no reason to keep the others.
                console.note("\(parcel.text) stays:", .alarm)
                console.report(refusal)
                refused += 1
            }
        }
        if refused > 0 {
            throw StaffError(.refused, "\(refused) of \(counted(parcels.count, "parcel")) did not leave.")
        }
    }

    private func named(_ order: OrderArgument, _ waiting: [Parcel]) -> Parcel {
        let known = waiting.filter { order.names($0.order) && (parcel == nil || parcel == $0.parcel) }
        return Parcel(order: order.text, parcel: parcel, newGuide: known.compactMap(\.newGuide).first)
    }

    private func waiting(_ store: StoreClient) async throws -> [Parcel] {
        let parcels: WaitingParcelListBody = try await store.send(.get(.staff("parcels"))).decode()
        return parcels.data.map { Parcel(order: $0.number, parcel: $0.parcel, newGuide: $0.newGuide) }
    }

    private func send(
        _ parcel: Parcel,
        with carrier: String,
        _ number: String,
        _ invocation: Invocation,
        _ store: StoreClient
    ) async throws {
        var (tracking, isChecked) = (number, checked)
        while true {
            let body = ShipRequestBody(
                carrier: carrier,
                trackingNumber: tracking,
                parcel: parcel.parcel,
                trackingNumberChecked: isChecked ? true : nil
            )
            let request = try StoreRequest.change(.post, .staff("orders", parcel.order, "shipments"), body)
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
