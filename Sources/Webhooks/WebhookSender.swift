import AsyncHTTPClient
package import Commerce
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import StandardWebhooks
import Synchronization

/// Sends messages to endpoints, and to nobody whom the shop's owner does not want to be dialled: a name is resolved once,
/// refused where any of its addresses is not of the public internet, and that very address is dialled.
package struct WebhookSender: Sendable {
    /// Finds all addresses of a name.
    package typealias Resolver = @Sendable (_ host: String) async throws -> [IPAddress]

    /// How long one attempt may take, answer included.
    private let patience: Duration
    /// How much of that goes by until there is a connection: a second address may be tried.
    private var connectPatience: Duration { patience / 3 }
    /// How much of an answer is read, in bytes.
    package static let answerMax = 4096
    /// So many addresses of one name are tried.
    private static let addressesMax = 2

    /// Whether addresses of the shop's own network may be dialled, without TLS too.
    package let allowsPrivate: Bool
    private let resolve: Resolver
    private let certificates: String?

    /// - Parameter certificates: a file (PEM) of authorities that are trusted besides the machine's own.
    package init(
        allowsPrivate: Bool,
        resolve: Resolver? = nil,
        certificates: String? = nil,
        patience: Duration = .seconds(15)
    ) {
        self.patience = patience
        self.allowsPrivate = allowsPrivate
        self.resolve = resolve ?? WebhookResolver.system
        self.certificates = certificates
    }

    /// Sends a message once.
    package func send(
        _ message: WebhookMessage,
        to url: WebhookURL,
        secrets: [WebhookSecret],
        now: Instant
    ) async -> WebhookReply {
        let end = ContinuousClock.now + patience
        let addresses: [IPAddress]
        do {
            addresses = try await self.addresses(of: url)
        } catch {
            return .unreached((error as? Refusal)?.reason ?? "its name is not known")
        }
        var request = HTTPClientRequest(url: url.text)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "aftercare")
        for (name, value) in message.headers(seconds: now.secondsSince1970, secrets: secrets) {
            request.headers.add(name: name, value: value)
        }
        request.body = .bytes(ByteBuffer(bytes: message.body))
        var failure = "its name is not known"
        for address in addresses.prefix(Self.addressesMax) {
            let place = PinnedClients.Place(
                host: url.host,
                address: address,
                certificates: certificates,
                connectPatience: connectPatience
            )
            do {
                return try await PinnedClients.with(place) { client in
                    let response = try await client.execute(request, timeout: TimeAmount(end - .now))
                    return .answered(
                        status: Int(response.status.code),
                        text: await Self.text(of: response.body, until: end),
                        after: response.headers.first(name: "Retry-After")
                            .flatMap { RetryAfter.duration($0, now: now) }
                    )
                }
            } catch {
                failure = words(error)
                // Whoever may have got it is not followed by another.
                guard Self.wasNotReached(error), ContinuousClock.now < end else { break }
            }
        }
        return .unreached(failure)
    }

    /// The same to an endpoint, signed with the secrets that it has then.
    package func send(_ message: WebhookMessage, to endpoint: WebhookEndpoint, now: Instant) async -> WebhookReply {
        await send(message, to: endpoint.url, secrets: endpoint.secrets(now: now), now: now)
    }

    private struct Refusal: Error {
        let reason: String
    }

    private func addresses(of url: WebhookURL) async throws -> [IPAddress] {
        let addresses: [IPAddress]
        if let number = IPAddress(url.host) { addresses = [number] } else { addresses = try await resolve(url.host) }
        if !allowsPrivate {
            guard url.text.hasPrefix("https:") else { throw Refusal(reason: "it is not encrypted") }
            // Of any of them: whoever can put one more into the answer would choose which one is dialled.
            if let purpose = addresses.compactMap(\.specialPurpose).first {
                throw Refusal(reason: "it leads to an address that is not public: \(purpose)")
            }
        }
        return addresses
    }

    /// What came of a body in time, up to so much of it.
    private static func text(of body: HTTPClientResponse.Body, until end: ContinuousClock.Instant) async -> String {
        let collected = Collected()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    for try await piece in body where collected.add(piece) { return }
                } catch {
                    // What there is of it is shown.
                }
            }
            group.addTask { try? await Task.sleep(until: end) }
            await group.next()
            group.cancelAll()
        }
        return text(collected.bytes)
    }

    /// The beginning of a body.
    private final class Collected: Sendable {
        private let read = Mutex<[UInt8]>([])
        var bytes: [UInt8] { read.withLock { $0 } }

        /// Adds a piece; whether that is enough.
        func add(_ piece: ByteBuffer) -> Bool {
            read.withLock { bytes in
                bytes += piece.readableBytesView.prefix(answerMax - bytes.count)
                return bytes.count >= answerMax
            }
        }
    }

    /// Text that the database takes, no longer than what was read.
    private static func text(_ bytes: [UInt8]) -> String {
        var text = String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self)
        while text.utf8.count > answerMax { text.unicodeScalars.removeLast() }
        return text
    }

    private static func wasNotReached(_ error: any Error) -> Bool {
        if let error = error as? IOError { return [ECONNREFUSED, ENETUNREACH, EHOSTUNREACH].contains(error.errnoCode) }
        return error is NIOConnectionError || error as? HTTPClientError == .connectTimeout
    }

    private func words(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            return error.connectionErrors.first.map { words($0.error) } ?? "no connection"
        case is NIOSSLExtraError: return "its certificate is for another name"
        case is NIOSSLError:
            return "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
                ? "its certificate has expired, or is signed by an authority that is not trusted"
                : "it agreed to no encrypted connection"
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout: return "no connection within \(connectPatience.components.seconds) s"
            case .deadlineExceeded, .readTimeout: return "no answer within \(patience.components.seconds) s"
            case .remoteConnectionClosed: return "it closed the connection without an answer"
            default: return "it gave no answer that can be read"
            }
        case let error as IOError where error.errnoCode == ECONNREFUSED: return "nobody listens there"
        case is IOError: return "the connection broke"
        default: return "it gave no answer that can be read"
        }
    }
}
