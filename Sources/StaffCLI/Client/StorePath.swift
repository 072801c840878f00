/// A path of the store's API with its query, every part encoded.
struct StorePath: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    private(set) var description: String

    /// A path as it is written here, never from input.
    init(stringLiteral path: String) { description = path }

    /// A path of `/v1/staff`.
    static func staff(_ parts: String...) -> StorePath {
        var path: StorePath = "/v1/staff"
        for part in parts { path.description += "/" + encoded(part) }
        return path
    }

    /// A path of `/v1`.
    static func shop(_ parts: String...) -> StorePath {
        var path: StorePath = "/v1"
        for part in parts { path.description += "/" + encoded(part) }
        return path
    }

    /// The path with another query parameter; the same where there is no value.
    func with(_ name: String, _ value: String?) -> StorePath {
        guard let value else { return self }
        var path = self
        path.description += (description.contains("?") ? "&" : "?") + name + "=" + Self.encoded(value)
        return path
    }

    /// Everything but letters, digits, `-`, `_` and `~` is encoded; the dot too, so that no part is a step upwards.
    private static func encoded(_ part: String) -> String {
        var text = ""
        for byte in part.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}
