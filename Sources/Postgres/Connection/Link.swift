import CLibPQ
import Glibc
import Synchronization

/// One libpq connection, finished when its owner lets go of it.
///
/// Unchecked, because the compiler cannot know libpq's rule: a `PGconn` may be used from any thread, by one at a time.
/// Only a `Connection` actor holds one, and the thread that opened it hands it over before anyone else sees it.
final class Link: @unchecked Sendable {
    let pointer: OpaquePointer
    let notices = NoticeLog()

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        PQsetNoticeReceiver(
            pointer,
            { context, result in
                guard let context, let result else { return }
                Unmanaged<NoticeLog>.fromOpaque(context).takeUnretainedValue().note(result)
            },
            Unmanaged.passUnretained(notices).toOpaque()
        )
    }

    deinit { PQfinish(pointer) }

    var socket: Int32 { PQsocket(pointer) }
    var isHealthy: Bool { PQstatus(pointer) == CONNECTION_OK }

    /// Cuts the line so that nothing more can reach the server, not even what libpq still has in its buffer.
    func drop() {
        if socket >= 0 { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    /// Asks the server to stop what it is doing for this connection. It blocks: call it off Swift's pool. Over TLS it
    /// does nothing, because libpq 15 would send the request in the clear.
    func canceller() -> Canceller? {
        if PQsslInUse(pointer) == 1 { return nil }
        return PQgetCancel(pointer).map(Canceller.init)
    }
}

/// What is needed to cancel a connection's query after the connection itself may be gone.
///
/// Unchecked for the same reason as `Link`: one owner, handed to one thread.
final class Canceller: @unchecked Sendable {
    private let pointer: OpaquePointer
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { PQfreeCancel(pointer) }

    func cancel() {
        var buffer = [CChar](repeating: 0, count: 256)
        _ = PQcancel(pointer, &buffer, Int32(buffer.count))
    }
}

/// Remembers the one notice that changes the meaning of a commit; all others are dropped, since they may quote values.
final class NoticeLog: Sendable {
    private let replicationWaitEnded = Atomic(false)

    /// The server's own name of the function that waits for standbys: it stays the same in every language.
    private static let replicationWait = "SyncRepWaitForLSN"

    func note(_ result: OpaquePointer) {
        guard let function = PQresultErrorField(result, DiagnosticField.sourceFunction) else { return }
        if String(cString: function) == Self.replicationWait { replicationWaitEnded.store(true, ordering: .relaxed) }
    }

    /// Whether the server gave up waiting for its standby since this was last asked.
    func takeReplicationWaitEnded() -> Bool { replicationWaitEnded.exchange(false, ordering: .relaxed) }
}
