/// A PostgreSQL data type by its object id; the built-in ids are fixed for good.
public struct PostgresType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The type's object id.
    public let rawValue: UInt32

    /// A type from its object id.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let bool = PostgresType(rawValue: 16)
    public static let bytea = PostgresType(rawValue: 17)
    public static let name = PostgresType(rawValue: 19)
    public static let int8 = PostgresType(rawValue: 20)
    public static let int2 = PostgresType(rawValue: 21)
    public static let int4 = PostgresType(rawValue: 23)
    public static let text = PostgresType(rawValue: 25)
    public static let bpchar = PostgresType(rawValue: 1042)
    public static let varchar = PostgresType(rawValue: 1043)
    public static let date = PostgresType(rawValue: 1082)
    public static let timestamptz = PostgresType(rawValue: 1184)
    public static let uuid = PostgresType(rawValue: 2950)
    public static let jsonb = PostgresType(rawValue: 3802)

    /// Each element type's name and the id of its array type.
    private static let known: [PostgresType: (name: String, array: UInt32)] = [
        .bool: ("bool", 1000), .bytea: ("bytea", 1001), .name: ("name", 1003), .int2: ("int2", 1005),
        .int4: ("int4", 1007), .text: ("text", 1009), .bpchar: ("bpchar", 1014), .varchar: ("varchar", 1015),
        .int8: ("int8", 1016), .date: ("date", 1182), .timestamptz: ("timestamptz", 1185), .uuid: ("uuid", 2951),
        .jsonb: ("jsonb", 3807),
    ]
    private static let elements = Dictionary(
        uniqueKeysWithValues: known.map { (PostgresType(rawValue: $0.value.array), $0.key) }
    )

    /// The array type over this element type, or nil where this library knows none.
    public var array: PostgresType? { Self.known[self].map { PostgresType(rawValue: $0.array) } }
    /// The element type of this array type, or nil where this is not one.
    public var element: PostgresType? { Self.elements[self] }

    /// The name as SQL has it, or the number of a type that this library does not know.
    public var description: String {
        if let known = Self.known[self] { return known.name }
        if let element { return "\(element)[]" }
        return "oid \(rawValue)"
    }
}
