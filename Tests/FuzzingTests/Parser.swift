/// A parser of ours, and what must hold of it whatever it is given: it ends, it does not trap, and where there is an
/// inverse, what was read and written again is read as the same.
struct Parser: Sendable {
    /// Names the folder of its corpus as well.
    let name: String
    /// - Throws: `Violation` where something does not hold.
    let check: @Sendable (Input) throws -> Void

    /// All of them.
    static let all: [Parser] =
        documents + times + [names, scans, links, values] + messages + [connections] + fields + [forms, addresses]
        + records

    init(_ name: String, _ check: @escaping @Sendable (Input) throws -> Void) {
        self.name = name
        self.check = check
    }
}

/// What a parser is given.
struct Input: Sendable {
    let bytes: [UInt8]

    /// As text; what is no UTF-8 is replaced.
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

    /// The first line, and the octets after it.
    var headed: (head: String, rest: [UInt8]) {
        let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
        return (String(decoding: bytes[..<end], as: UTF8.self), Array(bytes[end...].dropFirst()))
    }
}

/// What does not hold of a parser.
struct Violation: Error {
    let claim: String
}

/// Claims something of what was read.
func hold(_ holds: Bool, _ claim: @autoclosure () -> String) throws(Violation) {
    if !holds { throw Violation(claim: claim()) }
}
