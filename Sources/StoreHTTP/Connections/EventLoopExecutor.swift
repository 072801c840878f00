import DequeModule
import NIOCore
import Synchronization

/// An event loop as a place for tasks to run, a few at a time.
///
/// A loop carries out what it was given until nothing is left, and only then looks at its sockets. In a crowd something is
/// always left, and who comes waits unread for seconds. So the jobs of requests stand in a line of their own, of which the
/// loop takes a bounded part between two looks.
final class EventLoopExecutor: TaskExecutor {
    /// The most jobs between two looks at the sockets: some milliseconds.
    private static let jobsMax = 128
    /// How long a look waits where nothing has come.
    private static let look = TimeAmount.microseconds(10)

    private struct Line {
        var jobs = Deque<UnownedJob>()
        var isCalled = false
    }

    private let loop: any EventLoop
    private let line = Mutex(Line())

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let calls = line.withLock { line in
            line.jobs.append(job)
            defer { line.isCalled = true }
            return !line.isCalled
        }
        if calls { loop.execute { self.work() } }
    }

    private func work() {
        for _ in 0..<Self.jobsMax {
            let job = line.withLock { line -> UnownedJob? in
                let job = line.jobs.popFirst()
                if job == nil { line.isCalled = false }
                return job
            }
            guard let job else { return }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
        loop.scheduleTask(in: Self.look) { self.work() }
    }
}

/// The executors of a server's event loops, one each.
final class EventLoopExecutors: Sendable {
    private let made = Mutex<[ObjectIdentifier: EventLoopExecutor]>([:])

    func executor(of loop: any EventLoop) -> EventLoopExecutor {
        made.withLock { made in
            let name = ObjectIdentifier(loop)
            if let executor = made[name] { return executor }
            let executor = EventLoopExecutor(loop)
            made[name] = executor
            return executor
        }
    }
}
