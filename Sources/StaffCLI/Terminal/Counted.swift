/// A number with its noun: `1 order`, `2 orders`.
enum Counted {
    static func of(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
