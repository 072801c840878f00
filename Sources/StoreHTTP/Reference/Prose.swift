/// Sentences of the contract as markup: paragraphs, and code between backticks.
enum Prose {
    /// One line.
    static func line(_ text: String?) -> String {
        guard let text else { return "" }
        return text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
            let escaped = escaped(String(part))
            return index % 2 == 1 ? "<code>\(linked(escaped))</code>" : escaped
        }.joined()
    }

    static func paragraphs(_ text: String?) -> String {
        (text ?? "").split(separator: "\n").map { "<p>\(line(String($0)))</p>" }.joined()
    }

    /// A problem's path leads to its page.
    private static func linked(_ code: String) -> String {
        code.wholeMatch(of: /\/problems\/[a-z-]+/) == nil ? code : "<a href=\"\(code)\">\(code)</a>"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
