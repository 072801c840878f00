import CLibPQ
import Dispatch
import Glibc

/// One try to reach one host.
struct ConnectionAttempt {
    typealias Failure = Connection.ConnectFailure

    let host: ConnectionSettings.Host
    let settings: ConnectionSettings
    let deadline: ContinuousClock.Instant

    /// A link to it, once libpq has one.
    func link() async throws(Failure) -> Link {
        var parameters = settings.parameters
        if !host.name.isEmpty { parameters["host"] = host.name }
        if !host.address.isEmpty { parameters["hostaddr"] = host.address }
        if !host.port.isEmpty { parameters["port"] = host.port }

        let link = try await Self.start(parameters, deadline: deadline)
        guard PQstatus(link.pointer) != CONNECTION_BAD, PQsetnonblocking(link.pointer, 1) == 0 else {
            throw .host(Self.failureReason(link))
        }
        // libpq 15 gives a failed connection no code but in its sentence: the server's part of it is then its SQLSTATE, in
        // whatever language the server speaks.
        PQsetErrorVerbosity(link.pointer, PQERRORS_SQLSTATE)
        var interest = SocketPoller.Interest.write
        while true {
            // libpq may have moved on to another address, and so to another socket.
            switch await SocketPoller.shared.wait(interest, on: link.socket, until: deadline) {
            case .ready: break
            case .deadlinePassed: throw .host(.deadline)
            case .cancelled: throw .cancelled
            }
            switch PQconnectPoll(link.pointer) {
            case PGRES_POLLING_OK: return link
            case PGRES_POLLING_READING: interest = .read
            case PGRES_POLLING_WRITING: interest = .write
            default: throw .host(Self.failureReason(link))
            }
        }
    }

    /// Why libpq could not connect.
    private static func failureReason(_ link: Link) -> HostFailure.Reason {
        HostFailure.Reason(sentences: PQerrorMessage(link.pointer).map { String(cString: $0) } ?? "")
    }

    /// Starts a connection on a thread that may block. Whoever comes first, the thread, the deadline or a
    /// cancellation, answers; a link that comes too late is closed by being let go.
    private static func start(
        _ parameters: [String: String],
        deadline: ContinuousClock.Instant
    ) async throws(Failure) -> Link {
        let first = FirstAnswer<Result<Link, Failure>>()
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                first.wait(continuation)
                Connection.blockingCalls.async {
                    var keywords = parameters.keys.map { strdup($0) }
                    var values = parameters.values.map { strdup($0) }
                    defer { (keywords + values).forEach { free($0) } }
                    keywords.append(nil)
                    values.append(nil)
                    let pointer = keywords.map { UnsafePointer($0) }.withUnsafeBufferPointer { keywords in
                        values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
                            PQconnectStartParams(keywords.baseAddress, values.baseAddress, 0)
                        }
                    }
                    first.answer(pointer.map { .success(Link($0)) } ?? .failure(.host(.refused)))
                }
                let seconds = ContinuousClock.now.duration(to: deadline)
                Connection.timers.asyncAfter(deadline: .now() + seconds.inSeconds) {
                    first.answer(.failure(.host(.deadline)))
                }
            }
        } onCancel: {
            first.answer(.failure(.cancelled))
        }
        return try answer.get()
    }
}

extension HostFailure.Reason {
    /// What tells a reason in libpq's sentences: a SQLSTATE of the server's, or libpq's own English words. Where it tried
    /// twice, with TLS and without, both sentences are there: what says most comes first.
    private static let signs: [(text: String, reason: Self)] = [
        (":  28P01", .wrongPassword), ("no password supplied", .passwordMissing), (":  3D000", .noSuchDatabase),
        (":  53300", .tooManyConnections), (":  57P03", .starting), (":  57P01", .starting), (":  28000", .notAdmitted),
        (":  ", .rejected), ("session is read-only", .notWritable), ("server is in hot standby mode", .notWritable),
        ("does not match host name", .otherCertificate), ("certificate verify failed", .untrustedCertificate),
        ("root certificate file", .untrustedCertificate), ("does not support SSL", .noTLS),
        ("could not translate host name", .unknownHost), ("No such file or directory", .noSocket),
    ]

    init(sentences: String) {
        self = Self.signs.first { sentences.contains($0.text) }?.reason ?? .refused
    }
}
