import Crypto
package import Postgres

/// A text that may have to go one day, and the salted hash that stays: it proves what the text was to whoever has it, and
/// tells nothing of it to whoever has not.
package struct SaltedText: Sendable, Equatable {
    /// Nil where there never was one, or where it went.
    package let text: String?
    /// Goes with the text, so that nobody tries out what it may have been.
    package let salt: [UInt8]
    /// Of salt and text, 32 bytes; empty where there never was a text.
    package let hash: [UInt8]

    package init(text: String?, salt: [UInt8], hash: [UInt8]) {
        (self.text, self.salt, self.hash) = (text, salt, hash)
    }

    /// A column of free text of a table that keeps the two beside it.
    package init(_ row: Row, _ column: String) throws {
        self.init(
            text: try row.optional(column),
            salt: try row.optional(column + "_salt", as: Bytea.self)?.bytes ?? [],
            hash: try row.optional(column + "_hash", as: Bytea.self)?.bytes ?? []
        )
    }

    /// Whether there was a text once, and it went.
    package var isGone: Bool { text == nil && !hash.isEmpty }

    /// Whether the text, where it is there, is the one that was hashed.
    package var isTrue: Bool {
        guard let text else { return true }
        return Array(SHA256.hash(data: salt + Array(text.utf8))) == hash
    }
}
