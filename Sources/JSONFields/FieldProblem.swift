/// What is wrong with one field of a document.
public struct FieldProblem: Error, Hashable, Sendable {
    /// Where the field is, as a JSON Pointer (RFC 6901); empty for the document itself.
    public let pointer: String
    /// A stable word for programs, such as `unknownField`.
    public let code: String
    /// One sentence for people: what is wrong and what would be right. Never the value itself.
    public let detail: String

    /// A problem at a pointer.
    public init(pointer: String, code: String, detail: String) {
        self.pointer = pointer
        self.code = code
        self.detail = detail
    }
}

/// A document that could not be read.
public enum DocumentError: Error, Sendable {
    /// It is not JSON at all.
    case malformed
    /// It is JSON, and these fields are wrong.
    case fields([FieldProblem])
}
