/// One SQL statement with its bound values: a value that can be handed from the module that owns a table to the one
/// that composes a transaction.
public struct Statement: Sendable, CustomStringConvertible, CustomReflectable {
    /// The SQL with `$1`, `$2`, … where values go.
    public let sql: String
    private(set) var parameters: Parameters

    /// The SQL, and none of the values.
    public var description: String { sql }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// A statement whose text is fixed in the source, so that no value can ever become SQL.
    public init(_ sql: StaticString, _ values: any PostgresParameter...) {
        self.init(assembled: sql.description, values)
    }

    /// The statement that asks how this one would be carried out, with the same values.
    public var explained: Statement {
        var explained = Statement(assembled: "EXPLAIN " + sql)
        explained.parameters = parameters
        return explained
    }

    /// A statement whose text is put together at run time: only for what SQL does not let be bound, such as the name
    /// of a database. The caller vouches for every part of the text.
    public init(assembled sql: String, _ values: [any PostgresParameter] = []) {
        self.sql = sql
        var parameters = Parameters()
        for value in values { value.bind(to: &parameters) }
        self.parameters = parameters
    }
}

extension Statement {
    /// A statement from its parts.
    init(sql: String, parameters: Parameters) {
        self.sql = sql
        self.parameters = parameters
    }
}

/// The bound values of one statement, in one buffer.
public struct Parameters: Sendable {
    init() {}

    private(set) var types: [UInt32] = []
    private(set) var bytes: [UInt8] = []
    /// Where each value starts and how long it is; nil for NULL.
    private(set) var ranges: [Range<Int>?] = []

    /// Adds one value.
    public mutating func append(_ type: PostgresType, encode: (inout [UInt8]) -> Void) {
        let start = bytes.count
        encode(&bytes)
        types.append(type.rawValue)
        ranges.append(start..<bytes.count)
    }

    /// Adds an array: for each element its value, or NULL. Written straight into the buffer: a statement that inserts has one
    /// for each column of its table.
    mutating func append<Element, Value: PostgresValue>(
        _ elements: [Element],
        _ value: (Element) throws -> Value?
    ) rethrows {
        let start = bytes.count
        Int32(elements.isEmpty ? 0 : 1).appendBigEndian(to: &bytes)  // dimensions
        Int32(0).appendBigEndian(to: &bytes)  // whether there are NULLs
        Value.postgresType.rawValue.appendBigEndian(to: &bytes)
        if !elements.isEmpty {
            Int32(elements.count).appendBigEndian(to: &bytes)
            Int32(1).appendBigEndian(to: &bytes)  // lower bound
        }
        for element in elements {
            guard let value = try value(element) else {
                Int32(-1).appendBigEndian(to: &bytes)
                bytes[start + 7] = 1
                continue
            }
            let place = bytes.count
            Int32(0).appendBigEndian(to: &bytes)
            value.encode(into: &bytes)
            let length = UInt32(bytes.count - place - 4)
            for offset in 0..<4 { bytes[place + offset] = UInt8(truncatingIfNeeded: length >> (24 - 8 * offset)) }
        }
        types.append((Value.postgresType.array ?? PostgresType(rawValue: 0)).rawValue)
        ranges.append(start..<bytes.count)
    }

    /// Adds a NULL of a type.
    public mutating func appendNull(_ type: PostgresType) {
        types.append(type.rawValue)
        ranges.append(nil)
    }

    /// Calls libpq with the arrays it wants; they live as long as the call.
    func withLibpqArrays<Result>(
        _ body: (
            _ count: Int32, _ types: UnsafePointer<UInt32>?, _ values: UnsafePointer<UnsafePointer<CChar>?>?,
            _ lengths: UnsafePointer<Int32>?, _ formats: UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        if ranges.isEmpty { return body(0, nil, nil, nil, nil) }
        // An empty value still needs an address: a null pointer would mean NULL.
        let readable = bytes.isEmpty ? [0] : bytes
        return readable.withUnsafeBytes { buffer in
            let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = ranges.map { range in range.flatMap { base?.advanced(by: $0.lowerBound) } }
            let lengths = ranges.map { Int32($0?.count ?? 0) }
            let formats = [Int32](repeating: 1, count: ranges.count)
            return body(Int32(ranges.count), types, values, lengths, formats)
        }
    }
}
