import CLibPQ
import Glibc

/// What names a database the libpq way, a URL or `key=value` pairs: read by libpq, and completed by libpq with what it
/// would use itself.
struct ConnectionString {
    private let given: [String: String]

    /// - Throws: `PostgresError.configuration`. Nothing of the text is repeated but a parameter's name: what libpq takes
    ///   for another part may be one of the password.
    init(_ text: String) throws(PostgresError) {
        let text = text.drop { $0.isWhitespace }
        let end = text.lastIndex { !$0.isWhitespace }.map { text.index(after: $0) } ?? text.startIndex
        try self.init(trimmed: String(text[..<end]))
    }

    private init(trimmed text: String) throws(PostgresError) {
        guard !text.isEmpty else {
            given = [:]
            return
        }
        if let problem = Self.misplacedSecret(text) { throw .configuration(problem) }
        var reason: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &reason) else {
            defer { PQfreemem(reason) }
            throw .configuration(Self.problem(reason.map { String(cString: $0) } ?? ""))
        }
        given = Self.values(options)
    }

    /// What is given, over libpq's service file, environment and defaults.
    func completed() throws(PostgresError) -> [String: String] {
        // libpq completes only what it is about to connect with. A value that it refuses keeps it from connecting; asked
        // for with another such value, it tells what the first one hid.
        var all: [String: String] = [:]
        for impossible in ["channel_binding", "target_session_attrs"] {
            var asked = given
            asked[impossible] = "none of them"
            var keywords = asked.keys.map { strdup($0) } + [nil]
            var values = asked.keys.map { strdup(asked[$0] ?? "") } + [nil]
            defer { (keywords + values).forEach { free($0) } }
            let link = keywords.withUnsafeMutableBufferPointer { keywords in
                values.withUnsafeMutableBufferPointer { values in
                    keywords.withMemoryRebound(to: UnsafePointer<CChar>?.self) { keywords in
                        values.withMemoryRebound(to: UnsafePointer<CChar>?.self) { values in
                            PQconnectStartParams(keywords.baseAddress, values.baseAddress, 0)
                        }
                    }
                }
            }
            defer { PQfinish(link) }
            guard let options = PQconninfo(link) else { throw .configuration("libpq could not read its environment") }
            let said = PQerrorMessage(link).map { String(cString: $0) } ?? ""
            guard said.contains(impossible) else { throw .configuration(Self.refusal(said)) }
            all.merge(Self.values(options).filter { $0.key != impossible }) { first, _ in first }
        }
        return all.merging(given) { $1 }
    }

    /// Whether a part of the password stands where libpq looks for another part of a URL, which would be printed.
    private static func misplacedSecret(_ text: String) -> String? {
        guard let start = ["postgresql://", "postgres://"].first(where: text.hasPrefix) else { return nil }
        let rest = text.dropFirst(start.count).prefix { $0 != "?" }
        let authority = rest.prefix { $0 != "/" }
        switch (authority.count { $0 == "@" }, rest.contains("@")) {
        case (2..., _): return "the connection string has an @ in its user or password: write it as %40"
        case (0, true): return "the connection string has a / in its user or password: write it as %2F"
        default: return nil
        }
    }

    /// What is wrong with a string that libpq can't read.
    private static func problem(_ said: String) -> String {
        if let match = said.firstMatch(of: /(?:option|parameter):? "([a-z_]{1,40})"/) {
            return "the connection string has a parameter that libpq does not know: \(match.1)"
        }
        return """
            the connection string is neither a postgresql:// URL nor key=value pairs (where a value with spaces stands in \
            single quotes)
            """
    }

    /// Why libpq would not connect. It speaks of files and services by name, and of a parameter with its value.
    private static func refusal(_ said: String) -> String {
        let sentence = said.prefix { $0 != "\n" }
        if sentence.contains("service") { return "the connection's service can't be used: \(sentence)" }
        if let match = sentence.firstMatch(of: /([a-z_]+) value/) {
            return "the connection string's \(match.1) has a value that libpq does not know"
        }
        return "libpq does not take the connection string's values together: check hosts, ports and TLS"
    }

    /// Every option that has a value; frees the list.
    private static func values(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, value.pointee != 0 {
                values[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        return values
    }
}
