@testable import StaffCLI
import Synchronization

/// Lines that somebody types, each after a while.
final class TypedLines: InputLines {
    private let lines: Mutex<[String]>
    private let pause: Duration
    private let isLastDue: @Sendable () -> Bool

    /// - Parameter isLastDue: whether the last of them is typed now.
    init(_ lines: [String], pause: Duration, isLastDue: @escaping @Sendable () -> Bool = { true }) {
        self.lines = Mutex(lines)
        self.pause = pause
        self.isLastDue = isLastDue
    }

    func next() async -> String? {
        try? await Task.sleep(for: pause)
        let end = ContinuousClock.now + .seconds(180)
        while lines.withLock({ $0.count == 1 }), !isLastDue(), ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(20))
        }
        return lines.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    func nextSecret() async -> String? { await next() }

    func endOnSignals() {}
}
