/// What holds for all operations, told once: a page of prose.
struct Concept: Sendable {
    let name: String
    let title: String
    let about: String
    /// Markup.
    let body: String

    var path: String { "/docs/\(name)" }

    /// In the order in which they are read.
    static let all: [Concept] = [
        "start", "capabilities", "idempotency", "versions", "money", "dates", "problems", "paging", "webhooks",
        "clients",
        "testing",
    ].map(Concept.init)

    /// Reads a file: its title, what it is about, and its body, with an empty line after each.
    private init(_ name: String) {
        let parts = Embedded.text("\(name).html").split(separator: "\n\n", maxSplits: 2).map(String.init)
        precondition(parts.count == 3, "\(name).html has no title, or no body")
        self.name = name
        (title, about, body) = (parts[0], parts[1], parts[2])
    }
}
