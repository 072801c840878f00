/// Rows of comma-separated values (RFC 4180), for spreadsheets and carriers' tools.
enum CSV {
    /// What a spreadsheet takes for the beginning of a formula, in both widths.
    private static let formulaStarts: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"]

    /// A row with its end.
    static func row(_ fields: [String]) -> String { fields.map(field).joined(separator: ",") + "\r\n" }

    /// A value as text: what would be run as a formula has an apostrophe before it, as spreadsheets write text. A number
    /// below 0 is one, and no formula.
    private static func field(_ text: String) -> String {
        let isNumber = text.hasPrefix("-") && Int64(text) != nil
        let isFormula = !isNumber && text.unicodeScalars.first.map { formulaStarts.contains($0) } ?? false
        let text = isFormula ? "'" + text : text
        // By scalars: a mark on top of a comma makes it another character, and a comma all the same.
        guard text.unicodeScalars.contains(where: { [",", "\"", "\n", "\r"].contains($0) }) else { return text }
        var quoted = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        return "\"\(String(quoted))\""
    }
}
