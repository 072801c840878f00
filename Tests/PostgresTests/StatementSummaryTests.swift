@testable import Postgres
import Testing

/// What a trace says of a statement: what it does to which table, and nothing of what it was given.
struct StatementSummaryTests {
    @Test(
        "A statement is known by its verb and its table",
        arguments: [
            ("SELECT a, b FROM orders WHERE id = $1", "SELECT orders"),
            ("select count(*) AS n FROM delivery_cursor", "SELECT delivery_cursor"),
            ("INSERT INTO order_line (order_id) SELECT * FROM unnest($1::bigint[])", "INSERT order_line"),
            ("UPDATE stock SET on_hand = 1 FROM unnest($1) AS taken WHERE true", "UPDATE stock"),
            ("DELETE FROM cart WHERE expires_at < $1", "DELETE cart"),
            ("SELECT part.index FROM unnest($1::bigint[]) AS part (id) JOIN feed AS place USING (id)", "SELECT feed"),
            ("WITH old AS (SELECT id FROM mail LIMIT 1) DELETE FROM mail USING old", "WITH mail"),
            ("LOCK TABLE link_key IN SHARE ROW EXCLUSIVE MODE", "LOCK link_key"),
            ("SELECT set_config('lock_timeout', $1, true)", "SELECT"), ("COMMIT", "COMMIT"), ("", ""),
        ]
    )
    func summary(_ sql: String, _ summary: String) { #expect(Statement(assembled: sql).summary == summary) }

    @Test func statementsOfOneRoundTripAreNamedOnceEach() {
        let statements = ["SELECT a FROM cart", "SELECT b FROM cart", "INSERT INTO orders (a) VALUES ($1)"]
        #expect(statements.map { Statement(assembled: $0, ["a value"]) }.summary == "SELECT cart; INSERT orders")
        let many = (0..<200).map { Statement(assembled: "DELETE FROM table_\($0)") }
        #expect(many.summary.count == 255)
    }
}
