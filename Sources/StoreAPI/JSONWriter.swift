/// Writes bodies as JSON, straight into bytes: every answer goes through here, and Foundation's encoder, which makes a
/// tree of objects first, took a fifth of the time of reading an order.
///
/// The fields of an object come in the order of their names, so that the same value is the same bytes everywhere. Bodies
/// hold texts, whole numbers, truths, lists and objects. A fraction is refused; a body that nests its containers by hand
/// is a mistake of ours and stops the program.
package final class JSONWriter: Encoder {
    /// The bytes of a value.
    /// - Throws: `EncodingError` for a fraction.
    package static func bytes(_ value: some Encodable) throws -> [UInt8] {
        let writer = JSONWriter()
        try writer.write(value)
        return writer.text.bytes
    }

    package let codingPath: [any CodingKey] = []
    package let userInfo: [CodingUserInfoKey: Any] = [:]
    fileprivate var text = JSONText()

    private init() {}

    package func container<Key>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        text.open(.object)
        return KeyedEncodingContainer(Members<Key>(writer: self))
    }

    package func unkeyedContainer() -> any UnkeyedEncodingContainer {
        text.open(.list)
        return Elements(writer: self)
    }

    package func singleValueContainer() -> any SingleValueEncodingContainer { Single(writer: self) }

    fileprivate func write(_ value: some Encodable) throws {
        text.begin()
        try value.encode(to: self)
        text.end()
    }
}

/// The text that is being written, and where in it we are.
private struct JSONText {
    enum Kind {
        case plain
        case list
        case object
    }

    /// A value that is being written.
    private struct Frame {
        let start: Int
        let firstMember: Int
        var kind = Kind.plain
    }

    private(set) var bytes: [UInt8] = []
    private var frames: [Frame] = []
    /// The members of the objects that are being written: where each starts, its name included.
    private var members: [(name: String, start: Int)] = []

    init() { bytes.reserveCapacity(4096) }

    mutating func begin() { frames.append(Frame(start: bytes.count, firstMember: members.count)) }

    /// What the value that was begun last is made of.
    mutating func open(_ kind: Kind) {
        guard frames[frames.count - 1].kind == .plain else { return }
        frames[frames.count - 1].kind = kind
        bytes.append(UInt8(ascii: kind == .object ? "{" : "["))
    }

    mutating func end() {
        let frame = frames.removeLast()
        switch frame.kind {
        case .plain: break
        case .list: bytes.append(UInt8(ascii: "]"))
        case .object:
            sort(frame)
            members.removeSubrange(frame.firstMember...)
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Puts an object's members into the order of their names, where they were not written in it.
    private mutating func sort(_ frame: Frame) {
        let own = members[frame.firstMember...]
        func isBefore(_ first: String, _ second: String) -> Bool {
            first.utf8.lexicographicallyPrecedes(second.utf8)
        }
        guard !zip(own, own.dropFirst()).allSatisfy({ isBefore($0.name, $1.name) }) else { return }
        let written = Array(bytes[frame.start...])
        bytes.removeSubrange((frame.start + 1)...)
        for index in own.indices.sorted(by: { isBefore(own[$0].name, own[$1].name) }) {
            separate(frame)
            // A comma lies before the next member.
            let end = index + 1 < own.endIndex ? own[index + 1].start - 1 : frame.start + written.count
            bytes.append(contentsOf: written[(own[index].start - frame.start)..<(end - frame.start)])
        }
    }

    private mutating func separate(_ frame: Frame) {
        if bytes.count > frame.start + 1 { bytes.append(UInt8(ascii: ",")) }
    }

    mutating func beginMember(_ name: String) {
        separate(frames[frames.count - 1])
        members.append((name, bytes.count))
        write(name)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func beginElement() { separate(frames[frames.count - 1]) }

    mutating func write(literal: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    mutating func write(_ truth: Bool) { write(literal: truth ? "true" : "false") }

    mutating func write(_ number: some FixedWidthInteger) { bytes.append(contentsOf: String(number).utf8) }

    /// Most texts hold nothing to escape and are copied whole.
    mutating func write(_ text: String) {
        let quote = UInt8(ascii: "\"")
        let backslash = UInt8(ascii: "\\")
        bytes.append(quote)
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != quote && $0 != backslash }) {
            bytes.append(contentsOf: text.utf8)
        } else {
            for byte in text.utf8 {
                switch byte {
                case quote: bytes.append(contentsOf: "\\\"".utf8)
                case backslash: bytes.append(contentsOf: "\\\\".utf8)
                case 0x08: bytes.append(contentsOf: "\\b".utf8)
                case 0x09: bytes.append(contentsOf: "\\t".utf8)
                case 0x0A: bytes.append(contentsOf: "\\n".utf8)
                case 0x0C: bytes.append(contentsOf: "\\f".utf8)
                case 0x0D: bytes.append(contentsOf: "\\r".utf8)
                case 0..<0x10: bytes.append(contentsOf: "\\u000\(String(byte, radix: 16))".utf8)
                case 0x10..<0x20: bytes.append(contentsOf: "\\u00\(String(byte, radix: 16))".utf8)
                default: bytes.append(byte)
                }
            }
        }
        bytes.append(quote)
    }
}

/// What all three kinds of container refuse, in one place.
private func refuse<Value>(_ value: Value) throws -> Never {
    throw EncodingError.invalidValue(
        value,
        EncodingError.Context(codingPath: [], debugDescription: "a body holds whole numbers only")
    )
}

private let byHand = "a body's containers are not nested by hand"

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: JSONWriter
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) {
        writer.text.beginMember(key.stringValue)
        writer.text.write(literal: "null")
    }
    func encode(_ value: Bool, forKey key: Key) {
        writer.text.beginMember(key.stringValue)
        writer.text.write(value)
    }
    func encode(_ value: String, forKey key: Key) {
        writer.text.beginMember(key.stringValue)
        writer.text.write(value)
    }
    func encode(_ value: some FixedWidthInteger & Encodable, forKey key: Key) {
        writer.text.beginMember(key.stringValue)
        writer.text.write(value)
    }
    func encode(_ value: Double, forKey key: Key) throws { try refuse(value) }
    func encode(_ value: Float, forKey key: Key) throws { try refuse(value) }
    func encode(_ value: some Encodable, forKey key: Key) throws {
        writer.text.beginMember(key.stringValue)
        try writer.write(value)
    }
    func nestedContainer<Nested>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
        preconditionFailure(byHand)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { preconditionFailure(byHand) }
    func superEncoder() -> any Encoder { preconditionFailure(byHand) }
    func superEncoder(forKey key: Key) -> any Encoder { preconditionFailure(byHand) }
}

private struct Elements: UnkeyedEncodingContainer {
    let writer: JSONWriter
    var codingPath: [any CodingKey] { [] }
    private(set) var count = 0

    init(writer: JSONWriter) { self.writer = writer }

    mutating func encodeNil() {
        begin()
        writer.text.write(literal: "null")
    }
    mutating func encode(_ value: String) {
        begin()
        writer.text.write(value)
    }
    mutating func encode(_ value: Double) throws { try refuse(value) }
    mutating func encode(_ value: Float) throws { try refuse(value) }
    mutating func encode(_ value: some Encodable) throws {
        begin()
        try writer.write(value)
    }
    private mutating func begin() {
        writer.text.beginElement()
        count += 1
    }
    func nestedContainer<Nested>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        preconditionFailure(byHand)
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { preconditionFailure(byHand) }
    func superEncoder() -> any Encoder { preconditionFailure(byHand) }
}

private struct Single: SingleValueEncodingContainer {
    let writer: JSONWriter
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { writer.text.write(literal: "null") }
    func encode(_ value: Bool) { writer.text.write(value) }
    func encode(_ value: String) { writer.text.write(value) }
    func encode(_ value: some FixedWidthInteger & Encodable) { writer.text.write(value) }
    func encode(_ value: Double) throws { try refuse(value) }
    func encode(_ value: Float) throws { try refuse(value) }
    func encode(_ value: some Encodable) throws { try writer.write(value) }
}
