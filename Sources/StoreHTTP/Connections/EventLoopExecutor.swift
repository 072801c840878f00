import DequeModule
import NIOCore
import Synchronization

/// An event loop as a place for the jobs of requests to run, for a short time between two looks at its sockets.
///
/// A loop carries out what it was given until nothing is left, and only then looks at its sockets. In a crowd something is
/// always left, and who comes waits unread for seconds. So the jobs of requests stand in lines of their own, of which the
/// loop takes a part between two looks.
final class EventLoopExecutor: Sendable {
    /// How long the loop works before it looks at its sockets again.
    private static let part = TimeAmount.milliseconds(2)
    /// Where a look takes long, since thousands want to hear that there is no room, work has so many times as long: telling
    /// them must not take the place of serving those who are in.
    private static let partsOfALook = 3
    private static let partMax = TimeAmount.milliseconds(30)
    /// How long a look waits where nothing has come.
    private static let look = TimeAmount.microseconds(10)

    private struct Lines {
        var urgent = Deque<(UnownedJob, ConnectionExecutor)>()
        var others = Deque<(UnownedJob, ConnectionExecutor)>()
        /// Whether the loop knows that something is in line.
        var isCalled = false
        /// When the loop left the lines to look at its sockets.
        var left: NIODeadline?
    }

    private let loop: any EventLoop
    private let lines = Mutex(Lines())

    init(_ loop: any EventLoop) { self.loop = loop }

    fileprivate func enqueue(_ job: UnownedJob, of connection: ConnectionExecutor, isUrgent: Bool) {
        let calls = lines.withLock { lines in
            if isUrgent { lines.urgent.append((job, connection)) } else { lines.others.append((job, connection)) }
            defer { lines.isCalled = true }
            return !lines.isCalled
        }
        if calls { loop.execute { self.work() } }
    }

    private func work() {
        var now = NIODeadline.now()
        let looked = lines.withLock { $0.left.map { left in now - left } } ?? .zero
        let end = now + max(Self.part, min(looked * Self.partsOfALook, Self.partMax))
        while now < end {
            let next = lines.withLock { lines in
                let next = lines.urgent.popFirst() ?? lines.others.popFirst()
                if next == nil { (lines.isCalled, lines.left) = (false, nil) }
                return next
            }
            guard let (job, connection) = next else { return }
            job.runSynchronously(on: connection.asUnownedTaskExecutor())
            now = NIODeadline.now()
        }
        lines.withLock { $0.left = now }
        loop.scheduleTask(in: Self.look) { self.work() }
    }
}

/// Where the jobs of a connection's requests run: on its event loop, before those of others while it asks for something
/// that keeps the shop running, and until it has asked for anything: it may be a health check.
final class ConnectionExecutor: TaskExecutor {
    private let loop: EventLoopExecutor
    private let urgent = Atomic(true)

    init(_ loop: EventLoopExecutor) { self.loop = loop }

    var isUrgent: Bool {
        get { urgent.load(ordering: .relaxed) }
        set { urgent.store(newValue, ordering: .relaxed) }
    }

    func enqueue(_ job: consuming ExecutorJob) { loop.enqueue(UnownedJob(job), of: self, isUrgent: isUrgent) }
}

/// The executors of a server's event loops, one each.
final class EventLoopExecutors: Sendable {
    private let made = Mutex<[ObjectIdentifier: EventLoopExecutor]>([:])

    /// The executor of a connection of a loop.
    func executor(on loop: any EventLoop) -> ConnectionExecutor {
        made.withLock { made in
            let name = ObjectIdentifier(loop)
            let executor = made[name] ?? EventLoopExecutor(loop)
            made[name] = executor
            return ConnectionExecutor(executor)
        }
    }
}
