import AsyncHTTPClient
import Catalog
import NIOCore
import NIOHTTP1
import Postgres
import Schema
import TestSupport
import Testing

/// A server that is told to stop while its clients go on.
@Suite struct StoppingTests {
    /// Runs a body beside a database on a port that holds a catalog.
    private func withStoreDatabase(_ body: @Sendable (_ port: Int, _ name: String) async throws -> Void) async throws {
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            let pool = Pool(settings.patient, limits: .patient(connections: 8))
            _ = try await Migrator(Schema.migrations).migrate(pool)
            try await CatalogFile(CatalogFile.demoBytes).load(into: pool)
            await pool.close()
            let link = try await SlowLink(to: settings.socketPath, delay: .zero)
            try await body(link.port, settings.databaseName)
            try await link.close()
        }
    }

    /// What became of the requests of one client that keeps its connection.
    private struct Outcome: Sendable {
        var answered = 0
        var lost = 0
        /// Whether the server said that the connection ends, or ended it while nothing was asked.
        var wasTold = false
    }

    /// Asks on one connection, again and again, until it is told to leave.
    /// - Parameter atWork: counts those that were answered twice.
    private func ask(_ port: Int, pause: Duration, _ atWork: Counter) async -> Outcome {
        var outcome = Outcome()
        var heard = ContinuousClock.now
        guard let connection = RawConnection(port: port) else { return outcome }
        defer { connection.close() }
        while outcome.lost == 0, !Task.isCancelled {
            try? await Task.sleep(for: pause)
            let isSent = connection.send("GET /v1/store HTTP/1.1\r\nHost: a\r\n\r\n")
            let idle = ContinuousClock.now - heard
            let answer = isSent ? await connection.receive(until: RawConnection.isAnswer).text : ""
            guard RawConnection.isAnswer(answer) else {
                // One that was idle for so long may have been ended meanwhile: a machine that stalls is no loss.
                if answer.isEmpty, idle > .seconds(4) { outcome.wasTold = true } else { outcome.lost += 1 }
                break
            }
            heard = .now
            outcome.answered += 1
            if outcome.answered == 2 { atWork.increment() }
            if answer.lowercased().contains("\r\nconnection: close\r\n") {
                outcome.wasTold = true
                break
            }
        }
        return outcome
    }

    @Test func nobodyWhoKeptAConnectionLosesARequest() async throws {
        try await withStoreDatabase { databasePort, name in
            // Two of the five wait for clients who have asked nothing for long.
            for round in 0..<5 {
                let store = try await StoreProcess.start(databasePort: databasePort, database: name)
                try await stop(store, longestPause: .milliseconds(round < 2 ? 1_500 : 300))
            }
        }
    }

    private func stop(_ store: StoreProcess, longestPause: Duration) async throws {
        let port = try #require(Int(store.url.split(separator: ":").last ?? ""))
        let atWork = Counter()
        let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for client in 0..<80 {
                // Some ask all the time and some now and then: these have an idle connection when the server stops.
                group.addTask {
                    await ask(port, pause: client % 4 == 0 ? longestPause : .milliseconds(5 * (client % 4)), atWork)
                }
            }
            group.addTask {
                defer { store.terminate() }
                try await eventually("all of them are at work") { atWork.value == 80 }
                return Outcome(wasTold: true)
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(await store.waitForExit() == 0)
        #expect(outcomes.map(\.lost).reduce(0, +) == 0)
        let untold = outcomes.count { !$0.wasTold }
        #expect(untold == 0)
        #expect(outcomes.map(\.answered).reduce(0, +) > 80)
    }

    @Test func readinessGoesSomeTimeBeforeTheServer() async throws {
        try await withStoreDatabase { databasePort, name in
            let store = try await StoreProcess.start(
                databasePort: databasePort,
                database: name,
                environment: ["AFTERCARE_STOP_NOTICE=30"]
            )
            let client = HTTPClient.wide()
            #expect(try await client.send(.GET, store.url + "/readyz").status == 200)
            store.terminate()
            try await eventually("it is not ready any more, and serves") {
                let ready = try await client.send(.GET, store.url + "/readyz")
                let served = try await client.send(.GET, store.url + "/v1/store")
                return ready.status == 503 && ready.text.contains("about to stop") && served.status == 200
            }
            try await client.shutdown()
            #expect(await store.waitForExit() == 0)
        }
    }
}
