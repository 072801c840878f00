/// New rows for a table, each column beside what goes into it. One statement writes them, however many there are.
public struct Insertion<Element>: Sendable {
    /// A column and its value in a new row.
    public struct Column: Sendable {
        /// The column's name.
        public let name: String
        /// What makes the column's value of the parameter's element, which stands at `%`.
        let expression: String
        let bind: @Sendable ([Element], inout Parameters) throws -> Void

        /// A column that takes a value as it is.
        /// - Parameter expression: SQL that makes the column's value, with `%` where the bound one stands.
        public static func column<Value: PostgresValue>(
            _ name: StaticString,
            as expression: StaticString = "%",
            _ value: @escaping @Sendable (Element) throws -> Value
        ) -> Column {
            Column(name: name.description, expression: expression.description) { rows, parameters in
                try parameters.append(rows) { .some(try value($0)) }
            }
        }

        /// A column that takes a value or NULL.
        public static func optional<Value: PostgresValue>(
            _ name: StaticString,
            as expression: StaticString = "%",
            _ value: @escaping @Sendable (Element) throws -> Value?
        ) -> Column {
            Column(name: name.description, expression: expression.description) { rows, parameters in
                try parameters.append(rows, value)
            }
        }

        /// The same column of rows that hold such an element as a part.
        public func of<Whole>(_ part: @escaping @Sendable (Whole) -> Element) -> Insertion<Whole>.Column {
            Insertion<Whole>.Column(name: name, expression: expression) { [bind] wholes, parameters in
                try bind(wholes.map(part), &parameters)
            }
        }
    }

    private let sql: String
    private let columns: [Column]

    /// An insertion into a table.
    /// - Parameters:
    ///   - key: the column by which a row that is there already is found, to be made what the new one is.
    ///   - kept: the column by which a row that is there already is found, to stay as it is.
    public init(
        into table: StaticString,
        _ columns: [Column],
        replacing key: StaticString? = nil,
        keeping kept: StaticString? = nil
    ) {
        self.columns = columns
        let names = columns.map(\.name).joined(separator: ", ")
        let values = columns.map { column in
            column.expression.split(separator: "%", omittingEmptySubsequences: false).joined(separator: column.name)
        }
        let parameters = columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        var sql = """
            INSERT INTO \(table) (\(names)) SELECT \(values.joined(separator: ", ")) \
            FROM unnest(\(parameters)) AS fresh (\(names))
            """
        if let key {
            let changes = columns.map(\.name).filter { $0 != key.description }.map { "\($0) = EXCLUDED.\($0)" }
            sql += " ON CONFLICT (\(key)) DO UPDATE SET \(changes.joined(separator: ", "))"
        }
        if let kept { sql += " ON CONFLICT (\(kept)) DO NOTHING" }
        self.sql = sql
    }

    /// The statement that writes some rows.
    /// - Throws: what a column's value throws.
    public func statement(_ rows: [Element]) throws -> Statement {
        var parameters = Parameters()
        for column in columns { try column.bind(rows, &parameters) }
        return Statement(sql: sql, parameters: parameters)
    }
}
