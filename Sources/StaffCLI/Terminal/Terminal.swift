/// The terminal of whoever runs a command of the machine itself.
package enum Terminal {
    /// Rows under titles as lines, none of them cut.
    package static func table(_ titles: [String], _ rows: [[String]]) -> String {
        var table = Table(titles.map { Table.Column($0) })
        for row in rows { table.add(row.map { Table.Cell($0) }) }
        return table.lines(width: nil, colour: false).joined(separator: "\n")
    }

    /// Text from elsewhere, of several lines, made harmless.
    package static func text(_ text: String) -> String { SafeText.lines(text) }

    /// Opens a file or an address in the desktop's browser; whether there is a desktop that took it.
    package static func open(_ address: String) -> Bool { Browser.open(address) }
}
