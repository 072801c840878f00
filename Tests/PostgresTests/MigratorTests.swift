import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct MigratorTests {
    private static let steps = [
        Migration(number: 1, name: "first", sql: "CREATE TABLE kept (id int); INSERT INTO kept VALUES (1);"),
        Migration(number: 2, name: "second", sql: "ALTER TABLE kept ADD COLUMN n int; UPDATE kept SET n = 7;"),
        Migration(number: 3, name: "third", sql: "ALTER TABLE kept ALTER COLUMN n SET NOT NULL"),
    ]

    @Test func stepsRunInOrderAndOnlyOnce() async throws {
        try await Database.current.withPool { pool in
            #expect(try await Migrator(Self.steps).pending(pool).map(\.number) == [1, 2, 3])
            let first = try await Migrator(Array(Self.steps.prefix(1))).migrate(pool)
            #expect(first.map(\.number) == [1])
            #expect(try await Migrator(Self.steps).pending(pool).map(\.number) == [2, 3])
            let rest = try await Migrator(Self.steps).migrate(pool)
            #expect(rest.map(\.number) == [2, 3])
            let again = try await Migrator(Self.steps).migrate(pool)
            #expect(again.isEmpty)
            #expect(try await Migrator(Self.steps).pending(pool).isEmpty)
            #expect(try await pool.number("SELECT n FROM kept") == 7)
            #expect(try await pool.number("SELECT count(*) AS n FROM migration") == 3)
        }
    }

    @Test func migratorsAtTheSameTimeRunEachStepOnce() async throws {
        try await Database.current.withPool { pool in
            let ran = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        // Each as a program of its own would.
                        try await Database.current.withPool(
                            connections: 1,
                            { settings, _ in
                                settings.connectTimeout = .seconds(30)
                                settings.queryTimeout = .seconds(30)
                            }
                        ) { own in
                            try await Migrator(Self.steps).migrate(own).map(\.number)
                        }
                    }
                }
                var ran: [Int] = []
                for try await steps in group { ran += steps }
                return ran
            }
            #expect(ran.sorted() == [1, 2, 3])
            #expect(try await pool.number("SELECT count(*) AS n FROM kept") == 1)
        }
    }

    @Test func editedStepIsRefused() async throws {
        try await Database.current.withPool { pool in
            _ = try await Migrator(Self.steps).migrate(pool)
            var edited = Self.steps
            edited[1] = Migration(number: 2, name: "second", sql: "ALTER TABLE kept ADD COLUMN n int8")
            let migrator = Migrator(edited)
            await #expect(throws: MigrationError.edited(number: 2, name: "second")) {
                _ = try await migrator.migrate(pool)
            }
            await #expect(throws: MigrationError.edited(number: 2, name: "second")) {
                _ = try await migrator.pending(pool)
            }
        }
    }

    @Test func newerDatabaseIsRefused() async throws {
        try await Database.current.withPool { pool in
            _ = try await Migrator(Self.steps).migrate(pool)
            let older = Migrator(Array(Self.steps.prefix(2)))
            await #expect(throws: MigrationError.newerDatabase(number: 3, name: "third", known: 2)) {
                _ = try await older.migrate(pool)
            }
            await #expect(throws: MigrationError.newerDatabase(number: 3, name: "third", known: 2)) {
                _ = try await older.pending(pool)
            }
        }
    }

    /// A list of steps that was made before it said what is compatible is read like any other.
    @Test func listOfStepsOfAnEarlierProgramIsRead() async throws {
        try await Database.current.withPool { pool in
            _ = try await Migrator(Array(Self.steps.prefix(1))).migrate(pool)
            _ = try await pool.write([Statement("ALTER TABLE migration DROP COLUMN is_compatible")])
            #expect(try await Migrator(Self.steps).pending(pool).map(\.number) == [2, 3])
            await #expect(throws: MigrationError.newerDatabase(number: 1, name: "first", known: 0)) {
                _ = try await Migrator([]).pending(pool)
            }
        }
    }

    /// An earlier program goes on where each step that it lacks allows it; one that does not ends that.
    @Test func newerStepThatOnlyAddsLeavesEarlierProgramsAtWork() async throws {
        try await Database.current.withPool { pool in
            let adding = Migration(
                number: 4,
                name: "fourth",
                sql: "-- Earlier programs work on this.\nALTER TABLE kept ADD COLUMN note text;"
            )
            let breaking = Migration(number: 5, name: "fifth", sql: "ALTER TABLE kept DROP COLUMN n")
            _ = try await Migrator(Self.steps + [adding]).migrate(pool)
            let earlier = Migrator(Self.steps)
            #expect(try await earlier.pending(pool).isEmpty)
            #expect(try await earlier.migrate(pool).isEmpty)
            _ = try await Migrator(Self.steps + [adding, breaking]).migrate(pool)
            await #expect(throws: MigrationError.newerDatabase(number: 5, name: "fifth", known: 3)) {
                _ = try await earlier.pending(pool)
            }
        }
    }

    /// What another hand has made is named with what to do; what a step says of a customer's values is not repeated.
    @Test func aRefusedStepIsNamedWithItsCause() async throws {
        try await Database.current.withPool { pool in
            _ = try await pool.write([
                Statement("CREATE TABLE taken (email text)"),
                Statement("INSERT INTO taken VALUES ('ada@example.com'), ('ada@example.com')"),
            ])
            func said(_ sql: String) async -> String {
                let migrator = Migrator([Migration(number: 1, name: "first", sql: sql)])
                let error = await #expect(throws: MigrationError.self) { _ = try await migrator.migrate(pool) }
                return error?.description ?? ""
            }
            let taken = await said("CREATE TABLE taken (id int)")
            #expect(taken.contains("migration 1 (first)") && taken.contains("\"taken\" already exists"), "\(taken)")
            #expect(taken.contains("restore a whole backup"))
            let doubled = await said("CREATE UNIQUE INDEX ON taken (email)")
            #expect(doubled.contains("23505") && !doubled.contains("ada@"), "\(doubled)")
        }
    }

    @Test func failingStepLeavesNoTraceAndKeepsTheStepsBeforeIt() async throws {
        try await Database.current.withPool { (pool) async throws -> Void in
            var broken = Self.steps
            broken[1] = Migration(
                number: 2,
                name: "second",
                sql: "CREATE TABLE half (id int); INSERT INTO nowhere VALUES (1);"
            )
            let migrator = Migrator(broken)
            let refused = await #expect(throws: MigrationError.self) { _ = try await migrator.migrate(pool) }
            guard case .refused(2, "second", let error) = refused else {
                Issue.record("\(refused as Any)")
                return
            }
            #expect(error.state == .undefinedTable)
            #expect(try await pool.number("SELECT count(*) AS n FROM pg_class WHERE relname = 'half'") == 0)
            #expect(try await migrator.pending(pool).map(\.number) == [2, 3])
            // The mended step runs.
            #expect(try await Migrator(Self.steps).migrate(pool).map(\.number) == [2, 3])
        }
    }
}
