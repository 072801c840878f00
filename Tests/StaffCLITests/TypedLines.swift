@testable import StaffCLI
import Synchronization

/// Lines that somebody types, each after a while.
final class TypedLines: InputLines {
    private let lines: Mutex<[String]>
    private let pause: Duration

    init(_ lines: [String], pause: Duration) {
        self.lines = Mutex(lines)
        self.pause = pause
    }

    func next() async -> String? {
        try? await Task.sleep(for: pause)
        return lines.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    func nextSecret() async -> String? { await next() }

    func endOnSignals() {}
}
