import FoundationEssentials

/// JSON with its fields in the order of their names, two spaces a level, and no character that a terminal would act on:
/// the same value is the same text everywhere.
enum JSONText {
    /// What an answer's body says.
    static func of(_ bytes: [UInt8]) throws -> String { of(try value(bytes)) }

    static func value(_ bytes: [UInt8]) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }

    static func of(_ value: some Encodable) throws -> String { try of(Array(JSONEncoder().encode(value))) }

    static func of(_ value: JSONValue) -> String {
        var text = ""
        write(value, indent: "", into: &text)
        return text
    }

    /// The same on one line, for programs that read line by line.
    static func line(_ value: JSONValue) -> String {
        // No line break is left inside a text: it is escaped there.
        of(value).split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
    }

    private static func write(_ value: JSONValue, indent: String, into text: inout String) {
        let inner = indent + "  "
        switch value {
        case .null: text += "null"
        case .flag(let flag): text += flag ? "true" : "false"
        case .integer(let number): text += String(number)
        case .decimal(let number): text += String(number)
        case .text(let string): quote(string, into: &text)
        case .list(let values):
            guard !values.isEmpty else { return text += "[]" }
            text += "["
            for (index, element) in values.enumerated() {
                text += (index == 0 ? "\n" : ",\n") + inner
                write(element, indent: inner, into: &text)
            }
            text += "\n\(indent)]"
        case .object(let fields):
            guard !fields.isEmpty else { return text += "{}" }
            text += "{"
            for (index, name) in fields.keys.sorted().enumerated() {
                text += (index == 0 ? "\n" : ",\n") + inner
                quote(name, into: &text)
                text += ": "
                write(fields[name] ?? .null, indent: inner, into: &text)
            }
            text += "\n\(indent)}"
        }
    }

    private static func quote(_ string: String, into text: inout String) {
        var scalars = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": scalars.append(contentsOf: "\\\"".unicodeScalars)
            case "\\": scalars.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": scalars.append(contentsOf: "\\n".unicodeScalars)
            case "\t": scalars.append(contentsOf: "\\t".unicodeScalars)
            case _ where SafeText.isControl(scalar):
                scalars.append(contentsOf: "\\u\(SafeText.hexadecimal(scalar.value).lowercased())".unicodeScalars)
            default: scalars.append(scalar)
            }
        }
        scalars.append("\"")
        text.unicodeScalars.append(contentsOf: scalars)
    }
}
