import Commerce
import Crypto
public import UsageGuide

/// The guide as plain text, 72 columns wide, for e-mail and terminals.
///
/// Its bytes without a cover are also what is proven: a guide's row keeps their SHA-256 and this format's version.
public enum GuideText {
    /// Names these bytes' layout. A change of layout is a new version, and the old one stays.
    public static let version = "text-1"
    static let width = 72
    /// Plans of more days than this are told in runs of like days.
    static let listedDaysMax = 120

    /// The text, each line ended by a newline.
    public static func render(_ document: GuideDocument, content: GuideContent, cover: GuideCover? = nil) -> String {
        var page = Page()
        page.line(document.title.uppercased())
        if let cover {
            page.paragraph(content.text(.pageFor, ["name": cover.firstName.isolated]))
            page.paragraph(
                content.text(
                    .pageFoot,
                    [
                        "number": cover.orderNumber, "revision": "\(cover.revision)",
                        "date": content.date(cover.issuedAt.date, .dateFull),
                    ]
                )
            )
        }
        page.blank()
        page.paragraph(document.disclaimer)
        if let note = cover?.note(document, content) ?? document.note {
            page.blank()
            page.paragraph(note)
        }
        if !document.sessions.isEmpty {
            page.heading(content.text(.printSessions))
            for session in document.sessions { page.entry(session.what, session.when, column: 24) }
            if let zone = document.timeZone { page.paragraph(content.text(.pageZone, ["zone": zone])) }
        }
        let isFolded = document.days.count > listedDaysMax
        for block in document.blocks {
            page.heading(block.heading)
            if isFolded {
                for run in block.runs {
                    page.entry(
                        run.when,
                        (run.lines + [run.cautions.joined(separator: ", ")]).filter { !$0.isEmpty }.joined(
                            separator: "; "
                        ),
                        column: 20
                    )
                }
            } else {
                for day in block.days {
                    page.row(day.heading, day.short, day.cautions.map(\.short).joined(separator: ", "))
                }
            }
            if let note = block.note {
                page.blank()
                page.paragraph(note)
            }
        }
        if !document.milestones.isEmpty {
            page.heading(content.text(.pageMilestones))
            for milestone in document.milestones { page.entry(milestone.when, milestone.what, column: 20) }
        }
        page.heading(content.text(.pageLeave))
        for caution in document.cautions { page.entry(caution.title, caution.detail, column: 24) }
        page.heading(content.text(.pageProducts))
        for product in document.products {
            page.paragraph("\(product.name) (\(cover?.source(product, content) ?? product.source))")
            page.paragraph("\(product.purpose) \(product.how)", indent: 2)
            page.paragraph(product.when, indent: 2)
        }
        page.heading(content.text(.pageNormal))
        for line in document.normal { page.item(line) }
        page.heading(content.text(.pageCall))
        for line in document.call { page.item(line) }
        page.heading(content.text(.pageForGood))
        for line in document.forGood { page.item(line) }
        return page.text
    }

    /// What proves a document: SHA-256 of its text without a cover.
    public static func proof(_ document: GuideDocument, content: GuideContent) -> [UInt8] {
        Array(SHA256.hash(data: Array(render(document, content: content).utf8)))
    }

    /// Lines as they are put down.
    private struct Page {
        private(set) var text = ""

        mutating func line(_ line: String) { text += line + "\n" }

        mutating func blank() { line("") }

        mutating func heading(_ heading: String) {
            blank()
            line(heading)
            line(String(repeating: "-", count: min(heading.count, width)))
        }

        mutating func paragraph(_ words: String, indent: Int = 0) {
            for part in Self.wrapped(words, width - indent) { line(String(repeating: " ", count: indent) + part) }
        }

        mutating func item(_ words: String) { columns([("-", 2), (words, width - 2)]) }

        /// A word or two, and beside it what is said of it.
        mutating func entry(_ name: String, _ words: String, column: Int) {
            columns([(name, column), (words, width - column)])
        }

        /// A day: when, what to do, what to leave alone.
        mutating func row(_ when: String, _ steps: String, _ cautions: String) {
            columns([(when, 12), (steps, 22), (cautions, width - 34)])
        }

        private mutating func columns(_ columns: [(words: String, width: Int)]) {
            let parts = columns.enumerated().map { index, column in
                // A space to the next column, but not after the last.
                Self.wrapped(column.words, index == columns.count - 1 ? column.width : column.width - 1)
            }
            for row in 0..<(parts.map(\.count).max() ?? 0) {
                var text = ""
                for (index, part) in parts.enumerated() {
                    let cell = row < part.count ? part[row] : ""
                    text += cell
                    if index < parts.count - 1 {
                        text += String(repeating: " ", count: max(0, columns[index].width - cell.count))
                    }
                }
                while text.last == " " { text.removeLast() }
                line(text)
            }
        }

        /// Words on lines of at most so many characters; a longer word is cut.
        static func wrapped(_ words: String, _ width: Int) -> [String] {
            var lines: [String] = []
            var line = ""
            for word in words.split(separator: " ") {
                var word = String(word)
                if !line.isEmpty, line.count + 1 + word.count > width {
                    lines.append(line)
                    line = ""
                }
                while word.count > width {
                    lines.append(String(word.prefix(width)))
                    word = String(word.dropFirst(width))
                }
                line += line.isEmpty ? word : " " + word
            }
            if !line.isEmpty || lines.isEmpty { lines.append(line) }
            return lines
        }
    }
}
