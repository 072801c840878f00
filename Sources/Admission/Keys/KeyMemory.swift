import Synchronization

/// The storefronts' keys as this process read them last: a request costs no query.
final class KeyMemory: Sendable {
    /// How old what is known may be before a request waits until it is read again.
    private static let usableFor = Duration.seconds(3)
    /// How long a request waits for that before it takes what was known last.
    private static let waitMax = Duration.seconds(3)

    private struct State {
        var ring: KeyRing
        var readAt: ContinuousClock.Instant
        /// How often something was changed here.
        var changeCount = 0
        var reading: Task<KeyRing, Never>?
    }

    private let freshFor: Duration
    private let read: @Sendable () async throws -> KeyRing
    private let state: Mutex<State>

    /// - Parameters:
    ///   - ring: what was read now.
    ///   - freshFor: how old what is known may be before it is read again.
    ///   - read: reads it.
    init(
        _ ring: KeyRing,
        freshFor: Duration = .seconds(1),
        read: @escaping @Sendable () async throws -> KeyRing
    ) {
        self.freshFor = freshFor
        self.read = read
        state = Mutex(State(ring: ring, readAt: .now))
    }

    /// What is in force; what was known last where nothing can be read.
    func ring() async -> KeyRing {
        let (known, reading) = state.withLock { state in
            let age = ContinuousClock.now - state.readAt
            if age < freshFor { return (Optional(state.ring), Task<KeyRing, Never>?.none) }
            let reading = state.reading ?? Task { await self.reread() }
            state.reading = reading
            return (age < Self.usableFor ? state.ring : nil, reading)
        }
        if let known { return known }
        guard let reading else { return state.withLock { $0.ring } }
        return await withCheckedContinuation { continuation in
            let answer = Answer(continuation)
            Task { answer.give(await reading.value) }
            Task {
                try? await Task.sleep(for: Self.waitMax)
                answer.give(state.withLock { $0.ring })
            }
        }
    }

    /// Whoever waits, until the first answer.
    private final class Answer: Sendable {
        private let waiting: Mutex<CheckedContinuation<KeyRing, Never>?>

        init(_ continuation: CheckedContinuation<KeyRing, Never>) { waiting = Mutex(continuation) }

        func give(_ ring: KeyRing) {
            let continuation = waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            continuation?.resume(returning: ring)
        }
    }

    /// Something was changed: what is in force is known when this returns.
    func noteChange() async {
        state.withLock { $0.changeCount += 1 }
        _ = await reread()
    }

    private func reread() async -> KeyRing {
        while true {
            let changeCount = state.withLock { $0.changeCount }
            let fresh = try? await read()
            let ring = state.withLock { state -> KeyRing? in
                // What was read before a change and arrives after it is old.
                guard state.changeCount == changeCount else { return nil }
                if let fresh { state.ring = fresh }
                (state.readAt, state.reading) = (.now, nil)
                return state.ring
            }
            if let ring { return ring }
        }
    }
}
