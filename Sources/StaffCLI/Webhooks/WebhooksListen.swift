import ArgumentParser
import Encodings
import StandardWebhooks
import StoreAPI

/// `aftercare webhooks listen`
struct WebhooksListen: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen",
        abstract: "Show what happens, and forward it to a receiver on this machine.",
        discussion: """
            Whoever writes a receiver needs neither an endpoint nor a tunnel: events are read from the store, signed here \
            and posted to --forward-to, as an endpoint would be told them, but once each. It goes on until Ctrl-C. With \
            --json it prints a line for each event.

            Example: aftercare webhooks listen --forward-to http://127.0.0.1:3000/hooks
            """
    )

    @Option(help: "Where to post each event.")
    var forwardTo: String?
    @Option(help: "Only events of these types, separated by commas.")
    var type: String?
    @Option(help: "Where to begin: an event's number, 0 for the first; now without it.")
    var after = "now"
    @Option(help: "End after so many events.")
    var limit: Int?
    @Option(help: "What to sign with, whsec_ and base64; a fresh one without it.")
    var secret: String?
    @Option(help: "How many seconds the receiver may take to answer.")
    var patience = 15
    @OptionGroup var common: CommonOptions

    /// How long the store waits for the next event, in seconds.
    private static let wait = 20
    private static let pageMax = 100

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is 1 or more.") }
        guard (1...3600).contains(patience) else { throw ValidationError("--patience is from 1 to 3600.") }
        let form = /https?:\/\/([A-Za-z0-9._\-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(\/[!-~]*)?/
        if let forwardTo {
            guard let match = forwardTo.wholeMatch(of: form),
                match.2.map({ (1...65_535).contains(Int($0) ?? 0) }) ?? true
            else { throw ValidationError("--forward-to is an address such as http://127.0.0.1:9000/hook.") }
        }
        if let secret, WebhookSecret(text: secret) == nil {
            throw ValidationError("--secret is whsec_ and 24 to 64 bytes in base64.")
        }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let console = invocation.console
        let signing = secret.flatMap { WebhookSecret(text: $0) } ?? WebhookSecret()
        if forwardTo != nil { console.note("Signed with \(signing.text.text)", .strong) }
        var place = after
        var left = limit ?? .max
        while !Task.isCancelled, left > 0 {
            let events = try await store.send(request(place, count: min(left, Self.pageMax))).decode(EventListBody.self)
            for event in events.data {
                let message = WebhookEventBody(event)
                let outcome: Forwarding.Outcome?
                if let forwardTo {
                    outcome = try await Forwarding.send(
                        message,
                        to: forwardTo,
                        secret: signing,
                        within: .seconds(patience)
                    )
                } else {
                    outcome = nil
                }
                try Self.show(message, outcome, on: console)
            }
            left -= events.data.count
            place = events.next
        }
    }

    private func request(_ place: String, count: Int) -> StoreRequest {
        var request = StoreRequest.get(
            .staff("events").with("after", place).with("type", type).with("limit", String(count))
                .with("wait", String(Self.wait))
        )
        request.timeout = .seconds(Self.wait + 10)
        return request
    }

    private static func show(
        _ message: WebhookEventBody,
        _ outcome: Forwarding.Outcome?,
        on console: Console
    ) throws {
        guard !console.isJSON else {
            return try console.write(lines: [
                JSONText.line(
                    .object([
                        "id": .text(message.messageID),
                        "event": try JSONText.value(JSONWriter.bytes(message)),
                        "status": outcome?.status.map { .integer(Int64($0)) } ?? .null,
                        "failure": outcome?.failure.map { .text($0) } ?? .null,
                    ])
                )
            ])
        }
        let what = "\(message.data.number)  \(console.time(message.timestamp))  \(message.data.order)  \(message.type)"
        guard let outcome else { return try console.say(what) }
        let answer = outcome.status.map { "answered \($0)" } ?? outcome.failure ?? ""
        let isGood = outcome.status.map { (200..<300).contains($0) } ?? false
        try console.say("\(what)  \(answer)", isGood ? .good : .alarm)
    }
}

extension WebhookEventBody {
    /// What an event is as a message: it says less.
    init(_ event: EventBody) {
        self.init(
            type: event.type,
            timestamp: event.at,
            data: WebhookEventDataBody(
                number: event.id,
                order: event.order,
                sequence: event.sequence,
                amount: event.amount,
                state: WebhookOrderStateBody(
                    status: event.state.status,
                    payment: event.state.payment,
                    fulfilment: event.state.fulfilment,
                    total: event.state.total,
                    refunded: event.state.refunded,
                    comesTo: event.state.comesTo
                )
            )
        )
    }
}
