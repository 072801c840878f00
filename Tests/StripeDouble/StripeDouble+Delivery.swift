import AsyncHTTPClient
import Crypto
import NIOCore
import NIOHTTP1

extension StripeDouble {
    private static let attemptsMax = 5
    private static let answerOctetsMax = 1 << 20

    /// One for the process: it outlives every double, and never has to be shut down.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 128
        // Sooner than a server ends one that is idle: an event would meet that.
        configuration.connectionPool.idleTimeout = .seconds(10)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Sends an event to the webhook once, whether or not it was sent before.
    /// - Parameters:
    ///   - secret: what it is signed with, if not with the secret that the receiver knows.
    ///   - moment: when it says that it was signed; nil for now.
    /// - Returns: the status that the receiver answers.
    @discardableResult
    package func deliver(_ event: Event, secret: String? = nil, at moment: Int64? = nil) async throws -> Int {
        guard let webhookURL else { throw Refusal("The double was not told where events go.") }
        let signature = Self.signature(event.body, secret: secret ?? webhookSecret, at: moment ?? now())
        var request = HTTPClientRequest(url: webhookURL)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
        request.headers.add(name: "Stripe-Signature", value: signature)
        request.body = .bytes(ByteBuffer(bytes: event.body))
        let answer = try await Self.client.execute(request, timeout: .seconds(600))
        _ = try await answer.body.collect(upTo: Self.answerOctetsMax)
        let status = Int(answer.status.code)
        if (200..<300).contains(status) { try act { $0.noteDelivery(event) } }
        return status
    }

    /// Sends every event that the receiver has not yet taken, in the order in which they happened.
    @discardableResult
    package func deliverAll() async throws -> [Int] { try await deliver(all: undelivered) }

    /// Sends every event that the receiver has not yet taken, in any order.
    @discardableResult
    package func deliverAll(shuffledBy generator: some RandomNumberGenerator) async throws -> [Int] {
        var generator = generator
        return try await deliver(all: undelivered.shuffled(using: &generator))
    }

    private func deliver(all events: [Event]) async throws -> [Int] {
        var statuses: [Int] = []
        for event in events { statuses.append(try await deliver(event)) }
        return statuses
    }

    /// Sends what is dispatched until the task is cancelled: several at a time, each until the receiver takes it or it
    /// is given up.
    func deliverInBackground() async {
        await withDiscardingTaskGroup { group in
            for await event in outgoing {
                group.addTask { await self.deliverPatiently(event) }
            }
        }
    }

    private func deliverPatiently(_ event: Event) async {
        for attempt in 0..<Self.attemptsMax {
            if let status = try? await deliver(event), (200..<300).contains(status) { return }
            do { try await Task.sleep(for: .milliseconds(200 << attempt)) } catch { return }
        }
    }

    /// What the Stripe-Signature header says of a body.
    private static func signature(_ body: [UInt8], secret: String, at moment: Int64) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(moment).".utf8) + body,
            using: SymmetricKey(data: Array(secret.utf8))
        )
        let digits = code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return "t=\(moment),v1=\(digits)"
    }
}
