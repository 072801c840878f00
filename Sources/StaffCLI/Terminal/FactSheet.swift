/// Names and values below one another: `Status   placed`.
struct FactSheet: Sendable {
    private var facts: [(name: String, cell: Table.Cell)] = []

    /// Adds a fact; nothing where it is not known.
    mutating func add(_ name: String, _ value: String?, _ style: Style = .plain) {
        guard let value, !value.isEmpty else { return }
        facts.append((name, Table.Cell(value, style)))
    }

    func lines(colour: Bool) -> [String] {
        let width = facts.reduce(0) { max($0, TextWidth.of($1.name)) }
        return facts.map { fact in
            Style.quiet.paint(TextWidth.pad(fact.name, to: width), colour: colour) + "  "
                + fact.cell.style.paint(fact.cell.text, colour: colour)
        }
    }
}
