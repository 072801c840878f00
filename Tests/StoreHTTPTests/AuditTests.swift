import Audit
import Commerce
import Foundation
import Links
import NIOHTTP1
import Orders
import Postgres
import Records
import Staff
import StoreHTTP
import TestSupport
import Testing

/// Whether what the owner of the database changes is found out by what is outside it.
@Suite(DatabaseTrait.store) struct AuditTests {
    private let start = Instant(microsecondsSince1970: 1_764_183_600_000_000)

    private static func read(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private static func auditor(_ store: TestStore, _ folder: String, keys: LinkKeys? = nil) -> Auditor {
        Auditor(store.pool, keys: keys ?? store.store.keys, file: CheckpointFile(folder: folder))
    }

    /// One who sees the database at another place than where it is.
    private static func auditor(
        _ store: TestStore,
        _ folder: String,
        snapshot: String? = nil,
        laterTimelines: Int64
    ) -> Auditor {
        Auditor(
            store.pool,
            keys: store.store.keys,
            file: CheckpointFile(folder: folder),
            position: OrderLog.position.map { position in
                OrderLog.Position(
                    snapshot: snapshot.map { DatabaseSnapshot($0) } ?? position.snapshot,
                    cluster: position.cluster,
                    timeline: position.timeline.map { $0 + laterTimelines }
                )
            }
        )
    }

    /// What is done behind the program's back: no trigger and no foreign key in the way.
    private static func tamper(_ store: TestStore, _ sql: String) async throws {
        _ = try await store.pool.write([
            Statement("SET LOCAL session_replication_role = replica"), Statement(assembled: sql),
        ])
    }

    /// A store with three orders, of which the first was paid, noted about, and got money back.
    private static func run(
        _ body: @escaping @Sendable (TestStore, _ folder: String, _ order: Int64) async throws -> Void
    ) async throws {
        try await TestStore.run { store in
            try await withTestFolder { folder in
                let order = try await store.paidOrder(key: "first")
                let manager = try await store.staff(.manager)
                let path = "/v1/staff/orders/\(order.number.text)"
                let note = try await store.send(
                    .POST,
                    path + "/notes",
                    #"{"text": "called about the address"}"#,
                    manager.merging(["Idempotency-Key": "note"]) { $1 }
                )
                #expect(note.status == 200, "\(note.text)")
                _ = try await store.order()
                _ = try await store.order()
                let id = try await store.number("SELECT min(id) AS n FROM orders")
                try await body(store, folder, Int64(id))
            }
        }
    }

    @Test func whatGrowsAsItShouldIsTrue() async throws {
        try await Self.run { store, folder, order in
            let auditor = Self.auditor(store, folder)
            #expect(try await auditor.verify().last == nil)
            let first = try await auditor.checkpoint(now: start)
            #expect(first.made.heads.count == 3 && first.findings == [])
            // An order more, and an entry more of one that was there: the checkpoint speaks of no other but those of late.
            let another = try await store.order()
            let manager = try await store.staff(.manager)
            let note = try await store.send(
                .POST,
                "/v1/staff/orders/\(another.number.text)/notes",
                #"{"text": "again"}"#,
                manager.merging(["Idempotency-Key": "more"]) { $1 }
            )
            #expect(note.status == 200)
            let between = try await auditor.verify()
            #expect(between.findings == [] && between.newer == 2 && between.orders == 3)
            let second = try await auditor.checkpoint(now: start + .seconds(3600))
            #expect(second.made.heads.map(\.count) == [2] && second.findings == [])
            let whole = try await auditor.verify()
            #expect(whole.findings == [] && whole.newer == 0 && whole.orders == 4)
            #expect(whole.last == second.made)
        }
    }

    /// Free text that goes, with its salt, when its order is erased leaves the chain whole.
    @Test func whatIsErasedIsTrue() async throws {
        try await Self.run { store, folder, _ in
            let auditor = Self.auditor(store, folder)
            let manager = try await store.staff(.manager)
            func act(_ path: String, _ body: String) async throws {
                let headers = manager.merging(["Idempotency-Key": path]) { $1 }
                let answer = try await store.send(.POST, "/v1/staff/" + path, body, headers)
                #expect(answer.status == 200, "\(answer.text)")
            }
            let placed = try await store.send(
                .POST,
                try await store.cart().path + "/checkout",
                TestStore.checkoutBody(email: "bea@example.com"),
                ["Idempotency-Key": "to erase"]
            ).json
            let order = "orders/\(placed.number.text)"
            try await act(
                order + "/payments",
                #"{"amount": {"amount": 4500, "currency": "GBP"}, "reference": "Bank of Bea"}"#
            )
            try await act(order + "/notes", #"{"text": "Bea called"}"#)
            try await act(order + "/cancellation", #"{"reason": "Not for Bea"}"#)
            try await auditor.checkpoint(now: start)
            let texts: StaticString = """
                SELECT (SELECT count(reason) FROM order_event) + (SELECT count(reference) FROM payment) AS n
                """
            let before = try await store.number(texts)
            try await act("personal/erasure", #"{"email": "bea@example.com"}"#)
            #expect(try await store.number(texts) < before)
            #expect(try await auditor.verify().findings == [])
            #expect(try await auditor.checkpoint(now: start + .seconds(3600)).findings == [])
            #expect(try await auditor.verify().findings == [])
        }
    }

    /// Something that is done, and how it is found; `%` stands for the first order.
    struct Act: Sendable, CustomTestStringConvertible {
        let sql: String
        /// What is there before the first checkpoint.
        let before: String?
        let finding: @Sendable (Int64) -> AuditFinding
        var testDescription: String { sql }

        init(_ sql: String, before: String? = nil, _ finding: @escaping @Sendable (Int64) -> AuditFinding) {
            (self.sql, self.before, self.finding) = (sql, before, finding)
        }
    }

    @Test(arguments: [
        Act("UPDATE order_event SET at = at + interval '1 microsecond' WHERE order_id = % AND sequence = 1") {
            .entriesChanged(order: $0, entries: 1...3)
        },
        Act("UPDATE order_event SET actor = 'somebody' WHERE order_id = % AND sequence = 2") {
            .entriesChanged(order: $0, entries: 1...3)
        },
        Act("UPDATE order_event SET kind = 'released' WHERE order_id = % AND sequence = 3") {
            .entriesChanged(order: $0, entries: 1...3)
        },
        Act("UPDATE order_event SET request_id = '' WHERE order_id = % AND sequence = 3") {
            .entriesChanged(order: $0, entries: 1...3)
        },
        Act("UPDATE order_event SET reason = 'never called' WHERE order_id = % AND sequence = 3") {
            .textChanged(order: $0, entry: 3)
        },
        Act(
            "UPDATE order_event SET reason_hash = salted_hash(reason_salt, reason || '!'), reason = reason || '!' WHERE order_id = % AND sequence = 3"
        ) {
            .entriesChanged(order: $0, entries: 1...3)
        },
        Act("UPDATE order_event SET amount = 1 WHERE order_id = % AND sequence = 2") {
            .entriesChanged(order: $0, entries: 1...3)
        },
        Act("DELETE FROM order_event WHERE order_id = % AND sequence = 3") {
            .entriesRemoved(order: $0, left: 2, of: 3)
        },
        Act("UPDATE payment SET amount = amount - 1 WHERE order_id = %") { .entriesChanged(order: $0, entries: 1...3) },
        Act("UPDATE payment SET kind = 'refund', adjustment = 1 WHERE order_id = %") {
            .entriesChanged(order: $0, entries: 1...3)
        },
        Act("DELETE FROM payment WHERE order_id = %") { .entriesChanged(order: $0, entries: 1...3) },
        Act("UPDATE payment SET sequence = 3 WHERE order_id = %") { .entriesChanged(order: $0, entries: 1...3) },
        Act("UPDATE payment SET sequence = 9 WHERE order_id = %") { .entriesChanged(order: $0, entries: 1...3) },
        Act(
            "INSERT INTO payment (order_id, kind, amount, at, actor, sequence, adjustment) VALUES (%, 'refund', 1, now(), 'x', 3, 1)"
        ) {
            .entriesChanged(order: $0, entries: 1...3)
        },
        Act(
            "INSERT INTO order_event (order_id, sequence, at, kind, actor, request_id, transaction) SELECT %, 4, now(), 'noted', 'x', '', transaction FROM order_event WHERE order_id = % AND sequence = 3"
        ) {
            .entriesAdded(order: $0, entries: 4...4)
        },
        Act("WITH gone AS (DELETE FROM order_event WHERE order_id = %) DELETE FROM orders WHERE id = %") {
            .orderRemoved(order: $0)
        },
        Act(
            "UPDATE order_event SET erased_at = now(), reason = NULL, reason_salt = NULL WHERE order_id = % AND sequence = 3"
        ) {
            .textRemoved(order: $0, entry: 3)
        },
        Act(
            "UPDATE payment SET erased_at = now(), reference = NULL, reference_salt = NULL WHERE order_id = %",
            before:
                "UPDATE payment SET reference = 'Bank', reference_salt = '0123456789abcdef', reference_hash = salted_hash('0123456789abcdef', 'Bank') WHERE order_id = %"
        ) {
            .textRemoved(order: $0, entry: 2)
        },
        Act(
            "INSERT INTO order_event (order_id, sequence, at, kind, actor, request_id) VALUES (% + 1000000, 1, now(), 'noted', 'x', '')"
        ) {
            .orderUnknown(order: $0 + 1_000_000)
        },
        Act(
            "INSERT INTO payment (order_id, kind, amount, at, actor, sequence) VALUES (% + 1000000, 'receipt', 1, now(), 'x', 1)"
        ) {
            .orderUnknown(order: $0 + 1_000_000)
        },
        Act(
            "UPDATE payment SET adjustment = 2 WHERE order_id = % AND kind = 'refund'",
            before:
                "INSERT INTO payment (order_id, kind, amount, at, actor, sequence, adjustment) VALUES (%, 'refund', 1, now(), 'x', 3, 1)"
        ) {
            .entriesChanged(order: $0, entries: 1...3)
        },
        Act("UPDATE order_event SET transaction = '3' WHERE order_id = % AND sequence = 3") {
            .entriesChanged(order: $0, entries: 1...3)
        },
    ])
    func whatTheOwnerOfTheDatabaseDoesIsFound(act: Act) async throws {
        try await Self.run { store, folder, order in
            let auditor = Self.auditor(store, folder)
            if let before = act.before { try await Self.tamper(store, before.replacing("%", with: "\(order)")) }
            #expect(try await auditor.checkpoint(now: start).findings == [])
            try await Self.tamper(store, act.sql.replacing("%", with: "\(order)"))
            let found = try await auditor.verify().findings
            #expect(found.first == act.finding(order), "\(found)")
            #expect(found.allSatisfy { $0.order == act.finding(order).order })
            // Going on does not make it true, here nor at the next checkpoints.
            for hour in 1...2 { try await auditor.checkpoint(now: start + .seconds(Int64(hour) * 3600)) }
            #expect(try await auditor.verify().findings == found)
        }
    }

    /// A transaction that runs for long makes a checkpoint look at more orders than have changed: what was added behind an
    /// order's back does not become true by that.
    @Test func whatIsAddedWhileATransactionRunsForLongIsFound() async throws {
        try await TestStore.run { store in
            try await withTestFolder { folder in
                let auditor = Self.auditor(store, folder)
                try await store.pool.transaction { long in
                    _ = try await long.execute(Statement("SELECT pg_current_xact_id()::text"))
                    _ = try await store.order()
                    let order = try await store.number("SELECT min(id) AS n FROM orders")
                    try await auditor.checkpoint(now: start)
                    try await Self.tamper(
                        store,
                        """
                        INSERT INTO order_event (order_id, sequence, at, kind, actor, request_id, transaction)
                        SELECT order_id, 2, at, 'noted', 'x', '', transaction FROM order_event WHERE order_id = \(order)
                        """
                    )
                    let added = [AuditFinding.entriesAdded(order: Int64(order), entries: 2...2)]
                    #expect(try await auditor.verify().findings == added)
                    for hour in 1...2 {
                        let later = try await auditor.checkpoint(now: start + .seconds(Int64(hour) * 3600))
                        #expect(later.findings == added && later.made.heads == [])
                    }
                    #expect(try await auditor.verify().findings == added)
                }
            }
        }
    }

    @Test func laterHeadsSayWhichEntriesItWas() async throws {
        try await Self.run { store, folder, order in
            let auditor = Self.auditor(store, folder)
            try await auditor.checkpoint(now: start)
            let manager = try await store.staff(.manager)
            let number = store.store.orders.number(of: order)
            for (hour, text) in ["fourth", "fifth"].enumerated() {
                let note = try await store.send(
                    .POST,
                    "/v1/staff/orders/\(number)/notes",
                    "{\"text\": \"\(text)\"}",
                    manager.merging(["Idempotency-Key": text]) { $1 }
                )
                #expect(note.status == 200)
                try await auditor.checkpoint(now: start + .seconds(Int64(hour + 1) * 3600))
            }
            try await Self.tamper(
                store,
                "UPDATE order_event SET actor = 'x' WHERE order_id = \(order) AND sequence = 4"
            )
            #expect(try await auditor.verify().findings == [.entriesChanged(order: order, entries: 4...4)])
        }
    }

    @Test func checkpointsThemselvesAreProven() async throws {
        try await Self.run { store, folder, _ in
            let auditor = Self.auditor(store, folder)
            for hour in 0..<3 {
                try await auditor.checkpoint(now: start + .seconds(Int64(hour) * 3600))
                _ = try await store.order()
            }
            let text = try Self.read(auditor.file.path)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            // A number in a head, an instant, a whole checkpoint that is gone, and two that change places.
            let second = try #require(lines.dropFirst(4).firstIndex { $0.hasPrefix("checkpoint") })
            let copies = [
                text.replacing(#/order ([0-9]+) 3 /#) { "order \($0.1) 2 " },
                text.replacing("T20:", with: "T21:"),
                lines.enumerated().filter { !(4...second).contains($0.offset) }.map(\.element).joined(separator: "\n"),
            ]
            for copy in copies {
                #expect(copy != text)
                try write(copy.utf8, to: auditor.file.path)
                let found = try await auditor.verify().findings
                #expect(found.contains { if case .checkpointChanged = $0 { true } else { false } }, "\(copy)")
            }
            // What is no line of ours is said so, and what was not written to its end is none.
            try write((text + "order 1 2\n").utf8, to: auditor.file.path)
            await #expect(throws: AuditError.notACheckpoint(line: lines.count)) { try await auditor.verify() }
            for torn in ["order 1 2", "order 7 1 \(String(repeating: "ab", count: 32))\ncheckpoint 2026-"] {
                try write((text + torn).utf8, to: auditor.file.path)
                #expect(try await auditor.verify().findings == [])
            }
            try await auditor.checkpoint(now: start + .seconds(9 * 3600))
            #expect(try Self.read(auditor.file.path).hasPrefix(text))
            #expect(try await auditor.verify().findings == [])
        }
    }

    @Test func anotherLinkKeyGoesOnAndOneThatIsMissingIsNamed() async throws {
        try await Self.run { store, folder, order in
            try await Self.auditor(store, folder).checkpoint(now: start)
            let first = try #require(LinkKey(bytes: Array(repeating: 7, count: 32)))
            let second = try #require(LinkKey(bytes: Array(repeating: 8, count: 32)))
            let keys = try await LinkKeys.agree(on: second, previous: [first], with: store.pool)
            let auditor = Self.auditor(store, folder, keys: keys)
            #expect(try await auditor.verify().findings == [])
            _ = try await store.order()
            try await auditor.checkpoint(now: start + .seconds(3600))
            #expect(try await auditor.verify().findings == [])
            let number = keys.current
            let alone = Self.auditor(store, folder, keys: LinkKeys(current: number, keys: [number: second]))
            await #expect(throws: AuditError.keyMissing(number: store.store.keys.current)) { try await alone.verify() }
        }
    }

    /// A database that was put back is told once and not order by order, is no better by going on, and counts again when
    /// somebody says so, which stays to be seen.
    @Test func aDatabaseThatIsOlderThanItsCheckpointBeginsAnewWhenSomebodySaysSo() async throws {
        try await Self.run { store, folder, order in
            try await Self.auditor(store, folder).checkpoint(now: start)
            // What came after the restored moment is gone, and something else came.
            try await Self.tamper(store, "DELETE FROM order_event WHERE order_id = \(order) AND sequence = 3")
            let older = AuditFinding.databaseIsOlder(than: start)
            let behind = Self.auditor(store, folder, snapshot: "3:3:", laterTimelines: 0)
            let moved = Self.auditor(store, folder, laterTimelines: 1)
            for (hour, auditor) in [behind, moved].enumerated() {
                #expect(try await auditor.verify().findings == [older])
                await #expect(throws: AuditError.databaseIsOlder(than: start)) {
                    try await auditor.checkpoint(now: start + .seconds(Int64(hour + 1) * 3600))
                }
                #expect(try await auditor.verify().findings == [older])
            }
            let anew = try await moved.checkpoint(now: start + .seconds(7200), isBeginning: true)
            #expect(anew.findings == [] && anew.made.heads.count == 3)
            let accepted = try await moved.verify()
            #expect(accepted.findings == [] && accepted.newer == 0 && accepted.orders == 3)
            #expect(accepted.beginnings == [start + .seconds(7200)])
            // From there on it is compared as ever.
            _ = try await store.order()
            let next = try await moved.checkpoint(now: start + .seconds(10_800))
            #expect(next.findings == [] && next.made.heads.count == 1)
            try await Self.tamper(
                store,
                "UPDATE order_event SET actor = 'x' WHERE order_id = \(order) AND sequence = 2"
            )
            let changed = AuditFinding.entriesChanged(order: order, entries: 1...2)
            #expect(try await moved.verify().findings == [changed])
            // A beginning can't be made to look like none.
            let text = try Self.read(moved.file.path)
            let unmarked = text.replacing(" anew ", with: " ")
            #expect(unmarked != text)
            try write(unmarked.utf8, to: moved.file.path)
            let found = try await moved.verify().findings
            #expect(found.contains(.checkpointChanged(at: start + .seconds(7200))), "\(found)")
        }
    }

    /// A standby that had everything goes on where the other server ended.
    @Test func anotherTimelineThatLacksNothingIsTrue() async throws {
        try await Self.run { store, folder, _ in
            try await Self.auditor(store, folder).checkpoint(now: start)
            _ = try await store.order()
            let moved = Self.auditor(store, folder, laterTimelines: 1)
            #expect(try await moved.verify().findings == [])
            let next = try await moved.checkpoint(now: start + .seconds(3600))
            #expect(next.findings == [] && next.made.heads.count == 1)
            let report = try await moved.verify()
            #expect(report.findings == [] && report.beginnings == [] && report.newer == 0)
        }
    }

    @Test func checkpointsAtOnceFollowOneAnother() async throws {
        try await Self.run { store, folder, _ in
            let auditor = Self.auditor(store, folder)
            let made = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            try await auditor.checkpoint(now: start)
                            return true
                        } catch AuditError.inUse {
                            return false
                        } catch {
                            Issue.record("\(error)")
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(made >= 1)
            let report = try await auditor.verify()
            #expect(report.findings == [] && report.orders == 3)
        }
    }
}
