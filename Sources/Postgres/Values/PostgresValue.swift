/// A Swift type that travels to and from PostgreSQL, in the binary format.
public protocol PostgresValue: PostgresParameter {
    /// The type that a parameter of this kind is sent as.
    static var postgresType: PostgresType { get }
    /// Whether a column of this type can be read as this Swift type.
    static func accepts(_ type: PostgresType) -> Bool
    /// Appends the binary form.
    func encode(into bytes: inout [UInt8])
    /// Reads the binary form of a column of an accepted type.
    /// - Throws: `ValueError` when the bytes do not hold a value of this type.
    init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError)
}

/// Why bytes were not a value of the type asked for; the reader adds the column's name.
public enum ValueError: Error, Sendable {
    case malformed
    case outOfRange
}

extension PostgresValue {
    /// By default only the type that the value is sent as.
    public static func accepts(_ type: PostgresType) -> Bool { type == postgresType }

    /// Adds this value to a statement's parameters.
    public func bind(to parameters: inout Parameters) {
        parameters.append(Self.postgresType) { encode(into: &$0) }
    }
}

/// What can be bound to a statement: every `PostgresValue`, and optionals of them.
public protocol PostgresParameter: Sendable {
    /// Adds this value to a statement's parameters.
    func bind(to parameters: inout Parameters)
}

extension Optional: PostgresParameter where Wrapped: PostgresValue {
    /// Adds the value, or NULL of the value's type.
    public func bind(to parameters: inout Parameters) {
        if let value = self { value.bind(to: &parameters) } else { parameters.appendNull(Wrapped.postgresType) }
    }
}

/// Typed ids and closed sets travel as what they are made of: `extension SKU: PostgresValue {}` is all they need.
extension PostgresValue where Self: RawRepresentable, RawValue: PostgresValue {
    public static var postgresType: PostgresType { RawValue.postgresType }
    public static func accepts(_ type: PostgresType) -> Bool { RawValue.accepts(type) }
    public func encode(into bytes: inout [UInt8]) { rawValue.encode(into: &bytes) }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        guard let value = Self(rawValue: try RawValue(postgres: bytes, type: type)) else { throw .outOfRange }
        self = value
    }
}
