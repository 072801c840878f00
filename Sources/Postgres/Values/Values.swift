extension FixedWidthInteger {
    /// The bytes in network order.
    func appendBigEndian(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// An integer of exactly this width from bytes in network order.
    init(bigEndian bytes: ArraySlice<UInt8>) throws(ValueError) {
        guard bytes.count == Self.bitWidth / 8 else { throw .malformed }
        self = bytes.reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
    }

    /// Any of int2, int4 and int8, where its value fits.
    fileprivate init(postgresInteger bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        let value: Int64 =
            switch type {
            case .int2: Int64(try Int16(bigEndian: bytes))
            case .int4: Int64(try Int32(bigEndian: bytes))
            default: try Int64(bigEndian: bytes)
            }
        guard let exact = Self(exactly: value) else { throw .outOfRange }
        self = exact
    }
}

private func isInteger(_ type: PostgresType) -> Bool { type == .int2 || type == .int4 || type == .int8 }

extension Int16: PostgresValue {
    public static var postgresType: PostgresType { .int2 }
    public static func accepts(_ type: PostgresType) -> Bool { isInteger(type) }
    public func encode(into bytes: inout [UInt8]) { appendBigEndian(to: &bytes) }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        try self.init(postgresInteger: bytes, type: type)
    }
}

extension Int32: PostgresValue {
    public static var postgresType: PostgresType { .int4 }
    public static func accepts(_ type: PostgresType) -> Bool { isInteger(type) }
    public func encode(into bytes: inout [UInt8]) { appendBigEndian(to: &bytes) }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        try self.init(postgresInteger: bytes, type: type)
    }
}

extension Int64: PostgresValue {
    public static var postgresType: PostgresType { .int8 }
    public static func accepts(_ type: PostgresType) -> Bool { isInteger(type) }
    public func encode(into bytes: inout [UInt8]) { appendBigEndian(to: &bytes) }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        try self.init(postgresInteger: bytes, type: type)
    }
}

extension Int: PostgresValue {
    public static var postgresType: PostgresType { .int8 }
    public static func accepts(_ type: PostgresType) -> Bool { isInteger(type) }
    public func encode(into bytes: inout [UInt8]) { Int64(self).appendBigEndian(to: &bytes) }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        try self.init(postgresInteger: bytes, type: type)
    }
}

extension Bool: PostgresValue {
    public static var postgresType: PostgresType { .bool }
    public func encode(into bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        guard bytes.count == 1, let byte = bytes.first, byte < 2 else { throw .malformed }
        self = byte == 1
    }
}

/// Text is UTF-8. PostgreSQL holds no NUL character: a caller that binds one gets SQLSTATE 22021 from the server.
extension String: PostgresValue {
    public static var postgresType: PostgresType { .text }
    public static func accepts(_ type: PostgresType) -> Bool {
        type == .text || type == .varchar || type == .bpchar || type == .name
    }
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed }
        self = text
    }
}

/// Bytes, as `bytea`.
public struct Bytea: PostgresValue, Hashable {
    /// The bytes.
    public let bytes: [UInt8]

    /// Wraps bytes so that they travel as `bytea`.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public static var postgresType: PostgresType { .bytea }
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: self.bytes) }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) { self.bytes = Array(bytes) }
}

/// A universally unique identifier: 16 bytes.
public struct UUIDValue: PostgresValue, Hashable {
    /// The 16 bytes in network order.
    public let bytes: [UInt8]

    /// An identifier from 16 bytes in network order; nil for any other number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// A random identifier (version 4) from the system's generator.
    public static func random() -> UUIDValue {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        generator.next().appendBigEndian(to: &bytes)
        generator.next().appendBigEndian(to: &bytes)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return UUIDValue(unchecked: bytes)
    }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    public static var postgresType: PostgresType { .uuid }
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: self.bytes) }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        guard let value = UUIDValue(bytes: Array(bytes)) else { throw .malformed }
        self = value
    }
}

/// A `date` as days since 1970-01-01. The infinite dates of PostgreSQL are out of range.
public struct DateValue: PostgresValue, Hashable {
    /// Days since 1970-01-01, negative before it.
    public let daysSince1970: Int32

    /// A date from days since 1970-01-01.
    public init(daysSince1970: Int32) { self.daysSince1970 = daysSince1970 }

    /// PostgreSQL counts from 2000-01-01.
    private static let epoch: Int32 = 10_957

    public static var postgresType: PostgresType { .date }
    public func encode(into bytes: inout [UInt8]) { (daysSince1970 &- Self.epoch).appendBigEndian(to: &bytes) }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        let days = try Int32(bigEndian: bytes)
        guard days != .min, days <= .max - Self.epoch else { throw .outOfRange }
        daysSince1970 = days + Self.epoch
    }
}

/// A `timestamptz` as microseconds since 1970-01-01T00:00:00Z. The infinite instants are out of range.
public struct TimestampValue: PostgresValue, Hashable {
    /// Microseconds since 1970-01-01T00:00:00Z, negative before it.
    public let microsecondsSince1970: Int64

    /// An instant from microseconds since 1970-01-01T00:00:00Z.
    public init(microsecondsSince1970: Int64) { self.microsecondsSince1970 = microsecondsSince1970 }

    /// PostgreSQL counts from 2000-01-01T00:00:00Z.
    private static let epoch: Int64 = 946_684_800_000_000

    public static var postgresType: PostgresType { .timestamptz }
    public func encode(into bytes: inout [UInt8]) { (microsecondsSince1970 &- Self.epoch).appendBigEndian(to: &bytes) }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        let microseconds = try Int64(bigEndian: bytes)
        guard microseconds != .min, microseconds <= .max - Self.epoch else { throw .outOfRange }
        microsecondsSince1970 = microseconds + Self.epoch
    }
}

/// A JSON document, as `jsonb`; the text is not interpreted here.
public struct JSONBValue: PostgresValue, Hashable {
    /// The document as UTF-8 text.
    public let utf8: [UInt8]

    /// A document from UTF-8 text; the server refuses what is not JSON.
    public init(utf8: [UInt8]) { self.utf8 = utf8 }

    /// The only version of the binary format that exists.
    private static let version: UInt8 = 1

    public static var postgresType: PostgresType { .jsonb }
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(Self.version)
        bytes.append(contentsOf: utf8)
    }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        guard bytes.first == Self.version else { throw .malformed }
        utf8 = Array(bytes.dropFirst())
    }
}
