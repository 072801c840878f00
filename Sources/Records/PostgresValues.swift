public import Commerce
public import Postgres

// How the values that all rooms share travel to and from the database.

extension SKU: PostgresValue {}
extension Currency: PostgresValue {}
extension Country: PostgresValue {}
extension ClinicReference: PostgresValue {}

extension CalendarDate: PostgresValue {
    public static var postgresType: PostgresType { .date }
    public func encode(into bytes: inout [UInt8]) { DateValue(daysSince1970: daysSince1970).encode(into: &bytes) }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        self.init(daysSince1970: try DateValue(postgres: bytes, type: type).daysSince1970)
    }
}

extension Instant: PostgresValue {
    public static var postgresType: PostgresType { .timestamptz }
    public func encode(into bytes: inout [UInt8]) {
        TimestampValue(microsecondsSince1970: microsecondsSince1970).encode(into: &bytes)
    }
    public init(postgres bytes: ArraySlice<UInt8>, type: PostgresType) throws(ValueError) {
        self.init(microsecondsSince1970: try TimestampValue(postgres: bytes, type: type).microsecondsSince1970)
    }
}
