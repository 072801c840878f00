import Commerce
public import UsageGuide

/// The guide on paper: an insert for the box, and the whole guide, both with a code that leads to the page.
public enum GuideSheet {
    /// A sheet's size and depth.
    public enum Kind: String, Sendable, CaseIterable {
        /// Half a sheet, both sides; a long course is summarised.
        case insert
        /// Everything, on whole sheets.
        case full
    }

    /// The sheets' templates and the policies that they are served under.
    public static func template(_ kind: Kind, on paper: Paper) -> HTMLTemplate {
        switch (kind, paper) {
        case (.insert, .a4): insertOnA4
        case (.insert, .letter): insertOnLetter
        case (.full, _): full
        }
    }

    private static let insertOnA4 = insert(on: .a4)
    private static let insertOnLetter = insert(on: .letter)
    // Whole sheets leave their size to whoever prints them.
    private static let full = HTMLTemplate(Embedded.text("sheet.mustache"), style: Embedded.text("sheet.css"))

    private static func insert(on paper: Paper) -> HTMLTemplate {
        HTMLTemplate(Embedded.text("insert.mustache"), style: insertStyle(on: paper))
    }

    /// The style of an insert, for a document that binds several.
    public static func insertStyle(on paper: Paper) -> String { paper.half + "\n" + Embedded.text("insert.css") }

    /// What a sheet's page holds, without the page around it: to be bound with others.
    public static func content(of page: String) -> String {
        guard let start = page.firstRange(of: "<body>")?.upperBound,
            let end = page.firstRange(of: "</body>")?.lowerBound
        else { return page }
        return String(page[start..<end])
    }

    /// An insert holds this many runs of days, and no more.
    private static let insertRunsMax = 13

    /// A sheet as a page to print.
    /// - Parameter address: the guide's page, whole, for the code.
    public static func render(
        _ kind: Kind,
        _ guide: Guide,
        _ document: GuideDocument,
        content: GuideContent,
        cover: GuideCover,
        address: String,
        on paper: Paper
    ) -> String {
        var values = GuidePage.words(content)
        values["language"] = content.language
        values["direction"] = content.direction
        values["title"] = document.title
        values["name"] = cover.firstName
        values["note"] = cover.note(document, content)
        values["sessions"] = document.sessions.map { ["when": $0.when, "what": $0.what] }
        values["address"] = address
        values["code"] = QRCode.svg(address, label: content.text(.printScan))
        values["normal"] = document.normal
        values["call"] = document.call
        values["forGood"] = document.forGood
        values["disclaimer"] = document.disclaimer
        values["cautions"] = cautions(document)
        values["milestones"] = document.milestones.map { ["when": $0.when, "what": $0.what] }
        values["products"] = document.products.map {
            [
                "icon": Icon.drawing(GuidePage.icon($0.use)), "name": $0.name, "source": cover.source($0, content),
                "purpose": $0.purpose,
                "how": $0.how, "when": $0.when,
            ]
        }
        values["foot"] = content.text(
            .pageFoot,
            [
                "number": cover.orderNumber, "revision": "\(cover.revision)",
                "date": content.date(cover.issuedAt.date, .dateFull),
            ]
        )
        values["zone"] = document.timeZone.map { content.text(.pageZone, ["zone": $0]) }
        switch kind {
        case .insert:
            let isSummary = document.blocks.reduce(0) { $0 + $1.runs.count } > insertRunsMax
            values["isSummary"] = isSummary
            let told = isSummary ? GuideDocument(guide.undated, content: content) : document
            values["blocks"] = told.blocks.map { block($0, $0.runs.map(row)) }
        case .full:
            let isLong = document.days.count > GuidePage.listedDaysMax
            values["blocks"] = document.blocks.map { block($0, isLong ? $0.runs.map(row) : $0.days.map(row)) }
        }
        return template(kind, on: paper).render(values)
    }

    private static func block(_ block: GuideDocument.Block, _ rows: [[String: String]]) -> [String: Any] {
        var values: [String: Any] = ["heading": block.heading, "rows": rows]
        values["blockNote"] = block.note
        return values
    }

    private static func row(_ day: GuideDocument.Day) -> [String: String] {
        ["when": day.heading, "what": day.short, "leave": day.cautions.map(\.short).joined(separator: " · ")]
    }

    private static func row(_ run: GuideDocument.Run) -> [String: String] {
        [
            "when": run.when, "what": run.lines.joined(separator: ". "),
            "leave": run.cautions.joined(separator: " · "),
        ]
    }

    /// Each thing to leave alone, once.
    private static func cautions(_ document: GuideDocument) -> [[String: String]] {
        document.cautions.map {
            ["icon": Icon.drawing($0.caution.rawValue), "title": $0.title, "detail": $0.detail]
        }
    }
}
