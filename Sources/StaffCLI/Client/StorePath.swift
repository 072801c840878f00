import Encodings

/// A path of the store's API with its query, every part encoded.
struct StorePath: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    private(set) var description: String

    /// A path as it is written here, never from input.
    init(stringLiteral path: String) { description = path }

    /// A path of `/v1/staff`.
    static func staff(_ parts: String...) -> StorePath {
        var path: StorePath = "/v1/staff"
        for part in parts { path.description += "/" + part.percentEncoded }
        return path
    }

    /// A path of `/v1`.
    static func shop(_ parts: String...) -> StorePath {
        var path: StorePath = "/v1"
        for part in parts { path.description += "/" + part.percentEncoded }
        return path
    }

    /// The path with another part at its end.
    func appending(_ part: String) -> StorePath {
        var path = self
        path.description += "/" + part.percentEncoded
        return path
    }

    /// The path with another query parameter; the same where there is no value.
    func with(_ name: String, _ value: String?) -> StorePath {
        guard let value else { return self }
        var path = self
        path.description += (description.contains("?") ? "&" : "?") + name + "=" + value.percentEncoded
        return path
    }
}
