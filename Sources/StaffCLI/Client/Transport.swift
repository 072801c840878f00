import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// The HTTP client below: one try, no more.
enum Transport {
    /// Why there is no answer.
    enum Failure: Error {
        /// The request can't have arrived.
        case notSent(String)
        /// Nobody knows whether it arrived.
        case lost(String)
    }

    /// An answer's body, as it arrives.
    struct Pieces {
        fileprivate let body: HTTPClientResponse.Body

        func each(_ piece: ([UInt8]) throws -> Void) async throws {
            for try await chunk in body { try piece(Array(chunk.readableBytesView)) }
        }

        func all() async throws -> [UInt8] {
            var bytes: [UInt8] = []
            try await each { bytes += $0 }
            return bytes
        }
    }

    /// Each by the file of certificates that it trusts besides the machine's own.
    private static let clients = Mutex<[String?: HTTPClient]>([:])

    /// Made when it is first needed, so that a command that calls nobody pays nothing for it. It lives as long as the
    /// process, and so is never shut down.
    static func client(trusting caFile: String?) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[caFile] { return client }
            let client = made(trusting: caFile)
            clients[caFile] = client
            return client
        }
    }

    private static func made(trusting caFile: String?) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        if let caFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.file(caFile)]
            configuration.tlsConfiguration = tls
        }
        configuration.timeout.connect = .seconds(5)
        configuration.timeout.read = .seconds(300)
        // A token is for one store, wherever that would send us.
        configuration.redirectConfiguration = .disallow
        // One try is one try: how often and when is for whoever asks.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }

    /// Sends a request and reads its answer.
    static func send(
        _ request: StoreRequest,
        login: Login,
        key: String?,
        timeout: Duration
    ) async throws -> StoreAnswer {
        try await open(request, login: login, key: key, timeout: timeout) { answer, pieces in
            StoreAnswer(status: answer.status, headers: answer.headers, body: try await pieces.all())
        }
    }

    /// Sends a request and hands on its answer's head and body.
    static func open<Result: Sendable>(
        _ request: StoreRequest,
        login: Login,
        key: String?,
        timeout: Duration,
        _ read: (StoreAnswer, Pieces) async throws -> Result
    ) async throws -> Result {
        let response: HTTPClientResponse
        do {
            response = try await client(trusting: login.caFile).execute(
                built(request, login: login, key: key),
                timeout: TimeAmount(timeout)
            )
        } catch let error as CancellationError {
            throw error
        } catch {
            if let distrust = distrust(error, login) { throw distrust }
            throw failure(error)
        }
        var headers: [String: String] = [:]
        for (name, value) in response.headers { headers[name.lowercased()] = value }
        let head = StoreAnswer(status: Int(response.status.code), headers: headers, body: [])
        do {
            return try await read(head, Pieces(body: response.body))
        } catch let error as StaffError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Failure.lost(words(error))
        }
    }

    private static func built(_ request: StoreRequest, login: Login, key: String?) -> HTTPClientRequest {
        var built = HTTPClientRequest(url: login.url + request.path.description)
        built.method = HTTPMethod(rawValue: request.method.rawValue)
        built.headers.add(name: "Accept", value: "*/*")
        built.headers.add(name: "User-Agent", value: "aftercare")
        if !request.isPublic { built.headers.add(name: "Authorization", value: "Bearer \(login.token)") }
        if let body = request.body {
            built.headers.add(name: "Content-Type", value: "application/json")
            built.body = .bytes(ByteBuffer(bytes: body))
        }
        if let version = request.version { built.headers.add(name: "If-Match", value: "\"\(version)\"") }
        if let key { built.headers.add(name: "Idempotency-Key", value: key) }
        return built
    }

    private static func failure(_ error: any Error) -> Failure {
        if error is NIOConnectionError || error as? HTTPClientError == .connectTimeout
            || error as? HTTPClientError == .invalidURL || error as? HTTPClientError == .emptyHost
            || error as? HTTPClientError == .emptyScheme
        {
            return .notSent(words(error))
        }
        return .lost(words(error))
    }

    /// A store that can't be trusted as it is, however often it is asked; nil where that is not what is wrong.
    private static func distrust(_ error: any Error, _ login: Login) -> StaffError? {
        let error = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
        guard error is NIOSSLError || error is NIOSSLExtraError else { return nil }
        // BoringSSL names what it refused in the middle of a text that also names a file of its own sources.
        let text = "\(error)"
        func distrust(_ sentence: String, _ advice: String) -> StaffError {
            StaffError(.unreachable, "The store at \(login.url) is not asked: \(sentence).", advice: advice)
        }
        if error as? NIOSSLExtraError == .failedToValidateHostname {
            return distrust("its certificate is for another name", "Log in at the name that the certificate is for.")
        }
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return distrust(
                "its certificate has expired, or is signed by an authority that this machine does not trust",
                "For an authority of your own: aftercare login --ca-file FILE, with its certificate (PEM)."
            )
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            return distrust("what listens there does not speak TLS", "Is its address one with http://?")
        }
        if let file = login.caFile, text.contains("failedToLoadCertificate") {
            return distrust(
                "\(file) holds no certificates (PEM)",
                "Name the file again: aftercare login --ca-file FILE."
            )
        }
        return distrust("it agreed to no encrypted connection", "Its owner can see in the server's log why.")
    }

    /// What went wrong, for people.
    static func words(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let error = error.dnsAError ?? error.dnsAAAAError { return "its name is not known: \(error)" }
            return error.connectionErrors.first.map { words($0.error) } ?? "no connection"
        case let error as IOError where error.errnoCode == ECONNREFUSED: return "nobody listens there"
        case let error as IOError where error.errnoCode == ECONNRESET: return "the connection broke"
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout: return "no connection in time"
            case .readTimeout, .deadlineExceeded: return "no answer in time"
            case .remoteConnectionClosed: return "the connection broke"
            case .invalidURL, .emptyHost, .emptyScheme: return "this is not an address"
            default: return error.shortDescription
            }
        default: return "\(error)"
        }
    }
}
