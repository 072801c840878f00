import Postgres

extension Pool {
    /// The number that a statement answers with, in a column called `n`.
    func number(_ sql: StaticString) async throws -> Int {
        try await read(Statement(sql)).single().value("n")
    }

    /// Makes the table that most tests write to.
    func makeKeptTable() async throws {
        _ = try await write([Statement("CREATE TABLE kept (id bigint PRIMARY KEY, n bigint NOT NULL DEFAULT 0)")])
    }

    func keptRows() async throws -> Int { try await number("SELECT count(*) AS n FROM kept") }
}
