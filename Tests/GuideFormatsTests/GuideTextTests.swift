import Commerce
import GuideFormats
import Testing

@testable import UsageGuide

@Suite struct GuideTextTests {
    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    }

    /// What is wrong with a text's lines.
    private func faults(in text: String) -> [String] {
        let lines = lines(text)
        var faults: [String] = []
        for line in lines {
            if line.count > 72 { faults.append("\(line.count) wide: \(line)") }
            if line.unicodeScalars.last == " " { faults.append("ends with a space: \(line)") }
            if line.contains("{") || line.contains("}") { faults.append("is unfinished: \(line)") }
        }
        if lines.last != "" || lines.dropLast().last == "" { faults.append("does not end with one newline") }
        return faults
    }

    @Test(arguments: 0..<40)
    func noLineIsWiderThan72Characters(seed: Int) throws {
        let sample = try Sample.random(seed)
        #expect(faults(in: sample.bareText) == [])
        #expect(faults(in: sample.text) == [])
    }

    static let names = hostileNames.filter { !$0.contains("{") }

    @Test(arguments: names)
    func hostileNameWidensNoLine(name: String) throws {
        #expect(try faults(in: Sample.worked().named(name).text) == [])
    }

    @Test func longNameOfAProductWidensNoLine() throws {
        let long = kit(names: ["CLEANSE-SHAMPOO": String(repeating: "Shampoo", count: 40)])
        let sample = try Sample(course(["2026-12-01"]), products: long)
        #expect(faults(in: sample.text) == [])
    }

    @Test func nameIsIsolatedAndItsMarksOfDirectionGo() throws {
        let sample = try Sample.worked()
        #expect(lines(sample.text)[1] == "for \u{2068}Ada\u{2069}")
        let hostile = lines(sample.named("A\u{202E}\u{2066}\u{2069}\u{61C}\u{200F}da").text)[1]
        #expect(Array(hostile.utf8) == Array("for \u{2068}Ada\u{2069}".utf8))
    }

    @Test func coverAddsItsLinesAndChangesNoOther() throws {
        let sample = try Sample.worked()
        var covered = lines(sample.text)
        #expect(covered[2] == "Order DM-7K4Q-92, revision 2, issued Tuesday 24 November 2026.")
        covered.removeSubrange(1...2)
        #expect(covered == lines(sample.bareText))
    }

    @Test func dayIsALineOfThreeColumns() throws {
        let lines = try lines(Sample.worked().bareText)
        #expect(lines.contains("Thu 3 Dec   Wash · Ointment       rest, no sun, don't pick"))
        #expect(lines.contains("Tue 8 Dec   Nothing to do         don't pick"))
        #expect(lines.contains("Sun 17 Jan  Wash · Lotion"))
    }

    @Test(arguments: 0..<20)
    func everyDayIsTheStartOfOneLineUpTo120Days(seed: Int) throws {
        let sample = try Sample.random(seed)
        let (document, lines) = (sample.document, lines(sample.bareText))
        if document.days.count <= 120 {
            for day in document.days { #expect(lines.count { $0.hasPrefix("\(day.heading) ") } == 1) }
        } else {
            for run in document.blocks.flatMap(\.runs) {
                #expect(lines.contains { $0.hasPrefix("\(run.when) ") }, "\(run.when)")
            }
        }
    }

    @Test(arguments: [(83, true), (84, false)])
    func plansOfMoreThan120DaysAreToldInRuns(gap: Int, isListed: Bool) throws {
        let first = try date("2026-12-01")
        let sample = try Sample(course(["\(first)", "\(first + gap)"]))
        #expect(sample.document.days.count == gap + 37)
        #expect(sample.bareText.contains("\nThu 3 Dec ") == isListed)
        #expect(sample.bareText.contains("\n3 Dec to 4 Dec ") == !isListed)
    }

    @Test func everythingThatTheClientNeedsIsThere() throws {
        let sample = try Sample.worked()
        let words = sample.bareText.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        let document = sample.document
        let needed =
            [document.disclaimer] + document.sessions.flatMap { [$0.when, $0.what] }
            + document.milestones.map(\.when) + document.cautions.map(\.title)
            + document.products.flatMap { ["\($0.name) (\($0.source))", "\($0.purpose) \($0.how)", $0.when] }
            + document.normal + document.call + document.forGood
        #expect(needed.filter { !words.contains($0) } == [])
    }

    // MARK: - Proof

    private func proof(_ sample: Sample) -> [UInt8] { GuideText.proof(sample.document, content: sample.content) }

    @Test func sameGuideHasTheSameProof() throws {
        #expect(try proof(Sample.worked()) == proof(Sample.worked()))
        #expect(try proof(Sample.worked().named("Another")) == proof(Sample.worked()))
        #expect(try proof(Sample.worked()).count == 32)
    }

    @Test func whateverChangesTheGuideChangesItsProof() throws {
        let sessions = ["2026-12-01", "2026-12-12"]
        let worked = try course(sessions)
        let renamed = kit(names: ["CLEANSE-SHAMPOO": "Another Shampoo"])
        let reworded = Embedded.text("en-1.json").replacing("Don't pick or scratch", with: "Do not pick")
        let samples = [
            try Sample(worked), try Sample(course(["2026-12-01", "2026-12-13"])), try Sample(course(["2026-12-01"])),
            try Sample(course(sessions, isFinal: false)), try Sample(course(sessions, timeZone: "Asia/Tokyo")),
            try Sample(course(sessions, keepDryHours: 24)), try Sample(course(sessions, washIntervalDays: 2)),
            try Sample(course(sessions, restDays: 5)), try Sample(nil), try Sample(course([], restDays: 5)),
            try Sample(worked, products: kit(atHome: ["CLEANSE-SHAMPOO"])),
            try Sample(worked, products: kit(without: ["CLEANSE-SHAMPOO"])),
            try Sample(worked, products: renamed),
            try Sample(worked, content: GuideContent.read(["en-1.json": reworded]).first),
        ]
        #expect(Set(samples.map { proof($0) }).count == samples.count)
    }
}
