/// A row inside a column, as `ROW(…)` makes one. Its fields have no names: they are read one after the other, in the
/// order in which the statement lists them.
public struct Record: Sendable {
    private var rest: ArraySlice<UInt8>
    private let column: String

    /// The `record` type and its array.
    private static let type = PostgresType(rawValue: 2249)
    static let arrayType = PostgresType(rawValue: 2287)

    /// The next field, which is never NULL.
    /// - Throws: `PostgresError.decoding`, naming the column, when it is missing, NULL or of another type.
    public mutating func value<Value: PostgresValue>(as type: Value.Type = Value.self) throws(PostgresError) -> Value {
        guard let value = try optional(as: type) else { throw Row.failure(column, .unexpectedNull) }
        return value
    }

    /// The next field, which may be NULL.
    /// - Throws: `PostgresError.decoding`, naming the column, when it is missing or of another type.
    public mutating func optional<Value: PostgresValue>(
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value? {
        let (found, bytes) = try field()
        guard Value.accepts(found) else {
            throw Row.failure(column, .wrongType(found: found, wanted: "\(Value.self)"))
        }
        guard let bytes else { return nil }
        do {
            return try Value(postgres: bytes, type: found)
        } catch {
            switch error {
            case .malformed: throw Row.failure(column, .malformed(wanted: "\(Value.self)"))
            case .outOfRange: throw Row.failure(column, .outOfRange(wanted: "\(Value.self)"))
            }
        }
    }

    /// The next field, which is an array of rows.
    public mutating func records() throws(PostgresError) -> [Record] {
        let (found, bytes) = try field()
        guard found == Self.arrayType, let bytes else {
            throw Row.failure(column, .wrongType(found: found, wanted: "record[]"))
        }
        return try Self.list(bytes, of: column)
    }

    /// The rows of a binary array.
    static func list(_ bytes: ArraySlice<UInt8>, of column: String) throws(PostgresError) -> [Record] {
        var rest = bytes
        func integer() throws(PostgresError) -> Int { try take32(&rest, column) }
        let dimensions = try integer()
        _ = try integer()
        guard PostgresType(rawValue: UInt32(truncatingIfNeeded: try integer())) == type else {
            throw Row.failure(column, .malformed(wanted: "record[]"))
        }
        if dimensions == 0 { return [] }
        let count = try integer()
        _ = try integer()
        guard dimensions == 1, count >= 0, count <= rest.count / 4 else {
            throw Row.failure(column, .malformed(wanted: "record[]"))
        }
        var records: [Record] = []
        records.reserveCapacity(count)
        for _ in 0..<count {
            var fields = try take(&rest, try integer(), column)
            // How many fields there are: whoever reads them knows.
            _ = try take32(&fields, column)
            records.append(Record(rest: fields, column: column))
        }
        return records
    }

    private mutating func field() throws(PostgresError) -> (PostgresType, ArraySlice<UInt8>?) {
        let type = PostgresType(rawValue: UInt32(truncatingIfNeeded: try Self.take32(&rest, column)))
        let length = try Self.take32(&rest, column)
        return (type, length < 0 ? nil : try Self.take(&rest, length, column))
    }

    private static func take(
        _ rest: inout ArraySlice<UInt8>,
        _ count: Int,
        _ column: String
    ) throws(PostgresError) -> ArraySlice<UInt8> {
        guard count >= 0, rest.count >= count else { throw Row.failure(column, .malformed(wanted: "record")) }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func take32(_ rest: inout ArraySlice<UInt8>, _ column: String) throws(PostgresError) -> Int {
        let bytes = try take(&rest, 4, column)
        return Int(bytes.reduce(Int32(0)) { $0 << 8 | Int32($1) })
    }
}
