extension Statement {
    /// What the statement does to which table, as a trace names it: `SELECT orders`, `INSERT order_event`. Of the text alone:
    /// a value is never a part of it.
    var summary: String {
        var words = sql.split { !($0.isLetter || $0.isNumber || $0 == "_") }.prefix(Self.wordsMax)
        let verb = words.popFirst()?.uppercased() ?? ""
        if verb == "UPDATE", let table = words.first { return "\(verb) \(table)" }
        while let word = words.popFirst() {
            guard Self.introductions.contains(word), let table = words.first else { continue }
            // What reads from a list of values, or from another query, names its table further on.
            if !Self.notTables.contains(table.uppercased()) { return "\(verb) \(table)" }
        }
        return verb
    }

    private static let wordsMax = 400
    private static let introductions: Set<Substring> = ["FROM", "INTO", "UPDATE", "JOIN", "TABLE"]
    private static let notTables: Set<String> = [
        "SELECT", "UNNEST", "LATERAL", "VALUES", "SET", "SKIP", "GENERATE_SERIES", "NOTHING", "OF", "ON",
    ]
}

extension [Statement] {
    private static var summaryMax: Int { 255 }

    /// What statements that are sent together do, each kind once.
    var summary: String {
        var parts: [String] = []
        for statement in self {
            let part = statement.summary
            if !parts.contains(part) { parts.append(part) }
        }
        return String(parts.joined(separator: "; ").prefix(Self.summaryMax))
    }
}
