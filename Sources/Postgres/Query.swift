/// Statements and the reading of their answers, as one value: what the module that owns a table hands to whoever composes
/// a round trip. Most queries are one statement.
public struct Query<Answer: Sendable>: Sendable {
    /// The statements to send.
    public let statements: [Statement]
    /// Makes the answer of the statements' rows.
    let read: @Sendable (ArraySlice<Rows>) throws -> Answer

    private init(_ statements: [Statement], read: @escaping @Sendable (ArraySlice<Rows>) throws -> Answer) {
        self.statements = statements
        self.read = read
    }

    /// A query that reads the answer as a whole.
    public init(_ statement: Statement, _ read: @escaping @Sendable (Rows) throws -> Answer) {
        self.init([statement], read: { try read($0[$0.startIndex]) })
    }

    /// A query for every row, in the statement's order.
    public init<Element>(each statement: Statement, _ read: @escaping @Sendable (Row) throws -> Element)
    where Answer == [Element] {
        self.init(statement) { try $0.map(read) }
    }

    /// A query for the first row; nil where there is none.
    public init<Value>(first statement: Statement, _ read: @escaping @Sendable (Row) throws -> Value)
    where Answer == Value? {
        self.init(statement) { try $0.first.map(read) }
    }

    /// A query for the only row.
    public init(only statement: Statement, _ read: @escaping @Sendable (Row) throws -> Answer) {
        self.init(statement) { try read(try $0.single()) }
    }

    /// A query that asks nothing.
    public init(nothing answer: Answer) { self.init([], read: { _ in answer }) }

    /// The same query with its answer made into something else.
    public func map<Value: Sendable>(_ transform: @escaping @Sendable (Answer) throws -> Value) -> Query<Value> {
        Query<Value>(statements) { [read] in try transform(try read($0)) }
    }

    /// This query and another one, asked in the same round trip.
    public func and<Other>(_ other: Query<Other>) -> Query<(Answer, Other)> {
        let count = statements.count
        return Query<(Answer, Other)>(statements + other.statements) { [read] rows in
            (try read(rows.prefix(count)), try other.read(rows.dropFirst(count)))
        }
    }
}

extension Pool {
    /// Asks one query.
    public func read<Answer: Sendable>(_ query: Query<Answer>) async throws -> Answer {
        try query.read(try await read(query.statements)[...])
    }

    /// Asks one query that may take so long.
    public func read<Answer: Sendable>(_ query: Query<Answer>, timeout: Duration) async throws -> Answer {
        try query.read(try await read(query.statements, timeout: timeout)[...])
    }

    /// Asks queries in one round trip; see `Connection.read`.
    public func read<each Answer: Sendable>(_ query: repeat Query<each Answer>) async throws -> (repeat each Answer) {
        try Answers(try await read(statements(repeat each query))).read(repeat each query)
    }

    /// Writes in one round trip and one transaction, with one query at the end.
    public func write<Answer: Sendable>(
        after statements: [Statement] = [],
        _ query: Query<Answer>
    ) async throws -> Answer {
        try await write(after: statements, query, timeout: nil)
    }

    /// The same for what may take longer than a request does.
    public func write<Answer: Sendable>(
        after statements: [Statement],
        _ query: Query<Answer>,
        timeout: Duration?
    ) async throws -> Answer {
        let rows = try await write(statements + query.statements, timeout: timeout)
        return try query.read(rows.dropFirst(statements.count))
    }

    /// Writes in one round trip and one transaction, statements whose answers nobody wants first; see `Connection.write`.
    public func write<each Answer: Sendable>(
        after statements: [Statement] = [],
        _ query: repeat Query<each Answer>
    ) async throws -> (repeat each Answer) {
        let rows = try await write(statements + Postgres.statements(repeat each query))
        return try Answers(Array(rows.dropFirst(statements.count))).read(repeat each query)
    }
}

extension Transaction {
    /// Asks one query, behind statements whose answers nobody wants, and keeps the transaction open.
    public func read<Answer: Sendable>(
        after statements: [Statement] = [],
        _ query: Query<Answer>
    ) async throws -> Answer {
        try query.read(try await execute(statements + query.statements).dropFirst(statements.count))
    }

    /// Asks queries in one round trip, behind statements whose answers nobody wants, and keeps the transaction open.
    public func read<each Answer: Sendable>(
        after statements: [Statement] = [],
        _ query: repeat Query<each Answer>
    ) async throws -> (repeat each Answer) {
        let rows = try await execute(statements + Postgres.statements(repeat each query))
        return try Answers(Array(rows.dropFirst(statements.count))).read(repeat each query)
    }

    /// Runs the last statements, then a query, and commits, all in one round trip: the query sees what was written.
    public func commit<Answer: Sendable>(
        after statements: [Statement],
        _ query: Query<Answer>
    ) async throws -> Answer {
        try query.read(try await commit(statements + query.statements).dropFirst(statements.count))
    }
}

private func statements<each Answer: Sendable>(_ query: repeat Query<each Answer>) -> [Statement] {
    var statements: [Statement] = []
    for query in repeat each query { statements += query.statements }
    return statements
}

/// The answers to several queries, read one after the other.
private struct Answers {
    private var rest: ArraySlice<Rows>

    init(_ rows: [Rows]) { rest = rows[...] }

    func read<each Answer: Sendable>(_ query: repeat Query<each Answer>) throws -> (repeat each Answer) {
        var answers = self
        return (repeat try answers.next(each query))
    }

    private mutating func next<Answer>(_ query: Query<Answer>) throws -> Answer {
        defer { rest = rest.dropFirst(query.statements.count) }
        return try query.read(rest.prefix(query.statements.count))
    }
}
