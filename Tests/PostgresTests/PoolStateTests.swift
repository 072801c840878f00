@testable import Postgres
import TestSupport
import Testing

@Suite struct PoolStateTests {
    private typealias State = PoolState<Int, Int>

    private struct Caller {
        let identifier: UInt64
        let number: Int
    }

    /// A pool's state together with what its callers believe.
    private struct Model {
        var state = State(slotsMax: 3, waitersMax: 5)
        var lent: [Int] = []
        var opening = 0
        var waiting: [Caller] = []
        var lastConnection = 0
        var lastCaller = 0
        var now = ContinuousClock.now

        mutating func lease() {
            lastCaller += 1
            let number = lastCaller
            switch state.lease(number, at: now) {
            case .use(let connection):
                #expect(!lent.contains(connection))
                lent.append(connection)
            case .open: opening += 1
            case .wait(let identifier): waiting.append(Caller(identifier: identifier, number: number))
            case .refuse(let error):
                #expect(error == .poolExhausted)
                #expect(waiting.count >= 5)
            }
        }

        mutating func finishOpening() {
            guard opening > 0 else { return }
            opening -= 1
            lastConnection += 1
            lent.append(lastConnection)
            state.connectionOpened(at: now)
        }

        /// The server grants no more: who wanted to open waits before all others, or is told where nobody has one.
        mutating func deny() {
            guard opening > 0 else { return }
            opening -= 1
            lastCaller += 1
            let others = lent.count + opening + state.idle.count
            let (action, next) = state.connectionDenied(lastCaller, .poolExhausted, at: now)
            switch action {
            case .use(let connection): lent.append(connection)
            case .wait(let identifier): waiting.insert(Caller(identifier: identifier, number: lastCaller), at: 0)
            case .refuse:
                #expect(others == 0)
                take(next)
            case .open: Issue.record("a slot that was denied was given out")
            }
        }

        mutating func giveBack(_ random: inout SeededGenerator) {
            guard let index = lent.indices.randomElement(using: &random) else { return }
            let connection = lent.remove(at: index)
            take(state.connectionReturned(connection))
        }

        mutating func breakOne(_ random: inout SeededGenerator) {
            if opening > 0, Bool.random(using: &random) {
                opening -= 1
            } else if let index = lent.indices.randomElement(using: &random) {
                lent.remove(at: index)
            } else {
                return
            }
            take(state.slotReturned())
        }

        mutating func leave(_ random: inout SeededGenerator) {
            guard let index = waiting.indices.randomElement(using: &random) else { return }
            let caller = waiting.remove(at: index)
            let dismissed = state.waiterLeft(caller.identifier)
            #expect(dismissed == caller.number)
            let again = state.waiterLeft(caller.identifier)
            #expect(again == nil)
        }

        /// Follows an action; the caller who is served is the one who has waited longest.
        mutating func take(_ action: State.ReturnAction) {
            switch action {
            case .none: #expect(waiting.isEmpty)
            case .close: Issue.record("an open pool closed a connection")
            case .hand(let connection, let caller):
                #expect(waiting.first?.number == caller)
                waiting.removeAll { $0.number == caller }
                lent.append(connection)
            case .open(let caller):
                #expect(waiting.first?.number == caller)
                waiting.removeAll { $0.number == caller }
                opening += 1
            }
        }

        func check() {
            #expect(state.slotsInUse <= state.slotsGranted && state.slotsGranted <= state.slotsMax)
            #expect(state.lent == lent.count + opening)
            #expect(state.waiting == waiting.count)
            #expect(waiting.isEmpty || state.idle.isEmpty && state.slotsInUse == state.slotsGranted)
            #expect(Set(lent).count == lent.count && Set(lent).isDisjoint(with: state.idle))
        }
    }

    @Test(arguments: UInt64(1)...20) func noOrderOfEventsLosesASlotOrACaller(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var model = Model()
        for _ in 0..<1_000 {
            model.now += .seconds(Int.random(in: 0..<3, using: &random))
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1, 2: model.lease()
            case 3: model.finishOpening()
            case 4: model.giveBack(&random)
            case 5: model.breakOne(&random)
            case 6: model.deny()
            default: model.leave(&random)
            }
            model.check()
        }

        let (idle, callers) = model.state.close()
        #expect(callers.sorted() == model.waiting.map(\.number).sorted())
        #expect(model.state.slotsInUse == model.lent.count + model.opening)
        #expect(Set(idle).isDisjoint(with: model.lent))
        guard case .refuse(.poolClosed) = model.state.lease(0, at: .now) else {
            Issue.record("a closed pool lent a connection")
            return
        }
        for connection in model.lent {
            guard case .close(connection) = model.state.connectionReturned(connection) else {
                Issue.record("a closed pool kept a connection")
                return
            }
        }
        for _ in 0..<model.opening {
            guard case .none = model.state.slotReturned() else {
                Issue.record("a closed pool gave a slot away")
                return
            }
        }
        #expect(model.state.slotsInUse == 0)
        #expect(model.state.waiting == 0)
    }

    @Test func theConnectionUsedLastIsLentFirst() {
        var state = State(slotsMax: 2, waitersMax: 0)
        _ = state.lease(1, at: .now)
        _ = state.lease(2, at: .now)
        _ = state.connectionReturned(10)
        _ = state.connectionReturned(20)
        guard case .use(20) = state.lease(3, at: .now) else {
            Issue.record("an older connection was lent")
            return
        }
    }

    @Test func waiterWhoLeftIsPassedOver() {
        var state = State(slotsMax: 1, waitersMax: 10)
        _ = state.lease(1, at: .now)
        guard case .wait(let second) = state.lease(2, at: .now), case .wait = state.lease(3, at: .now) else {
            Issue.record("nobody waits for the only slot")
            return
        }
        let left = state.waiterLeft(second)
        #expect(left == 2)
        guard case .hand(7, to: 3) = state.connectionReturned(7) else {
            Issue.record("the connection did not go to the next in line")
            return
        }
        #expect(state.waiting == 0)
    }

    /// A server that grants two of ten is tried with a third after a while, and with all as soon as it grants that.
    @Test func poolGrowsAgainOnceTheServerGrantsMore() {
        var state = State(slotsMax: 10, waitersMax: 10)
        let start = ContinuousClock.now
        for caller in 1...3 { _ = state.lease(caller, at: start) }
        guard case (.wait, .none) = state.connectionDenied(3, .poolExhausted, at: start) else {
            Issue.record("the caller does not wait for one of the two")
            return
        }
        #expect(state.slotsGranted == 2)
        guard case .wait = state.lease(4, at: start + .seconds(4)) else {
            Issue.record("the server is asked again at once")
            return
        }
        for caller in 5...12 {
            guard case .open = state.lease(caller, at: start + .seconds(6)) else {
                Issue.record("caller \(caller) does not try another")
                return
            }
            state.connectionOpened(at: start + .seconds(6))
        }
        #expect(state.slotsInUse == 10)
    }
}
