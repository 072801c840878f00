import NIOCore
@testable import StaffCLI
import Synchronization
import Testing

/// A bad connection costs time, never a second change.
@Suite struct RetryTests {
    private static let record = ["payment", "record", "DM-7K4Q-99", "--yes"]

    /// Answers in turn, the last one for good.
    private static func turns(_ replies: [StubStore.Reply]) -> StubStore.Responder {
        let turns = Turns(replies)
        return { request in request.method == "GET" ? SampleAnswers.answer(request) : turns.next() }
    }

    private final class Turns: Sendable {
        private let replies: Mutex<[StubStore.Reply]>

        init(_ replies: [StubStore.Reply]) { self.replies = Mutex(replies) }

        func next() -> StubStore.Reply {
            replies.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? .drop }
        }
    }

    @Test(arguments: [
        [StubStore.Reply.drop, .answer(200, SampleAnswers.order)],
        [.problem(503, "unavailable", "Not now.", headers: ["Retry-After": "0"]), .answer(200, SampleAnswers.order)],
        [.problem(409, "request-in-flight", "At it."), .answer(200, SampleAnswers.order)],
        [.answer(502, "<html>"), .breakOff("{"), .drop, .drop, .answer(200, SampleAnswers.order)],
    ])
    func anActIsSentWithItsKeyUntilItIsAnswered(replies: [StubStore.Reply]) async throws {
        try await withStore(Self.turns(replies)) { store, machine in
            let outcome = await machine.run("payment", "record", "DM-7K4Q-99", "--yes")
            #expect(outcome.code == 0, "\(outcome)")
            let changes = store.requests.filter { $0.method == "POST" }
            #expect(changes.count == replies.count)
            #expect(Set(changes.map(\.key)).count == 1 && changes[0].key?.count == 32)
            #expect(Set(changes.map(\.body)) == [#"{"amount":{"amount":8000,"currency":"GBP"}}"#])
            #expect(machine.keptKeys.isEmpty)
        }
    }

    @Test func nobodyKnowsWhatBecameOfAnActThatIsNeverAnswered() async throws {
        let isBack = Mutex(false)
        try await withStore({ request in
            request.method == "GET" || isBack.withLock { $0 } ? SampleAnswers.answer(request) : .drop
        }) { store, machine in
            let lost = await machine.run("payment", "record", "DM-7K4Q-99", "--yes")
            #expect(lost.code == 4)
            #expect(lost.errors.contains("It is not known whether it was done.\nRun the same command again"))
            #expect(lost.output.isEmpty)
            #expect(machine.keptKeys.count == 1)
            // Another change in between has a key of its own.
            #expect(await machine.run("hold", "DM-7K4Q-99", "--reason", "other").code == 4)
            #expect(machine.keptKeys.count == 2)
            isBack.withLock { $0 = true }
            let again = await machine.run("payment", "record", "DM-7K4Q-99", "--yes")
            #expect(again.code == 0 && again.errors.contains("is not done twice"))
            #expect(machine.keptKeys.count == 1)
            let payments = store.requests.filter { $0.path.hasSuffix("/payments") }
            #expect(payments.count == 7 && Set(payments.map(\.key)).count == 1)
            // Answered once, the same command is a new change.
            #expect(await machine.run("payment", "record", "DM-7K4Q-99", "--yes").code == 0)
            #expect(Set(store.requests.filter { $0.path.hasSuffix("/payments") }.map(\.key)).count == 2)
        }
    }

    @Test func aKeyIsForgottenAfterADay() throws {
        let machine = try Machine(nil)
        let keys = IdempotencyKeyStore(ConfigFolder(environment: machine.environment))
        let request = try StoreRequest.change(.post, .staff("next"), ["a": 1])
        let first = keys.key(for: request, url: "u", now: 1000)
        #expect(first.age == nil && first.isKept && first.text.count == 32)
        #expect(
            keys.key(for: request, url: "u", now: 87_399)
                == IdempotencyKeyStore.Key(text: first.text, age: 86_399, isKept: true)
        )
        #expect(keys.key(for: request, url: "v", now: 1000).text != first.text)
        var changed = request
        changed.version = 3
        #expect(keys.key(for: changed, url: "u", now: 1000).text != first.text)
        #expect(machine.keptKeys.count == 3)
        let later = keys.key(for: request, url: "u", now: 87_400)
        #expect(later.text != first.text && later.age == nil)
        #expect(machine.keptKeys.count == 1)
    }

    @Test func whereNothingCanBeKeptTheAdviceIsToLook() async throws {
        try await withStore({ $0.method == "GET" ? SampleAnswers.answer($0) : .drop }) { _, machine in
            machine.write("blocked", "")
            let outcome = await machine.run(
                "payment",
                "record",
                "DM-7K4Q-99",
                "--yes",
                environment: ["AFTERCARE_CONFIG_DIR": machine.path("blocked")]
            )
            #expect(outcome.code == 4 && outcome.errors.hasSuffix("Look before you run the command again.\n"))
        }
    }

    @Test func readingIsTriedAgainToo() async throws {
        let count = Mutex(0)
        try await withStore({ request in
            count.withLock {
                $0 += 1; return $0
            } < 4 ? .drop : SampleAnswers.answer(request)
        }) { store, machine in
            #expect(await machine.run("today").code == 0)
            #expect(store.requests.count == 4)
            #expect(store.requests.allSatisfy { $0.key == nil })
        }
    }

    @Test func aStoreThatIsGoneIsNamed() async throws {
        let outcome = try await Machine("http://127.0.0.1:1").run("today")
        #expect(outcome.code == 4)
        #expect(outcome.errors.contains("The store at http://127.0.0.1:1 can't be reached: nobody listens there."))
        #expect(!outcome.errors.contains("not known"))
    }

    @Test func aStoreThatSaysNothingIsNotWaitedForForever() async throws {
        try await withStore({ .late(.seconds(3600), SampleAnswers.answer($0)) }) { store, machine in
            let outcome = await machine.run("today") { $0.readTimeout = .seconds(30) }
            #expect(outcome.code == 4 && outcome.errors.contains("no answer in time"))
            #expect(store.requests.count == 1)
        }
    }

    @Test func theStoreSaysHowLongToWait() async throws {
        try await withStore(
            Self.turns([
                .problem(503, "unavailable", "Not now.", headers: ["Retry-After": "1"]),
                .answer(200, SampleAnswers.order),
            ])
        ) { _, machine in
            let waits = Mutex<[Duration]>([])
            let outcome = await machine.run("deliver", "DM-7K4Q-99") {
                $0.wait = { time in waits.withLock { $0.append(time) } }
            }
            #expect(outcome.code == 0)
            #expect(waits.withLock { $0 } == [.seconds(1)])
        }
    }

    @Test func aRefusalAfterALostAnswerMayMeanItWasDone() async throws {
        try await withStore(Self.turns([.drop, .problem(404, "not-found", "There is nothing here.")])) { _, machine in
            let outcome = await machine.run("token", "revoke", "desk", "--yes")
            #expect(outcome.code == 1)
            #expect(outcome.errors.contains("An earlier try, whose answer was lost, may have done it all the same."))
        }
    }

    @Test func somethingWentWrongInsideKeepsTheKey() async throws {
        try await withStore(Self.turns([.problem(500, "internal-error", "Oh.")])) { _, machine in
            let outcome = await machine.run("deliver", "DM-7K4Q-99")
            #expect(outcome.code == 4 && outcome.errors.contains("r-1"))
            #expect(machine.keptKeys.count == 1)
        }
    }
}
