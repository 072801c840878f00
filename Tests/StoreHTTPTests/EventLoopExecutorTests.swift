import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import StoreHTTP

@Suite struct EventLoopExecutorTests {
    /// What was carried out, in order.
    private final class Record: Sendable {
        private let entries = Mutex<[String]>([])
        func add(_ entry: String) { entries.withLock { $0.append(entry) } }
        var all: [String] { entries.withLock { $0 } }
    }

    @Test func whatKeepsTheShopRunningGoesFirst() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let executors = EventLoopExecutors()
        let (shopper, monitor) = (executors.executor(on: loop), executors.executor(on: loop))
        // Nobody knows yet what a new connection will ask for.
        #expect(shopper.isUrgent && monitor.isUrgent)
        shopper.isUrgent = false
        let record = Record()
        let tasks = try await loop.submit {
            // The loop is busy here, so all of these stand in line when it goes on.
            (0..<5).map { index in Task(executorPreference: shopper) { record.add("shopper \(index)") } }
                + [Task(executorPreference: monitor) { record.add("monitor") }]
        }
        .get()
        for task in tasks { await task.value }
        #expect(record.all == ["monitor"] + (0..<5).map { "shopper \($0)" })
    }

    @Test func loopLooksAtItsSocketsInTheMiddleOfALongLine() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let executor = EventLoopExecutors().executor(on: loop)
        let record = Record()
        let tasks = try await loop.submit {
            (0..<20).map { index in
                Task(executorPreference: executor) {
                    if index == 0 { loop.execute { record.add("look") } }
                    // A part is over after two of these.
                    usleep(1_000)
                    record.add("\(index)")
                }
            }
        }
        .get()
        for task in tasks { await task.value }
        // After all of the line, where a loop carries out what it was given until nothing is left.
        let look = try #require(record.all.firstIndex(of: "look"))
        #expect(look < 20 && record.all.count == 21)
    }
}
