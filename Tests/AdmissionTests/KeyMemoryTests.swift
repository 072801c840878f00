import Synchronization
import TestSupport
import Testing

@testable import Admission

/// What a process knows of the storefronts' keys while they are changed.
@Suite struct KeyMemoryTests {
    /// A read that began before a change and arrives after it brings nothing back that was changed.
    @Test func whatWasReadBeforeAChangeIsNotKeptAfterIt() async throws {
        let isClosed = Mutex(false)
        let reads = Counter()
        let gate = Turnstile(places: 0)
        let memory = KeyMemory(KeyRing([], wasEverUsed: false), freshFor: .zero) {
            let ring = KeyRing([], wasEverUsed: isClosed.withLock { $0 })
            reads.increment()
            // The first waits with what it has read.
            if reads.value == 1 { try await gate.enter() }
            return ring
        }
        let asking = Task { await memory.ring() }
        try await eventually("it is read") { reads.value == 1 }
        isClosed.withLock { $0 = true }
        await memory.noteChange()
        #expect(reads.value == 2)
        gate.leave()
        try await eventually("what is old is read again") { reads.value == 3 }
        _ = await asking.value
        #expect(await memory.ring().isOpen == false)
    }

    @Test func whatCanNotBeReadIsAsItWasKnownLast() async throws {
        struct Gone: Error {}
        let memory = KeyMemory(KeyRing([], wasEverUsed: true), freshFor: .zero) { throw Gone() }
        await memory.noteChange()
        #expect(await memory.ring().isOpen == false)
    }
}
