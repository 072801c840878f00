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
        /// Half of it is of no use, as of an order's number or an address to open: it is never cut. The last column's text
        /// goes below its row where nothing else helps.
        var isWhole = false
        /// How many columns of its text it has before others are left out for it.
        var least = Table.shortest

        /// How many columns of its text it has at all.
        var shortest: Int { Table.shortest }

        init(
            _ title: String,
            isNumber: Bool = false,
            canShrink: Bool = false,
            canGo: Bool = false,
            isWhole: Bool = false,
            least: Int = Table.shortest
        ) {
            self.title = title
            self.isWhole = isWhole
            self.least = least
            self.isNumber = isNumber
            self.canShrink = canShrink
            self.canGo = canGo
        }
    }

    /// One piece of text.
    struct Cell: Sendable, ExpressibleByStringLiteral {
        let text: String
        /// What says as much as must be where there is no room for more.
        let short: String
        let style: Style

        init(_ text: String, short: String? = nil, _ style: Style = .plain) {
            self.text = SafeText.line(text)
            self.short = short.map { SafeText.line($0) } ?? self.text
            self.style = style
        }

        /// A time as the clock on the wall shows it; its date where there is no room for more.
        static func time(_ time: String, _ console: Console, _ style: Style = .plain) -> Cell {
            let text = console.time(time)
            return Cell(text, short: text.split(separator: " ").first.map(String.init), style)
        }

        init(_ number: Int, _ style: Style = .plain) { self.init(String(number), style) }
        init(stringLiteral text: String) { self.init(text) }
    }

    private static let gap = 2
    /// So many columns of a text say anything at all.
    private static let shortest = 6
    /// Where nothing else helps, a column is cut to this.
    private static let narrowest = 3

    let columns: [Column]
    private(set) var rows: [[Cell]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ cells: [Cell]) { rows.append(cells) }

    /// The table as lines.
    /// - Parameter width: the terminal's columns; nil where nothing is to be cut or left out.
    func lines(width: Int?, colour: Bool) -> [String] {
        guard let width else { return Layout(self, Array(columns.indices)).lines(colour: colour) }
        let said = columns.indices.filter { index in rows.isEmpty || rows.contains { !$0[index].text.isEmpty } }
        var layout = Layout(self, said)
        layout.fit(width)
        guard layout.excess(width) > 0, let last = said.last, said.count > 1, columns[last].isWhole else {
            return layout.lines(colour: colour)
        }
        var above = Layout(self, said.dropLast())
        above.fit(width)
        return above.lines(colour: colour, below: last)
    }

    /// Which columns are shown, and how wide.
    private struct Layout {
        private let table: Table
        private var shown: [Int]
        private var widths: [Int]
        private var isShort: Set<Int> = []

        init(_ table: Table, _ shown: [Int]) {
            self.table = table
            self.shown = shown
            widths = table.columns.indices.map { index in
                table.rows.reduce(TextWidth.of(table.columns[index].title)) { max($0, TextWidth.of($1[index].text)) }
            }
        }

        /// How many columns there are too many.
        func excess(_ width: Int) -> Int {
            shown.reduce(0) { $0 + widths[$1] } + Table.gap * (shown.count - 1) - width
        }

        /// Says less where there is no room: first shorter, then without what can go, then cut.
        mutating func fit(_ width: Int) {
            for index in shown where excess(width) > 0 { shorten(index) }
            leaveOut(width, \.least) { $0.canGo && !$0.canShrink }
            leaveOut(width, \.shortest) { $0.canGo }
            shrink(width, \.least)
            shrink(width, \.shortest)
            // A window this narrow is no place for a table; still, no line may break.
            while excess(width) > 0 {
                let widest = shown.filter { !table.columns[$0].isWhole && widths[$0] > Table.narrowest }
                    .max { widths[$0] < widths[$1] }
                guard let widest else { break }
                widths[widest] -= 1
            }
        }

        /// Leaves columns out, the last first, until cutting the others is enough.
        private mutating func leaveOut(_ width: Int, _ least: KeyPath<Column, Int>, _ canGo: (Column) -> Bool) {
            while excess(width) > shown.reduce(0, { $0 + room(in: $1, least) }),
                let position = shown.lastIndex(where: { canGo(table.columns[$0]) })
            {
                shown.remove(at: position)
            }
        }

        private mutating func shrink(_ width: Int, _ least: KeyPath<Column, Int>) {
            while excess(width) > 0 {
                let widest = shown.filter { room(in: $0, least) > 0 }.max { widths[$0] < widths[$1] }
                guard let widest else { return }
                widths[widest] -= 1
            }
        }

        /// How many columns of a text can be cut.
        private func room(in index: Int, _ least: KeyPath<Column, Int>) -> Int {
            let column = table.columns[index]
            guard column.canShrink else { return 0 }
            return max(0, widths[index] - max(column[keyPath: least], TextWidth.of(column.title)))
        }

        private mutating func shorten(_ index: Int) {
            isShort.insert(index)
            widths[index] = table.rows.reduce(TextWidth.of(table.columns[index].title)) {
                max($0, TextWidth.of($1[index].short))
            }
        }

        /// - Parameter below: the column whose text stands in a line of its own below each row.
        func lines(colour: Bool, below: Int? = nil) -> [String] {
            let head = line(table.columns.map { Cell($0.title, .strong) }, colour)
            return [head]
                + table.rows.flatMap { row in
                    let cell = below.map { row[$0] }.flatMap { $0.text.isEmpty ? nil : $0 }
                    return [line(row, colour)] + (cell.map { ["  " + $0.style.paint($0.text, colour: colour)] } ?? [])
                }
        }

        private func line(_ cells: [Cell], _ colour: Bool) -> String {
            var line = ""
            for (position, index) in shown.enumerated() {
                let cell = cells[index]
                let text = TextWidth.cut(isShort.contains(index) ? cell.short : cell.text, to: widths[index])
                let spaces = String(repeating: " ", count: max(0, widths[index] - TextWidth.of(text)))
                let painted = cell.style.paint(text, colour: colour)
                let isLast = position == shown.count - 1
                if position > 0 { line += String(repeating: " ", count: Table.gap) }
                line += table.columns[index].isNumber ? spaces + painted : painted + (isLast ? "" : spaces)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
