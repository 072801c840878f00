import CivilTime
import Commerce
import StandardWebhooks
import Synchronization
import TestSupport
import Testing
@testable import Webhooks

/// One attempt, at real receivers: whom it dials, what it takes for an answer, and that it ends.
@Suite struct WebhookSenderTests {
    private let secret = WebhookSecret()
    private let message = WebhookMessage(id: "evt_DM-7K4Q-99_3", body: Array(#"{"type":"placed"}"#.utf8))

    private func send(
        to url: String,
        allowsPrivate: Bool = true,
        resolve: WebhookSender.Resolver? = nil,
        trusting authority: String? = nil,
        isPatient: Bool = true
    ) async throws -> WebhookReply {
        // However busy the machine is, most tests are about something else than how long is waited.
        let sender =
            isPatient
            ? WebhookSender(
                allowsPrivate: allowsPrivate,
                resolve: resolve,
                certificates: authority,
                patience: .seconds(600)
            ) : WebhookSender(allowsPrivate: allowsPrivate, resolve: resolve, certificates: authority)
        return await sender.send(
            message,
            to: try WebhookURL(url, allowsPrivate: allowsPrivate),
            secrets: [secret],
            now: Instant.now()
        )
    }

    private func addresses(_ texts: String...) -> [IPAddress] { texts.compactMap { IPAddress($0) } }

    // MARK: - What is sent

    @Test func messageArrivesAsItWasSigned() async throws {
        try await Receiver.run { receiver in
            let reply = try await send(to: receiver.url + "?a=b")
            #expect(reply == .answered(status: 204, text: "", after: nil))
            let request = try #require(receiver.requests.first)
            #expect(receiver.requests.count == 1 && request.path == "/hooks?a=b" && request.body == message.body)
            #expect(request.headers["content-type"] == "application/json")
            #expect(request.headers["host"] == "127.0.0.1:\(receiver.port)")
            let seconds = try #require(Int64(request.headers["webhook-timestamp"] ?? ""))
            for (name, value) in message.headers(seconds: seconds, secrets: [secret]) {
                #expect(request.headers[name] == value)
            }
        }
    }

    // MARK: - What is answered

    @Test(arguments: [200, 201, 204, 299, 300, 301, 302, 304, 307, 308, 400, 404, 410, 429, 500, 503])
    func only2xxIsAYes(status: Int) async throws {
        let other = Mutex(0)
        try await Receiver.run(replying: { _ in
            other.withLock { $0 += 1 }; return .answer(200)
        }) { elsewhere in
            let headers = ["Location": elsewhere.url, "Retry-After": "90"]
            try await Receiver.run(replying: { _ in .answer(status, headers: headers) }) { receiver in
                let reply = try await send(to: receiver.url)
                #expect(reply.status == status && (reply.failure == nil) == (200..<300).contains(status))
                if case .answered(_, _, let after) = reply { #expect(after == .seconds(90)) }
                #expect(reply.isGone == (status == 410))
            }
        }
        // A redirect is not followed, wherever it leads.
        #expect(other.withLock { $0 } == 0)
    }

    @Test func ofALongAnswerTheBeginningIsRead() async throws {
        let text = String(repeating: "abcdefgh", count: 1 << 17)
        try await Receiver.run(replying: { _ in .answer(200, text) }) { receiver in
            let reply = try await send(to: receiver.url)
            #expect(reply.text == String(text.prefix(4096)) && reply.failure == nil)
        }
    }

    @Test func answerIsTextThatTheDatabaseTakes() async throws {
        try await Receiver.run(replying: { _ in .answer(200, "a\u{0}b" + String(repeating: "\u{E9}", count: 3000)) }) {
            receiver in
            let text = try #require(try await send(to: receiver.url).text)
            #expect(text.hasPrefix("ab\u{E9}") && text.utf8.count <= 4096 && !text.contains("\u{0}"))
        }
    }

    @Test func whoNeverAnswersIsLeftAfterFifteenSeconds() async throws {
        try await Receiver.run(replying: { _ in .hang }) { receiver in
            let reply = try await send(to: receiver.url, isPatient: false)
            #expect(reply == .unreached("no answer within 15 s"))
        }
    }

    /// The status is what counts; what follows is waited for, but not for ever.
    @Test func answerThatNeverEndsIsOneAllTheSame() async throws {
        try await Receiver.run(replying: { _ in .begin(200, "so far") }) { receiver in
            let reply = try await send(to: receiver.url, isPatient: false)
            #expect(reply == .answered(status: 200, text: "so far", after: nil))
        }
    }

    @Test func whoClosesEarlyDidNotAnswer() async throws {
        try await Receiver.run(replying: { _ in .close }) { receiver in
            let reply = try await send(to: receiver.url)
            #expect(reply == .unreached("it closed the connection without an answer"))
        }
    }

    @Test func whereNobodyListensNobodyIsReached() async throws {
        let reply = try await send(to: "http://127.0.0.1:\(freePort())/")
        #expect(reply == .unreached("nobody listens there"))
    }

    // MARK: - TLS

    @Test func certificateMustBeForTheNameAndOfAnAuthorityThatIsTrusted() async throws {
        try await withTestFolder { folder in
            let identity = try await Receiver.Identity.make(for: "clinic.example", in: folder)
            try await Receiver.run(identity) { receiver in
                let resolve: WebhookSender.Resolver = { _ in addresses("127.0.0.1") }
                let url = "https://clinic.example:\(receiver.port)/hooks"
                let trusted = try await send(to: url, resolve: resolve, trusting: identity.authority)
                #expect(trusted.status == 204, "\(trusted)")
                let request = try #require(receiver.requests.first)
                #expect(request.headers["host"] == "clinic.example:\(receiver.port)")
                let stranger = try await send(to: url, resolve: resolve)
                #expect(stranger.failure?.contains("authority that is not trusted") == true, "\(stranger)")
                for name in ["other.example", "127.0.0.1"] {
                    let other = try await send(
                        to: "https://\(name):\(receiver.port)/",
                        resolve: resolve,
                        trusting: identity.authority
                    )
                    #expect(other == .unreached("its certificate is for another name"), "\(name)")
                }
                #expect(receiver.requests.count == 1)
            }
            try await Receiver.run { plain in
                let reply = try await send(
                    to: "https://clinic.example:\(plain.port)/",
                    resolve: { _ in addresses("127.0.0.1") }
                )
                #expect(reply == .unreached("it agreed to no encrypted connection"), "\(reply)")
            }
        }
    }

    // MARK: - Whom it dials

    /// A name is looked up once, and what it led to then is dialled, whatever it would lead to now.
    @Test func addressThatWasCheckedIsTheOneThatIsDialled() async throws {
        try await Receiver.run { receiver in
            let answers = Mutex([addresses("127.0.0.1"), addresses("127.0.0.9")])
            let reply = try await send(to: "http://localhost:\(receiver.port)/") { _ in
                answers.withLock { $0.removeFirst() }
            }
            #expect(reply.status == 204 && answers.withLock { $0.count } == 1)
            // The system would find it at 127.0.0.1; it is not asked.
            let elsewhere = try await send(to: "http://localhost:\(receiver.port)/") { _ in addresses("127.0.0.9") }
            #expect(elsewhere.status == nil && receiver.requests.count == 1, "\(elsewhere)")
            let unknown = try await send(to: "http://clinic.example:\(receiver.port)/") { _ in addresses("127.0.0.1") }
            #expect(unknown.status == 204)
        }
    }

    /// Each attempt is judged by what the name leads to then, however the name server changes its mind.
    @Test func nameWhoseAnswerChangesReachesNothingInside() async throws {
        try await withTestFolder { folder in
            let identity = try await Receiver.Identity.make(for: "clinic.example", in: folder)
            try await Receiver.run(identity) { inside in
                let answers = Mutex([addresses("8.8.8.8", "127.0.0.1"), addresses("127.0.0.1")])
                let resolve: WebhookSender.Resolver = { _ in answers.withLock { $0.removeFirst() } }
                let url = "https://clinic.example:\(inside.port)/"
                for _ in 0..<2 {
                    let reply = try await send(
                        to: url,
                        allowsPrivate: false,
                        resolve: resolve,
                        trusting: identity.authority
                    )
                    #expect(reply == .unreached("it leads to an address that is not public: loopback"))
                }
                #expect(inside.requests.isEmpty && answers.withLock { $0.isEmpty })
            }
        }
    }

    @Test(arguments: [
        ["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["2606:4700::1111", "fd00::1"], ["::ffff:8.8.8.8"],
        ["8.8.8.8", "1.1.1.1", "169.254.169.254"],
    ])
    func oneAddressThatIsNotPublicIsEnough(texts: [String]) async throws {
        let reply = try await send(to: "https://clinic.example/", allowsPrivate: false) { _ in
            texts.compactMap { IPAddress($0) }
        }
        #expect(reply.failure?.contains("not public") == true, "\(reply)")
    }

    /// Forms that only the system's resolver understands lead where it says, and are judged by that.
    @Test(arguments: ["127.1", "2130706433", "0x7f.1", "localhost"])
    func otherFormsOfAnAddressAreJudgedByWhereTheyLead(host: String) async throws {
        let reply = try await send(to: "https://\(host)/", allowsPrivate: false)
        #expect(reply.failure?.contains("not public: loopback") == true, "\(host): \(reply)")
    }

    @Test func nameThatLeadsNowhereIsSaidToBeUnknown() async throws {
        let reply = try await send(to: "https://nowhere.invalid/", allowsPrivate: false)
        #expect(reply == .unreached("its name is not known"))
        let none = try await send(to: "https://clinic.example/") { _ in [] }
        #expect(none == .unreached("its name is not known"))
    }

    /// The setting may have been another when the endpoint was made.
    @Test func addressWithoutTLSIsNotDialledWhereThatIsNotAllowed() async throws {
        try await Receiver.run { receiver in
            let sender = WebhookSender(allowsPrivate: false)
            let url = try WebhookURL(receiver.url, allowsPrivate: true)
            let reply = await sender.send(message, to: url, secrets: [secret], now: Instant.now())
            #expect(reply == .unreached("it is not encrypted") && receiver.requests.isEmpty)
        }
    }

    /// A machine may be reached at its second address where the first is down.
    @Test func nextAddressIsTriedWhereNobodyListensAtTheFirst() async throws {
        try await Receiver.run { receiver in
            let reply = try await send(to: "http://clinic.example:\(receiver.port)/") { _ in
                addresses("127.0.0.77", "127.0.0.1")
            }
            #expect(reply.status == 204 && receiver.requests.count == 1)
        }
    }
}
