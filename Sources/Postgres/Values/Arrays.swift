/// One-dimensional arrays without NULL elements. A NULL element is an error of the column, not a silent gap.
extension Array: PostgresParameter where Element: PostgresValue {}

extension Array: PostgresValue where Element: PostgresValue {
    public static var postgresType: PostgresType { Element.postgresType.array ?? PostgresType(rawValue: 0) }

    public static func accepts(_ type: PostgresType) -> Bool { type.element.map(Element.accepts) ?? false }

    public func encode(into bytes: inout [UInt8]) {
        Int32(isEmpty ? 0 : 1).appendBigEndian(to: &bytes)  // dimensions
        Int32(0).appendBigEndian(to: &bytes)  // no NULLs
        Element.postgresType.rawValue.appendBigEndian(to: &bytes)
        if isEmpty { return }
        Int32(count).appendBigEndian(to: &bytes)
        Int32(1).appendBigEndian(to: &bytes)  // lower bound
        for element in self {
            let start = bytes.count
            Int32(0).appendBigEndian(to: &bytes)
            element.encode(into: &bytes)
            let length = UInt32(bytes.count - start - 4)
            for offset in 0..<4 { bytes[start + offset] = UInt8(truncatingIfNeeded: length >> (24 - 8 * offset)) }
        }
    }

    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        var rest = bytes
        func take(_ count: Int) throws(ValueError) -> ArraySlice<UInt8> {
            guard count >= 0, rest.count >= count else { throw .malformed }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        func takeInt32() throws(ValueError) -> Int { Int(try Int32(bigEndian: take(4))) }

        let dimensions = try takeInt32()
        _ = try takeInt32()
        let element = PostgresType(rawValue: try UInt32(bigEndian: take(4)))
        self = []
        if dimensions == 0 { return }
        guard dimensions == 1, Element.accepts(element) else { throw .malformed }
        let count = try takeInt32()
        _ = try takeInt32()
        guard count >= 0, count <= rest.count / 4 else { throw .malformed }
        reserveCapacity(count)
        for _ in 0..<count {
            append(try Element(postgres: take(try takeInt32()), type: element))
        }
    }
}
