import Synchronization

/// Gathers what tasks report, in the order in which it arrives.
package final class Collector<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    package init() {}

    package var all: [Element] { elements.withLock { $0 } }

    package func append(_ element: Element) { elements.withLock { $0.append(element) } }
}

/// A number that tasks count up together.
package final class Counter: Sendable {
    private let count = Atomic(0)

    package init() {}

    package var value: Int { count.load(ordering: .acquiring) }

    package func increment() { count.add(1, ordering: .acquiringAndReleasing) }
}
