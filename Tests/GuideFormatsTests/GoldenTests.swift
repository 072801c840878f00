import Commerce
import Foundation
import GuideFormats
import Testing
import UsageGuide

/// Every format of a guide, byte for byte as it was released. A difference is either a mistake or a new version of the
/// sentences or the layout: then the files are written again with AFTERCARE_WRITE_GOLDEN=1, and read before they are
/// committed.
@Suite struct GoldenTests {
    static let cases = ["worked", "open", "undated", "long"]
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    private static let writes = ProcessInfo.processInfo.environment["AFTERCARE_WRITE_GOLDEN"] != nil

    private func compare(_ text: String, _ name: String) throws {
        let file = Self.folder.appending(path: name)
        if Self.writes {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            Issue.record("\(name) was written, not compared")
        } else {
            #expect(try Data(contentsOf: file) == Data(text.utf8), "\(name) differs")
        }
    }

    @Test(arguments: cases)
    func aFormatIsAsItWasReleased(name: String) throws {
        let sample = try Sample(name)
        try compare(sample.page(on: sample.today), "\(name).page.html")
        try compare(sample.sheet(.insert), "\(name).insert.html")
        try compare(sample.sheet(.full), "\(name).sheet.html")
        try compare(sample.text, "\(name).guide.txt")
        try compare(sample.calendar(), "\(name).guide.ics")
    }

    /// What proves that a client was told exactly this: for every released regimen and version of the sentences.
    @Test func issuedGuideCanAlwaysBeProven() throws {
        var lines: [String] = []
        for regimen in Regimen.released {
            for content in GuideContent.released {
                for name in Self.cases {
                    let sample = try Sample(name, regimen: regimen, content: content)
                    let proof = GuideText.proof(sample.document, content: content)
                    let hash = proof.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                    lines.append("\(regimen.name) \(content.version) \(GuideText.version) \(name) \(hash)")
                }
            }
        }
        try compare(lines.joined(separator: "\n") + "\n", "proofs.txt")
    }
}

/// A guide with everything that its formats need.
struct Sample {
    let guide: Guide
    let document: GuideDocument
    let content: GuideContent
    let today: CalendarDate?
    var firstName = "Ada"

    init(_ name: String, regimen: Regimen = .current, content: GuideContent? = nil) throws {
        let first = try #require(CalendarDate("2026-12-01"))
        let sessions: [CalendarDate]? =
            switch name {
            case "worked": [first, first + 11]
            case "open": [first]
            case "long": (0..<12).map { first + $0 * 60 }
            default: nil
            }
        try self.init(
            sessions: sessions,
            isFinal: name != "open",
            regimen: regimen,
            content: content,
            today: sessions == nil ? nil : first + 15
        )
    }

    init(
        sessions: [CalendarDate]?,
        isFinal: Bool = true,
        bought: Set<SKU>? = nil,
        regimen: Regimen = .current,
        content: GuideContent? = nil,
        today: CalendarDate? = nil
    ) throws {
        self.content = try #require(content ?? GuideContent.newest("en"))
        let choices = try #require(ArtistChoices())
        let course = sessions.map {
            Course(timeZone: "Europe/London", sessions: $0, isFinal: isFinal, choices: choices)
        }
        let names = [
            "RESTORE-OINTMENT": "Restore Ointment", "CLEANSE-SHAMPOO": "Cleanse Shampoo",
            "RESTORE-LOTION": "Restore Lotion", "ZERO-SHINE-SAMPLE": "Zero Shine, sample",
        ]
        let products = Guide.Product.list(regimen, bought: bought ?? Set(regimen.products.map(\.sku))) {
            names[$0.rawValue]
        }
        guide = Guide(plan: Plan(course, regimen: regimen), products: products)
        document = GuideDocument(guide, content: self.content)
        self.today = today
    }

    var cover: GuideCover {
        GuideCover(
            firstName: firstName,
            orderNumber: "DM-7K4Q-92",
            revision: 2,
            issuedAt: Instant(microsecondsSince1970: 1_795_521_600_000_000)
        )
    }

    func page(on today: CalendarDate?) -> String {
        GuidePage.render(
            guide,
            document,
            content: content,
            cover: cover,
            on: today,
            path: "/g/AAAA"
        )
    }

    func sheet(_ kind: GuideSheet.Kind) -> String {
        GuideSheet.render(
            kind,
            guide,
            document,
            content: content,
            cover: cover,
            address: "http://store.test/g/AAAA",
            on: .a4
        )
    }

    var text: String { GuideText.render(document, content: content, cover: cover) }

    func calendar(after earlier: [Sample] = [], seed: UInt8 = 7, reminder: GuideCalendar.Reminder? = nil) -> String {
        let revisions = (earlier + [self]).map {
            GuideCalendar.Revision(issuedAt: cover.issuedAt, document: $0.document)
        }
        return GuideCalendar.render(
            revisions,
            firstName: firstName,
            content: content,
            seed: Array(repeating: seed, count: 32),
            reminder: reminder,
            now: cover.issuedAt
        )
    }
}
