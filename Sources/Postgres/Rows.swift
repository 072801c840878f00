import CLibPQ

/// The answer to one statement: its rows, copied out of libpq, so that it can go anywhere.
public struct Rows: Sendable, RandomAccessCollection {
    /// A column of the answer.
    public struct Column: Sendable, Equatable {
        /// The name as the statement gives it.
        public let name: String
        /// The column's type.
        public let type: PostgresType
    }

    /// The columns, in the statement's order.
    public let columns: [Column]
    /// The rows that a statement without an answer touched; for a SELECT, the rows it returned.
    public let affected: Int
    fileprivate let bytes: [UInt8]
    /// The end of each value in `bytes`, row by row; NULL is the complement of the end so far.
    fileprivate let ends: [Int]

    public var startIndex: Int { 0 }
    public let endIndex: Int

    /// The row at a position.
    public subscript(position: Int) -> Row { Row(rows: self, index: position) }

    init(result: OpaquePointer) {
        let columnCount = PQnfields(result)
        let rowCount = PQntuples(result)
        columns = (0..<columnCount).map { column in
            Column(
                name: PQfname(result, column).map { String(cString: $0) } ?? "",
                type: PostgresType(rawValue: PQftype(result, column))
            )
        }
        var bytes: [UInt8] = []
        var ends: [Int] = []
        ends.reserveCapacity(Int(rowCount) * Int(columnCount))
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                if PQgetisnull(result, row, column) == 1 {
                    ends.append(~bytes.count)
                } else {
                    let length = Int(PQgetlength(result, row, column))
                    bytes.append(
                        contentsOf: UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: length)
                    )
                    ends.append(bytes.count)
                }
            }
        }
        self.bytes = bytes
        self.ends = ends
        endIndex = Int(rowCount)
        affected = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// The only row.
    /// - Throws: `PostgresError.decoding` when there are none or several.
    public func single() throws(PostgresError) -> Row {
        guard count == 1 else {
            throw .decoding(DecodingFailure(column: "", reason: .unexpectedRowCount(count)))
        }
        return self[0]
    }
}

/// One row of an answer.
public struct Row: Sendable {
    fileprivate let rows: Rows
    fileprivate let index: Int

    /// The value of a column that is never NULL.
    /// - Throws: `PostgresError.decoding`, naming the column, when it is missing, NULL or of another type.
    public func value<Value: PostgresValue>(
        _ column: String,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard let value = try optional(column, as: type) else {
            throw .decoding(DecodingFailure(column: column, reason: .unexpectedNull))
        }
        return value
    }

    /// The value of a column that may be NULL.
    /// - Throws: `PostgresError.decoding`, naming the column, when it is missing or of another type.
    public func optional<Value: PostgresValue>(
        _ column: String,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value? {
        func failure(_ reason: DecodingFailure.Reason) -> PostgresError {
            .decoding(DecodingFailure(column: column, reason: reason))
        }
        guard let position = rows.columns.firstIndex(where: { $0.name == column }) else { throw failure(.noSuchColumn) }
        let found = rows.columns[position].type
        guard Value.accepts(found) else { throw failure(.wrongType(found: found, wanted: "\(Value.self)")) }
        let cell = index * rows.columns.count + position
        let end = rows.ends[cell]
        if end < 0 { return nil }
        let before = cell == 0 ? 0 : rows.ends[cell - 1]
        let start = before < 0 ? ~before : before
        do {
            return try Value(postgres: rows.bytes[start..<end], type: found)
        } catch {
            switch error {
            case .malformed: throw failure(.malformed(wanted: "\(Value.self)"))
            case .outOfRange: throw failure(.outOfRange(wanted: "\(Value.self)"))
            }
        }
    }
}
