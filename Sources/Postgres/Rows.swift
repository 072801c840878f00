import CLibPQ
import Synchronization

/// The answer to one statement: its rows, copied out of libpq, so that it can go anywhere.
public struct Rows: Sendable, RandomAccessCollection {
    /// A column of the answer.
    public struct Column: Sendable, Equatable {
        /// The name as the statement gives it.
        public let name: String
        /// The column's type.
        public let type: PostgresType
    }

    /// The columns of a statement's answers: known once, they serve each time that it is carried out.
    @usableFromInline
    final class Shape: Sendable {
        @usableFromInline let columns: [Column]
        /// Where each name is first.
        private let positions: [String: Int]
        /// Whether every column has a name of its own. Where one stands twice, nothing is guessed: the first is meant.
        private let areDistinct: Bool
        /// The column after the one that was asked for last. Readers ask in the statement's order, row after row, so that
        /// this is nearly always the next one; it is a guess, checked each time, and any thread may change it.
        private let guess = Atomic(0)

        init(of result: OpaquePointer) {
            columns = (0..<PQnfields(result)).map { column in
                Column(
                    name: PQfname(result, column).map { String(cString: $0) } ?? "",
                    type: PostgresType(rawValue: PQftype(result, column))
                )
            }
            positions = Dictionary(columns.enumerated().map { ($1.name, $0) }) { first, _ in first }
            areDistinct = positions.count == columns.count
        }

        /// Where a column is; nil where there is none of this name.
        @usableFromInline
        func position(of name: String) -> Int? {
            let guessed = guess.load(ordering: .relaxed)
            if areDistinct, guessed < columns.count, columns[guessed].name == name {
                guess.store(guessed + 1 == columns.count ? 0 : guessed + 1, ordering: .relaxed)
                return guessed
            }
            guard let position = positions[name] else { return nil }
            guess.store(position + 1 == columns.count ? 0 : position + 1, ordering: .relaxed)
            return position
        }
    }

    @usableFromInline let shape: Shape
    /// The columns, in the statement's order.
    public var columns: [Column] { shape.columns }
    /// The rows that a statement without an answer touched; for a SELECT, the rows it returned.
    public let affected: Int
    @usableFromInline let bytes: [UInt8]
    /// The end of each value in `bytes`, row by row; NULL is the complement of the end so far.
    @usableFromInline let ends: [Int]

    public var startIndex: Int { 0 }
    public let endIndex: Int

    /// The row at a position.
    public subscript(position: Int) -> Row { Row(rows: self, index: position) }

    /// - Parameter shape: the columns, where they are known.
    init(result: OpaquePointer, shape: Shape? = nil) {
        self.shape = shape ?? Shape(of: result)
        let columnCount = PQnfields(result)
        let rowCount = PQntuples(result)
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
    @usableFromInline let rows: Rows
    @usableFromInline let index: Int

    init(rows: Rows, index: Int) { (self.rows, self.index) = (rows, index) }

    /// The value of a column that is never NULL.
    /// - Throws: `PostgresError.decoding`, naming the column, when it is missing, NULL or of another type.
    @inlinable
    public func value<Value: PostgresValue>(
        _ column: String,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard let value = try optional(column, as: type) else { throw Self.failure(column, .unexpectedNull) }
        return value
    }

    /// The value of a column that may be NULL.
    /// - Throws: `PostgresError.decoding`, naming the column, when it is missing or of another type.
    @inlinable
    public func optional<Value: PostgresValue>(
        _ column: String,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value? {
        guard let position = rows.shape.position(of: column) else { throw Self.failure(column, .noSuchColumn) }
        let found = rows.shape.columns[position].type
        guard Value.accepts(found) else {
            throw Self.failure(column, .wrongType(found: found, wanted: "\(Value.self)"))
        }
        guard let range = range(of: position) else { return nil }
        do {
            return try Value(postgres: rows.bytes[range], type: found)
        } catch {
            switch error {
            case .malformed: throw Self.failure(column, .malformed(wanted: "\(Value.self)"))
            case .outOfRange: throw Self.failure(column, .outOfRange(wanted: "\(Value.self)"))
            }
        }
    }

    /// The rows inside a column, which `ARRAY(SELECT ROW(…) …)` makes; none for NULL.
    /// - Throws: `PostgresError.decoding`, naming the column, when it is missing or holds something else.
    public func records(_ column: String) throws(PostgresError) -> [Record] {
        guard let position = rows.shape.position(of: column) else { throw Self.failure(column, .noSuchColumn) }
        let found = rows.shape.columns[position].type
        guard found == Record.arrayType else {
            throw Self.failure(column, .wrongType(found: found, wanted: "record[]"))
        }
        guard let range = range(of: position) else { return [] }
        return try Record.list(rows.bytes[range], of: column)
    }

    /// Where a value lies in the rows' bytes; nil for NULL.
    @usableFromInline
    func range(of position: Int) -> Range<Int>? {
        let cell = index * rows.shape.columns.count + position
        let end = rows.ends[cell]
        if end < 0 { return nil }
        let before = cell == 0 ? 0 : rows.ends[cell - 1]
        return (before < 0 ? ~before : before)..<end
    }

    @usableFromInline
    static func failure(_ column: String, _ reason: DecodingFailure.Reason) -> PostgresError {
        .decoding(DecodingFailure(column: column, reason: reason))
    }
}
