import NIOCore
@testable import StaffCLI
import StandardWebhooks
import StoreAPI
import Testing

/// `webhooks listen`: what happens, shown and forwarded as an endpoint would be told it.
@Suite struct ListenTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// A store with two events, and a receiver that answers each with the next status.
    private func listen(
        _ arguments: [String],
        receiver reply: StubStore.Reply = .answer(200, ""),
        _ check: (CommandOutcome, _ store: StubStore, _ receiver: StubStore) async throws -> Void
    ) async throws {
        try await StubStore.run({ _ in reply }) { receiver in
            try await withStore({ SampleAnswers.answer($0) }) { store, machine in
                // However busy the machine is, most tests are about something else than how long is waited.
                let patience = arguments.contains("--patience") ? [] : ["--patience", "600"]
                let all =
                    ["webhooks", "listen", "--after", "40", "--limit", "2"] + patience
                    + arguments
                    .map { $0.replacing("RECEIVER", with: receiver.url) }
                try await check(await machine.run(all: all), store, receiver)
            }
        }
    }

    @Test func eachEventIsForwardedSignedInOrder() async throws {
        try await listen(["--forward-to", "RECEIVER/hooks", "--secret", Self.secret, "--type", "placed,refunded"]) {
            outcome,
            store,
            receiver in
            #expect(outcome.code == 0, "\(outcome)")
            #expect(store.lines == ["GET /v1/staff/events?after=40&type=placed%2Crefunded&limit=2&wait=20"])
            #expect(receiver.lines == ["POST /hooks", "POST /hooks"])
            let secret = try #require(WebhookSecret(text: Self.secret))
            for request in receiver.requests {
                let id = try #require(request.headers["webhook-id"])
                let seconds = try #require(Int64(request.headers["webhook-timestamp"] ?? ""))
                let message = WebhookMessage(id: id, body: Array(request.body.utf8))
                for (name, value) in message.headers(seconds: seconds, secrets: [secret]) {
                    #expect(request.headers[name] == value)
                }
                #expect(request.headers["authorization"] == nil)
            }
            #expect(
                receiver.requests.map { $0.headers["webhook-id"] } == [
                    "evt_DM-7K4Q-99_3_20261125T100000Z", "evt_DM-7K4R-22_1_20261125T100100Z",
                ]
            )
            #expect(
                receiver.requests[1].body == #"""
                    {"data":{"amount":null,"number":"42","order":"DM-7K4R-22","sequence":1,"state":{"comesTo":{"amount":4500,"currency":"GBP"},"fulfilment":"unfulfilled","payment":"unpaid","refunded":{"amount":0,"currency":"GBP"},"status":"placed","total":{"amount":4500,"currency":"GBP"}}},"timestamp":"2026-11-25T10:01:00Z","type":"placed"}
                    """#
            )
            #expect(
                outcome.output == """
                    41  2026-11-25 10:00  DM-7K4Q-99  refunded  answered 200
                    42  2026-11-25 10:01  DM-7K4R-22  placed  answered 200

                    """
            )
            #expect(outcome.errors.contains("Signed with \(Self.secret)"))
        }
    }

    @Test func receiverThatFailsIsShownAndTheNextEventIsForwardedAllTheSame() async throws {
        try await listen(["--forward-to", "RECEIVER/"], receiver: .answer(500, "")) { outcome, _, receiver in
            #expect(outcome.code == 0 && receiver.requests.count == 2)
            #expect(outcome.output.split(separator: "\n").allSatisfy { $0.hasSuffix("  answered 500") }, "\(outcome)")
        }
        try await listen(["--forward-to", "RECEIVER/"], receiver: .drop) { outcome, _, _ in
            #expect(outcome.output.split(separator: "\n").allSatisfy { $0.hasSuffix("  the connection broke") })
        }
        try await listen(["--forward-to", "http://127.0.0.1:1/"]) { outcome, _, receiver in
            #expect(outcome.output.split(separator: "\n").allSatisfy { $0.hasSuffix("  nobody listens there") })
            #expect(receiver.requests.isEmpty)
        }
    }

    @Test func receiverThatSaysNothingIsWaitedForAsLongAsIsSaid() async throws {
        let arguments = ["--forward-to", "RECEIVER/", "--patience", "1"]
        try await listen(arguments, receiver: .late(.seconds(3600), .answer(200, ""))) { outcome, _, _ in
            #expect(outcome.code == 0)
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix("  no answer in time") }, "\(outcome)")
        }
    }

    @Test func asJSONEachEventIsALineOfItsOwn() async throws {
        try await listen(["--forward-to", "RECEIVER/", "--json"], receiver: .answer(202, "")) { outcome, _, _ in
            let lines = outcome.output.split(separator: "\n").map(String.init)
            #expect(outcome.code == 0 && lines.count == 2, "\(outcome)")
            for (line, number) in zip(lines, ["41", "42"]) {
                guard case .object(let fields) = try JSONText.value(Array(line.utf8)),
                    case .object(let event) = fields["event"], case .object(let data) = event["data"]
                else {
                    Issue.record("\(line)")
                    continue
                }
                #expect(data["number"] == .text(number) && fields["status"] == .integer(202))
                #expect(fields["failure"] == .null && fields["id"] != nil)
            }
        }
    }

    @Test func withoutAReceiverItOnlyShows() async throws {
        try await listen([]) { outcome, _, receiver in
            #expect(outcome.code == 0 && receiver.requests.isEmpty)
            #expect(outcome.output.split(separator: "\n").map { $0.prefix(2) } == ["41", "42"], "\(outcome)")
            #expect(!outcome.errors.contains("whsec_"))
        }
    }

    /// A fresh secret each time, which whoever writes the receiver is shown.
    @Test func secretIsFreshUnlessItIsGiven() async throws {
        var secrets: Set<String> = []
        for _ in 0..<2 {
            try await listen(["--forward-to", "RECEIVER/"]) { outcome, _, _ in
                let text = outcome.errors.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("whsec_") } ?? ""
                #expect(WebhookSecret(text: String(text)) != nil)
                secrets.insert(String(text))
            }
        }
        #expect(secrets.count == 2)
    }

    @Test(arguments: [
        ["--forward-to", "clinic.example"], ["--secret", "whsec_short", "--forward-to", "http://127.0.0.1/"],
        ["--limit", "0"], ["--patience", "0"],
    ])
    func whatCannotBeIsRefused(arguments: [String]) async throws {
        let outcome = try await Machine("http://127.0.0.1:1").run(all: ["webhooks", "listen"] + arguments)
        #expect(outcome.code == 64, "\(outcome)")
    }
}
