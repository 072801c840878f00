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
            throw .host(.refused)
        }
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

    /// libpq 15 gives a failed connection no code, only a sentence; the one case worth telling apart is told by state.
    private static func failureReason(_ link: Link) -> HostFailure.Reason {
        let message = PQerrorMessage(link.pointer).map { String(cString: $0) } ?? ""
        if message.contains("session is read-only") || message.contains("server is in hot standby mode") {
            return .notWritable
        }
        return message.contains("FATAL") ? .rejected : .refused
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
