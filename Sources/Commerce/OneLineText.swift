/// Why a text is not acceptable.
public enum OneLineTextError: String, Error, Sendable {
    case blank
    case tooLong
    case controlCharacter
}

/// Text that a person typed into one line: no control characters, no blank, at most so long.
public enum OneLineText {
    /// The text without spaces at its ends.
    ///
    /// Lengths count Unicode scalars, as PostgreSQL's `char_length` does. Marks that change the direction of writing
    /// are kept: names need them, and whoever shows the text isolates it.
    /// - Throws: `OneLineTextError.controlCharacter` for any scalar of category Cc (newline and NUL among them), `blank` for
    ///   nothing but white space, `tooLong` beyond the limit.
    public static func checked(_ text: String, lengthMax: Int) throws(OneLineTextError) -> String {
        let scalars = text.unicodeScalars
        guard scalars.allSatisfy({ $0.properties.generalCategory != .control }) else { throw .controlCharacter }
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { throw .blank }
        let trimmed = String(scalars[first...last])
        guard trimmed.unicodeScalars.count <= lengthMax else { throw .tooLong }
        return trimmed
    }
}
