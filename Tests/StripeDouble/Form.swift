/// What a request says in form encoding, each value under its path: `line_items[0][quantity]` is
/// `["line_items", "0", "quantity"]`.
struct Form: Sendable {
    private let values: [[String]: String]
    /// The path that this form was taken from, for messages.
    private let base: [String]

    private init(values: [[String]: String], base: [String]) {
        self.values = values
        self.base = base
    }

    /// A query or a body; nil unless it is well formed. Of two values for a name, the last counts.
    init?(_ text: String) {
        var values: [[String]: String] = [:]
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let path = Self.path(name),
                let value = parts.count == 2 ? Self.decoded(parts[1]) : ""
            else { return nil }
            values[path] = value
        }
        self.init(values: values, base: [])
    }

    /// A value; nil where it is missing or empty.
    subscript(path: String...) -> String? { value(path) }

    /// The first part of every path.
    var names: Set<String> { Set(values.keys.compactMap(\.first)) }

    /// Every value under its name as it was sent.
    var parameters: [String: String] {
        Dictionary(values.map { (name($0.key), $0.value) }) { $1 }
    }

    /// What is in brackets after a name.
    func inside(_ name: String) -> Form {
        var found: [[String]: String] = [:]
        for (path, value) in values where path.count > 1 && path[0] == name {
            found[Array(path.dropFirst())] = value
        }
        return Form(values: found, base: base + [name])
    }

    // MARK: - Reading what an act needs

    /// Refuses names that the double does not act on: to ignore one would be to promise what it does not do.
    func allow(_ known: Set<String>) throws {
        guard let name = names.subtracting(known).min() else { return }
        throw StripeDouble.Refusal(
            code: "parameter_unknown",
            parameter: name,
            isKept: false,
            "The double has no use for the parameter \(name)."
        )
    }

    func required(_ path: String...) throws -> String {
        guard let value = value(path) else { throw StripeDouble.Refusal.missing(name(base + path)) }
        return value
    }

    func integer(_ path: String..., in range: ClosedRange<Int64>) throws -> Int64? { try integer(at: path, in: range) }

    func requiredInteger(_ path: String..., in range: ClosedRange<Int64>) throws -> Int64 {
        guard let number = try integer(at: path, in: range) else {
            throw StripeDouble.Refusal.missing(name(base + path))
        }
        return number
    }

    /// The metadata of the object that is made, within the limits that metadata has.
    func metadata() throws -> [String: String] {
        let form = inside("metadata")
        let metadata = form.names.reduce(into: [String: String]()) { $0[$1] = form[$1] }
        guard metadata.count <= 50, metadata.allSatisfy({ $0.key.count <= 40 && $0.value.count <= 500 }) else {
            throw StripeDouble.Refusal.invalid("metadata", "at most 50 names of 40 characters, with values of 500")
        }
        return metadata
    }

    private func integer(at path: [String], in range: ClosedRange<Int64>) throws -> Int64? {
        guard let text = value(path) else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            throw StripeDouble.Refusal.invalid(
                name(base + path),
                "a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    private func value(_ path: [String]) -> String? {
        guard let value = values[path], !value.isEmpty else { return nil }
        return value
    }

    // MARK: - Names and encoding

    /// A path as it is sent.
    private func name(_ path: [String]) -> String { path[0] + path.dropFirst().map { "[\($0)]" }.joined() }

    private static func path(_ name: String) -> [String]? {
        let parts = name.split(separator: "[", omittingEmptySubsequences: false)
        guard let first = parts.first, !first.isEmpty else { return nil }
        var path = [String(first)]
        for part in parts.dropFirst() {
            guard part.hasSuffix("]") else { return nil }
            path.append(String(part.dropLast()))
        }
        return path
    }

    private static func decoded(_ text: some Sequence<UInt8>) -> String? {
        var rest = ArraySlice(text)
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                guard digits.utf8.count == 2, let code = UInt8(digits, radix: 16) else { return nil }
                bytes.append(code)
                rest.removeFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
