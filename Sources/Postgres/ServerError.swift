import CLibPQ

/// A refusal by the server, as PostgreSQL reports it.
///
/// `description` holds only what comes from the schema. `message` and `detail` may quote values (`Key (email)=(…)
/// already exists`), so they are separate properties that nothing prints by itself.
public struct ServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The five-character SQLSTATE.
    public let state: SQLState
    /// The severity in English: ERROR, FATAL or PANIC.
    public let severity: String
    /// The constraint that was violated, if one was.
    public let constraint: String?
    /// The table concerned, if the server names one.
    public let table: String?
    /// The column concerned, if the server names one.
    public let column: String?
    /// The position of the statement in its batch, from 0, or nil when the commit itself was refused.
    public let statement: Int?
    /// The server's sentence. It may quote values: never log it.
    public let message: String
    /// The server's detail. It may quote values: never log it.
    public let detail: String?

    /// The SQLSTATE and the schema objects concerned.
    public var description: String {
        var text = "the server refused (SQLSTATE \(state.code))"
        if let constraint { text += ", constraint \(constraint)" }
        if let table { text += ", table \(table)" }
        if let column { text += ", column \(column)" }
        if let statement { text += ", statement \(statement)" }
        if state == .invalidStatementName || state == .duplicateStatementName {
            text += ": a pooler lends this session to others (name it: AFTERCARE_DATABASE_POOLER=transaction)"
        }
        return text
    }

    /// Whether the server is stopping, starting, out of resources or cut off, or broke off what took it too long: SQLSTATE
    /// 08, 53 and 57.
    public var isUnavailability: Bool {
        state.code.hasPrefix("08") || state.code.hasPrefix("53") || state.code.hasPrefix("57")
    }
}

/// A SQLSTATE code.
public struct SQLState: RawRepresentable, Hashable, Sendable {
    /// The five characters.
    public let rawValue: String
    /// The five characters.
    public var code: String { rawValue }

    /// A state from its five characters.
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let warning = SQLState(rawValue: "01000")
    public static let featureNotSupported = SQLState(rawValue: "0A000")
    public static let foreignKeyViolation = SQLState(rawValue: "23503")
    public static let uniqueViolation = SQLState(rawValue: "23505")
    public static let checkViolation = SQLState(rawValue: "23514")
    public static let readOnlyTransaction = SQLState(rawValue: "25006")
    public static let invalidStatementName = SQLState(rawValue: "26000")
    public static let serializationFailure = SQLState(rawValue: "40001")
    public static let deadlockDetected = SQLState(rawValue: "40P01")
    public static let undefinedTable = SQLState(rawValue: "42P01")
    public static let duplicateStatementName = SQLState(rawValue: "42P05")
    public static let lockNotAvailable = SQLState(rawValue: "55P03")
    public static let queryCanceled = SQLState(rawValue: "57014")

    /// Whether PostgreSQL asks that the whole transaction be tried again: 40001 and 40P01.
    public var asksForRetry: Bool { self == .serializationFailure || self == .deadlockDetected }
}

extension ServerError {
    init(result: OpaquePointer, statement: Int?) {
        func field(_ code: Int32) -> String? {
            PQresultErrorField(result, code).map { String(cString: $0) }
        }
        state = SQLState(rawValue: field(DiagnosticField.state) ?? "")
        severity = field(DiagnosticField.severity) ?? "ERROR"
        constraint = field(DiagnosticField.constraint)
        table = field(DiagnosticField.table)
        column = field(DiagnosticField.column)
        message = field(DiagnosticField.message) ?? ""
        detail = field(DiagnosticField.detail)
        self.statement = statement
    }
}

/// The field codes of an error report; libpq defines them as C characters, which Swift does not import.
enum DiagnosticField {
    static let severity = code("V")
    static let state = code("C")
    static let message = code("M")
    static let detail = code("D")
    static let table = code("t")
    static let column = code("c")
    static let constraint = code("n")
    static let sourceFunction = code("R")

    private static func code(_ character: Unicode.Scalar) -> Int32 { Int32(character.value) }
}
