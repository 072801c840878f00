/// Rows under headings, fitted to the terminal.
struct Table: Sendable {
    /// What a column holds.
    struct Column: Sendable {
        let title: String
        /// Numbers end at the right, so that they can be compared.
        var isNumber = false
        /// Whether its text may be cut where the terminal is narrow.
        var canShrink = false
        /// Whether it is left out where cutting is not enough; the last of them goes first.
        var canGo = false
        /// How many columns of its text say anything at all.
        var least = 6

        init(
            _ title: String,
            isNumber: Bool = false,
            canShrink: Bool = false,
            canGo: Bool = false,
            least: Int = 6
        ) {
            self.title = title
            self.least = least
            self.isNumber = isNumber
            self.canShrink = canShrink
            self.canGo = canGo
        }
    }

    /// One piece of text.
    struct Cell: Sendable, ExpressibleByStringLiteral {
        let text: String
        let style: Style

        init(_ text: String, _ style: Style = .plain) {
            self.text = SafeText.line(text)
            self.style = style
        }

        init(_ number: Int, _ style: Style = .plain) { self.init(String(number), style) }
        init(stringLiteral text: String) { self.init(text) }
    }

    private static let gap = 2
    /// Where nothing else helps, a column is cut to this.
    private static let narrowest = 3

    let columns: [Column]
    private(set) var rows: [[Cell]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ cells: [Cell]) { rows.append(cells) }

    /// The table as lines.
    /// - Parameter width: the terminal's columns; nil where nothing is to be cut.
    func lines(width: Int?, colour: Bool) -> [String] {
        var shown = Array(columns.indices)
        var widths = columns.indices.map { index in
            rows.reduce(TextWidth.of(columns[index].title)) { max($0, TextWidth.of($1[index].text)) }
        }
        if let width { fit(&shown, &widths, width) }
        var lines = [line(columns.map { Cell($0.title, .strong) }, shown, widths, colour)]
        lines += rows.map { line($0, shown, widths, colour) }
        return lines
    }

    private func fit(_ shown: inout [Int], _ widths: inout [Int], _ width: Int) {
        func excess() -> Int {
            shown.reduce(0) { $0 + widths[$1] } + Self.gap * (shown.count - 1) - width
        }
        func least(_ index: Int) -> Int {
            min(widths[index], max(columns[index].least, TextWidth.of(columns[index].title)))
        }
        func shrinkable() -> Int {
            shown.reduce(0) { columns[$1].canShrink ? $0 + widths[$1] - least($1) : $0 }
        }
        while excess() > shrinkable(), let position = shown.lastIndex(where: { columns[$0].canGo }) {
            shown.remove(at: position)
        }
        while excess() > 0 {
            let widest = shown.filter { columns[$0].canShrink && widths[$0] > least($0) }
                .max { widths[$0] < widths[$1] }
            guard let widest else { break }
            widths[widest] -= 1
        }
        // A window this narrow is no place for a table; still, no line may break.
        while excess() > 0, let widest = shown.max(by: { widths[$0] < widths[$1] }), widths[widest] > Self.narrowest {
            widths[widest] -= 1
        }
    }

    private func line(_ cells: [Cell], _ shown: [Int], _ widths: [Int], _ colour: Bool) -> String {
        var line = ""
        for (position, index) in shown.enumerated() {
            let text = TextWidth.cut(cells[index].text, to: widths[index])
            let spaces = String(repeating: " ", count: max(0, widths[index] - TextWidth.of(text)))
            let painted = cells[index].style.paint(text, colour: colour)
            let isLast = position == shown.count - 1
            if position > 0 { line += String(repeating: " ", count: Self.gap) }
            line += columns[index].isNumber ? spaces + painted : painted + (isLast ? "" : spaces)
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
