/// A one-dimensional array some of whose elements may be NULL: a column of the rows that one statement writes.
public struct NullableArray<Element: PostgresValue>: PostgresParameter {
    private let elements: [Element?]

    /// An array from its elements, nil for NULL.
    public init(_ elements: [Element?]) { self.elements = elements }

    public func bind(to parameters: inout Parameters) {
        parameters.append(Element.postgresType.array ?? PostgresType(rawValue: 0)) { bytes in
            Int32(elements.isEmpty ? 0 : 1).appendBigEndian(to: &bytes)  // dimensions
            Int32(elements.contains { $0 == nil } ? 1 : 0).appendBigEndian(to: &bytes)
            Element.postgresType.rawValue.appendBigEndian(to: &bytes)
            if elements.isEmpty { return }
            Int32(elements.count).appendBigEndian(to: &bytes)
            Int32(1).appendBigEndian(to: &bytes)  // lower bound
            for element in elements {
                guard let element else {
                    Int32(-1).appendBigEndian(to: &bytes)
                    continue
                }
                let start = bytes.count
                Int32(0).appendBigEndian(to: &bytes)
                element.encode(into: &bytes)
                let length = UInt32(bytes.count - start - 4)
                for offset in 0..<4 { bytes[start + offset] = UInt8(truncatingIfNeeded: length >> (24 - 8 * offset)) }
            }
        }
    }
}
