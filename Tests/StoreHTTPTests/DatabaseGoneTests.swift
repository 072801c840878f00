import NIOCore
import NIOHTTP1
import Postgres
import TestSupport
import Testing

/// The database goes away in every way there is: the store says so, and goes on by itself when it is back.
@Suite(DatabaseTrait.store) struct DatabaseGoneTests {
    @Test(arguments: ["refused", "cut", "black hole"]) func theStoreSaysSoAndResumes(fault: String) async throws {
        let socket = Database.current.settings.socketPath
        let link = try await SlowLink(to: socket, delay: .zero)
        var connection = Database.current.settings.through(port: link.port)
        // Only who is swallowed up is given up by the time; the others hear of it.
        if fault == "black hole" {
            connection.queryTimeout = .seconds(5)
            connection.connectTimeout = .seconds(5)
        }
        try await TestStore.run(connections: 4, connection: connection) { store in
            let path = try await store.cart().path
            switch fault {
            case "refused":
                link.setOpen(false)
                link.cut()
            case "cut": link.cut()
            default: link.swallow()
            }
            if fault != "cut" {
                for _ in 0..<3 {
                    let answer = try await store.send(.GET, path)
                    #expect(answer.status == 503 && answer.problem == "unavailable")
                    #expect(answer.headers.first(name: "Retry-After") != nil)
                }
                #expect(try await store.send(.GET, "/readyz").status == 503)
                #expect(try await store.checkout(path, key: "k").status == 503)
                #expect(try await store.send(.GET, "/healthz").status == 200)
            }
            link.heal()
            try await eventually("the order is placed") {
                let answer = try await store.checkout(path, key: "k")
                #expect([201, 503].contains(answer.status), "\(answer.text)")
                return answer.status == 201
            }
            try await Database.current.withPool(connections: 1) { pool in
                try await TestStore(store: store.store, pool: pool, url: store.url, client: store.client)
                    .checkInvariants()
            }
        }
        try await link.close()
    }

    @Test func sessionsThatTheServerEndsAreReplaced() async throws {
        try await TestStore.run { store in
            let path = try await store.cart().path
            for _ in 0..<10 {
                try await Database.current.withPool(connections: 1) { other in
                    _ = try await other.read(
                        Statement(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                        )
                    )
                }
                var status = 503
                for _ in 0..<100 where status == 503 { status = try await store.send(.GET, path).status }
                #expect(status == 200)
            }
        }
    }
}
