import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct ListenerTests {
    @Test func announcementsArriveInOrderAndALostConnectionIsRenewed() async throws {
        try await Database.current.withPool { pool in
            let events = Collector<Listener.Event>()
            let listener = try Listener(Database.current.settings, channels: ["orders", "guides"])
            let listening = Task { try await listener.run { event in events.append(event) } }
            try await eventually("the listener listens") { events.all.count == 1 }
            for number in 1...20 {
                _ = try await pool.write([
                    Statement("SELECT pg_notify($1, $2)", number.isMultiple(of: 2) ? "orders" : "guides", "\(number)")
                ])
            }
            try await eventually("every announcement has arrived") { events.all.count == 21 }
            let expected = (1...20).map { number in
                Listener.Event.notification(
                    channel: number.isMultiple(of: 2) ? "orders" : "guides",
                    payload: "\(number)"
                )
            }
            #expect(events.all == [.listening] + expected)

            let process: Int32 = try await pool.read(
                Statement(
                    """
                    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'
                    """
                )
            ).single().value("pid")
            try await pool.terminate(process)
            try await eventually("the listener listens again") { events.all.count == 22 }
            #expect(events.all.last == .listening)
            _ = try await pool.write([Statement("SELECT pg_notify('orders', 'again')")])
            try await eventually("the announcement has arrived") { events.all.count == 23 }
            #expect(events.all.last == .notification(channel: "orders", payload: "again"))

            listening.cancel()
            #expect(await listening.postgresError == .cancelled)
        }
    }

    @Test func announcementOfAnUndoneTransactionIsNeverHeard() async throws {
        struct Refusal: Error {}
        try await Database.current.withPool { pool in
            let events = Collector<Listener.Event>()
            let listener = try Listener(Database.current.settings, channels: ["orders"])
            let listening = Task { try await listener.run { event in events.append(event) } }
            try await eventually("the listener listens") { events.all.count == 1 }
            await #expect(throws: Refusal.self) {
                try await pool.transaction { transaction in
                    _ = try await transaction.execute(Statement("SELECT pg_notify('orders', 'undone')"))
                    throw Refusal()
                }
            }
            _ = try await pool.write([Statement("SELECT pg_notify('orders', 'done')")])
            try await eventually("the announcement has arrived") { events.all.count == 2 }
            #expect(events.all == [.listening, .notification(channel: "orders", payload: "done")])
            listening.cancel()
            _ = await listening.result
        }
    }

    @Test func listenerEndsWhenItsHandlerThrows() async throws {
        struct Refusal: Error {}
        let listener = try Listener(Database.current.settings, channels: ["orders"])
        await #expect(throws: Refusal.self) { try await listener.run { _ in throw Refusal() } }
    }

    @Test(arguments: [
        "", "Orders", "or-ders", "orders; DROP TABLE kept", "ord\u{E9}rs", String(repeating: "a", count: 64),
    ])
    func channelThatIsNoPlainNameIsMisuse(_ channel: String) throws {
        let refused = #expect(throws: PostgresError.self) {
            _ = try Listener(Database.current.settings, channels: [channel])
        }
        guard case .misuse = refused else {
            Issue.record("refused with \(String(describing: refused))")
            return
        }
    }
}
