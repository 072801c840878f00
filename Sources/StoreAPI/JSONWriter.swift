/// A value that writes itself as JSON. The bodies' own ways are made with them, from the contract.
package protocol JSONWritable {
    /// Writes the value, and nothing before or after it.
    func write(to writer: inout JSONWriter)
}

/// JSON as it is written, straight into bytes: no tree is made of it, and no key is looked up. The fields of an object come
/// in the order of their names, so that the same value is the same bytes everywhere.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []

    private init() { bytes.reserveCapacity(4096) }

    /// The bytes of a value.
    package static func bytes(_ value: some JSONWritable) -> [UInt8] {
        var writer = JSONWriter()
        value.write(to: &writer)
        return writer.bytes
    }

    package mutating func openObject() { bytes.append(UInt8(ascii: "{")) }
    package mutating func closeObject() { bytes.append(UInt8(ascii: "}")) }

    /// Begins a member of an object; its value comes next.
    /// - Parameter name: with its quotes and its colon, such as `"id":`.
    package mutating func member(_ name: StaticString) {
        separate(after: UInt8(ascii: "{"))
        write(literal: name)
    }

    /// A comma, unless nothing of the object or list is written yet. No value ends with a brace or bracket that opens.
    private mutating func separate(after opening: UInt8) {
        if bytes.last != opening { bytes.append(UInt8(ascii: ",")) }
    }

    package mutating func write(literal: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    package mutating func write(_ number: some FixedWidthInteger) { bytes.append(contentsOf: String(number).utf8) }

    package mutating func write<Element: JSONWritable>(list: some Sequence<Element>) {
        bytes.append(UInt8(ascii: "["))
        for element in list {
            separate(after: UInt8(ascii: "["))
            element.write(to: &self)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Most texts hold nothing to escape, and are copied whole.
    package mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { octets in
            var copied = 0
            for index in octets.indices {
                let octet = octets[index]
                guard octet < 0x20 || octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: octets[copied..<index]))
                escape(octet)
                copied = index + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: octets[copied...]))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ octet: UInt8) {
        switch octet {
        case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
        case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
        case 0x08: bytes.append(contentsOf: "\\b".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0C: bytes.append(contentsOf: "\\f".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0..<0x10: bytes.append(contentsOf: "\\u000\(String(octet, radix: 16))".utf8)
        default: bytes.append(contentsOf: "\\u00\(String(octet, radix: 16))".utf8)
        }
    }
}

extension String: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Int: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Int64: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Bool: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.write(literal: self ? "true" : "false") }
}

extension Array: JSONWritable where Element: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.write(list: self) }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        if let self { self.write(to: &writer) } else { writer.write(literal: "null") }
    }
}
