import Links
import Postgres
import Records
import TestSupport
import Testing

/// What is looked into is not changed by that.
@Suite(DatabaseTrait.store) struct LinkKeyLookTests {
    @Test func lookingForAKeyTellsTheDatabaseOfNone() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            func key(_ byte: UInt8) throws -> LinkKey {
                try #require(LinkKey(bytes: Array(repeating: byte, count: 32)))
            }
            func count() async throws -> Int {
                try await pool.read(Statement("SELECT count(*) AS n FROM link_key")).single().value("n")
            }
            let (first, second) = (try key(1), try key(2))
            #expect(try await LinkKeys.look(for: first, previous: [], in: pool).current == 0)
            #expect(try await count() == 0)
            #expect(try await LinkKeys.agree(on: first, previous: [], with: pool).current == 0)
            #expect(try await LinkKeys.look(for: second, previous: [first], in: pool).current == 1)
            #expect(try await count() == 1)
            // A server with the former key alone starts as before.
            #expect(try await LinkKeys.agree(on: first, previous: [], with: pool).current == 0)
            await #expect(throws: LinkKeys.KeyError.unknownKeyInUse) {
                try await LinkKeys.look(for: second, previous: [], in: pool)
            }
            try await InstallationMode.compare(.test, with: pool)
            try await InstallationMode.agree(on: .live, with: pool)
            await #expect(throws: InstallationMode.Mismatch.self) {
                try await InstallationMode.compare(.test, with: pool)
            }
        }
    }
}
