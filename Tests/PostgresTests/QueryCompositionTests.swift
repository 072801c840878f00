import Postgres
import TestSupport
import Testing

/// Queries put together ask in one round trip, and each reads its own answers.
@Suite(.emptyDatabase) struct QueryCompositionTests {
    private struct Unwanted: Error {}

    private let one = Query(only: Statement("SELECT 1 AS n")) { try $0.value("n", as: Int.self) }
    private let words = Query(each: Statement("SELECT w FROM (VALUES ('a'), ('b')) AS t (w) ORDER BY w")) {
        try $0.value("w", as: String.self)
    }
    private let none = Query(first: Statement("SELECT 1 AS n WHERE false")) { try $0.value("n", as: Int.self) }

    @Test func answerIsMadeIntoSomethingElse() async throws {
        try await Database.current.withPool { pool in
            let (two, isNone) = try await pool.read(one.map { $0 + 1 }.map { "\($0)" }, none.map { $0 == nil })
            #expect(two == "2" && isNone)
            await #expect(throws: Unwanted.self) { try await pool.read(one.map { _ -> Int in throw Unwanted() }) }
        }
    }

    @Test func pairIsAskedTogetherAndReadApart() async throws {
        try await Database.current.withPool { pool in
            let pair = one.and(words)
            #expect(pair.statements.map(\.sql) == (one.statements + words.statements).map(\.sql))
            let answer = try await pool.read(pair)
            #expect(answer.0 == 1 && answer.1 == ["a", "b"])
            // Pairs of pairs, whichever way they are nested, and with one that asks nothing.
            let left = try await pool.read(none.and(words).and(one.map { -$0 }))
            #expect(left.0.0 == nil && left.0.1 == ["a", "b"] && left.1 == -1)
            let right = try await pool.read(Query(nothing: "no").and(one.and(Query(nothing: 7)).and(words)))
            #expect(right.0 == "no" && right.1.0.0 == 1 && right.1.0.1 == 7 && right.1.1 == ["a", "b"])
        }
    }

    @Test func queryThatAsksNothingHasItsAnswer() async throws {
        try await Database.current.withPool { pool in
            let answer = try await pool.read(Query(nothing: 7))
            #expect(answer == 7 && Query(nothing: 7).statements.isEmpty)
        }
    }

    @Test func severalQueriesOfOneTripReadTheirOwnAnswers() async throws {
        try await Database.current.withPool { pool in
            try await pool.makeKeptTable()
            let count = Query(only: Statement("SELECT count(*) AS n FROM kept")) { try $0.value("n", as: Int.self) }
            let (a, b, c, d) = try await pool.read(words, Query(nothing: 7), one.and(none), words.map(\.count))
            #expect(a == ["a", "b"] && b == 7 && c.0 == 1 && c.1 == nil && d == 2)
            let insert = Statement("INSERT INTO kept (id) VALUES (1)")
            let (before, after) = try await pool.write(after: [insert], one, count)
            #expect(before == 1 && after == 1)
            #expect(try await pool.write(after: [Statement("DELETE FROM kept")], count) == 0)
        }
    }
}
