import Commerce
import Testing
import UsageGuide

/// The agreed example in words: sessions on 1 and 12 December 2026 in London, the second one final.
@Suite struct GuideDocumentTests {
    private let worked: GuideDocument

    init() throws {
        worked = try document(guide(course(["2026-12-01", "2026-12-12"])))
    }

    @Test func documentTellsWhatItWasMadeOf() {
        #expect(worked.language == "en")
        #expect(worked.contentVersion == "en-1")
        #expect(worked.status == .dated)
        #expect(worked.timeZone == "Europe/London")
        #expect(worked.note == nil)
        #expect(
            worked.sessions.map(\.line) == [
                "Tuesday 1 December 2026: Your first session", "Saturday 12 December 2026: Your second session",
            ]
        )
    }

    @Test func sameGuideIsTheSameDocument() throws {
        #expect(try document(guide(course(["2026-12-01", "2026-12-12"]))) == worked)
        #expect(try document(guide(course(["2026-12-01", "2026-12-13"]))) != worked)
    }

    @Test func everyGuideSendsTheClientToTheArtistFirst() {
        #expect(worked.disclaimer.contains("not medical advice"))
        #expect(worked.disclaimer.contains("artist"))
    }

    // MARK: - Days

    @Test func eachSessionHasItsBlock() {
        #expect(worked.blocks.map(\.heading) == ["From your first session", "From your second session"])
        #expect(worked.blocks.map(\.days.count) == [11, 37])
        #expect(worked.blocks.map(\.note) == [nil, nil])
    }

    @Test func dayIsNamedByItsDateAndByItsDistanceFromTheSession() throws {
        let third = try worked.day("2026-12-03")
        #expect(third.heading == "Thu 3 Dec")
        #expect(third.label == "Day 2")
        #expect(!third.isSession)
        let twelfth = try worked.day("2026-12-12")
        #expect(twelfth.heading == "Sat 12 Dec")
        #expect(twelfth.label == "Session day")
        #expect(twelfth.isSession)
    }

    @Test func stepsStandInTheOrderInWhichTheyAreDone() throws {
        let day = try worked.day("2026-12-03")
        #expect(day.steps.map(\.title) == ["Wash with Cleanse Shampoo", "Apply Restore Ointment"])
        #expect(day.short == "Wash · Ointment")
        #expect(try worked.day("2026-12-21").short == "Wash · Lotion")
    }

    @Test func dayWithNothingToDoSaysSo() throws {
        let day = try worked.day("2026-12-08")
        #expect(day.steps == [])
        #expect(day.short == "Nothing to do")
    }

    @Test func washIsGentleUntilTheSkinHasHealed() throws {
        let healing = try #require(try worked.day("2026-12-14").steps.first)
        let between = try #require(try worked.day("2026-12-10").steps.first)
        let restoring = try #require(try worked.day("2026-12-21").steps.first)
        #expect([healing, between, restoring].map(\.action) == [.wash, .wash, .wash])
        #expect(healing.detail.contains("Lukewarm") && healing.detail.contains("no rubbing"))
        #expect(between.detail.contains("Gently"))
        #expect(!healing.detail.contains("ormal pressure") && !between.detail.contains("ormal pressure"))
        #expect(restoring.detail.contains("Normal pressure"))
    }

    @Test func lotionFollowsTheWashWhereThereIsOne() throws {
        #expect(try worked.day("2026-12-20").steps.map(\.detail) == ["Once today, on clean skin."])
        #expect(try worked.day("2026-12-21").steps.last?.detail == "After the wash, once the skin is dry.")
    }

    @Test func cautionTellsHowLongItHolds() throws {
        #expect(
            try worked.day("2026-12-01").cautionLine
                == "Keep your head dry until Wed 2 Dec, No hard exercise until Fri 4 Dec, "
                + "No direct sun until Mon 7 Dec, Don't pick or scratch until Fri 25 Dec"
        )
        #expect(
            try worked.day("2026-12-04").cautionLine
                == "No hard exercise today is the last day, No direct sun until Mon 7 Dec, "
                + "Don't pick or scratch until Fri 25 Dec"
        )
        #expect(try worked.day("2026-12-25").cautionLine == "Don't pick or scratch today is the last day")
        #expect(try worked.day("2026-12-26").cautions == [])
    }

    @Test func cautionHoldsOnAcrossASessionThatStartsItAnew() throws {
        let near = try document(guide(course(["2026-12-01", "2026-12-08"])))
        #expect(try near.day("2026-12-07").cautionLine.contains("No direct sun until Mon 14 Dec"))
        let far = try document(guide(course(["2026-12-01", "2026-12-09"])))
        #expect(try far.day("2026-12-07").cautionLine.contains("No direct sun today is the last day"))
    }

    @Test func everyCautionHasWordsOfItsOwn() {
        #expect(worked.cautions.map(\.caution) == Plan.Caution.allCases)
        #expect(Set(worked.cautions.map(\.title)).count == Plan.Caution.allCases.count)
        #expect(Set(worked.cautions.map(\.detail)).count == Plan.Caution.allCases.count)
        #expect(Set(worked.cautions.map(\.short)).count == Plan.Caution.allCases.count)
    }

    @Test func normalSymptomsAreToldOnTheirDays() throws {
        func information(_ day: String) throws -> [String] {
            try worked.day(day).information.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        }
        #expect(try information("2026-12-01") == ["Some swelling", "Redness that"])
        #expect(try information("2026-12-04") == ["Some swelling", "Redness that", "Scabs that"])
        #expect(try information("2026-12-05") == ["Redness that", "Scabs that", "Light exercise"])
        #expect(try information("2026-12-25") == ["Redness that", "Scabs that", "Light exercise"])
        #expect(try information("2026-12-26") == ["Redness that"])
        #expect(try information("2026-12-27") == [])
    }

    @Test func alikeDaysAreToldAsOneRun() {
        #expect(
            worked.blocks[0].runs.map(\.line) == [
                "1 Dec to 2 Dec: Ointment every day / keep dry, rest, no sun, don't pick",
                "3 Dec to 4 Dec: Wash 3 Dec. Ointment every day / rest, no sun, don't pick",
                "5 Dec to 7 Dec: Wash 5 Dec and 7 Dec. Ointment every day / no sun, don't pick",
                "8 Dec to 11 Dec: Wash 10 Dec / don't pick",
            ]
        )
        #expect(
            worked.blocks[1].runs.map(\.line) == [
                "12 Dec to 13 Dec: Ointment every day / keep dry, rest, no sun, don't pick",
                "14 Dec to 15 Dec: Wash 14 Dec. Ointment every day / rest, no sun, don't pick",
                "16 Dec to 18 Dec: Wash 16 Dec and 18 Dec. Ointment every day / no sun, don't pick",
                "19 Dec to 25 Dec: Wash 21 Dec and 24 Dec. Lotion every day, after the wash where there is one"
                    + " / don't pick",
                "26 Dec to 17 Jan: Wash every 3 days, 27 Dec to 17 Jan. "
                    + "Lotion every day, after the wash where there is one / ",
            ]
        )
    }

    @Test func daysWithoutAnythingToDoAreARunToo() throws {
        let long = try document(guide(course(["2026-12-01", "2026-12-09"])))
        #expect(long.blocks[0].runs.last?.line == "8 Dec: Nothing to do / don't pick")
    }

    @Test func stretchesFollowThePhases() {
        #expect(
            worked.stretches.map { "\($0.phase.rawValue) \($0.days) \($0.label)" } == [
                "healing 7 Healing week", "between 4 Between sessions", "healing 7 Healing week",
                "restoring 30 Lotion, 30 days",
            ]
        )
    }

    // MARK: - Milestones and products

    @Test func milestonesAreToldWithTheirDates() {
        #expect(
            worked.milestones.map(\.line) == [
                "22 Dec to 26 Dec: The last scabs fall by themselves.",
                "from 26 Dec: Most of normal life is fine again, exercise and showers as usual."
                    + " Ask your artist before you swim.",
                "from 26 Dec: Zero Shine may be used, on healed skin only.",
                "23 Jan to 6 Feb: The full result has emerged.",
            ]
        )
    }

    @Test func productsTellWhenTheyAreUsed() {
        #expect(
            worked.products.map { "\($0.name), \($0.source): \($0.when)" } == [
                "Restore Ointment, in your order: every day, 1 Dec to 7 Dec and 12 Dec to 18 Dec",
                "Cleanse Shampoo, in your order: every other day while it heals, then every 3 days",
                "Restore Lotion, in your order: every day, 19 Dec to 17 Jan",
                "Zero Shine, in your order: from 26 Dec, when you like",
            ]
        )
    }

    @Test func ointmentThatGoesOnAcrossASessionIsOneStretch() throws {
        let near = try document(guide(course(["2026-12-01", "2026-12-08"])))
        #expect(try near.product(.ointment).when == "every day, 1 Dec to 14 Dec")
    }

    @Test func productThatIsNotInTheOrderComesFromTheKitAtHome() throws {
        let mixed = try document(
            guide(course(["2026-12-01", "2026-12-12"]), atHome: ["CLEANSE-SHAMPOO", "RESTORE-LOTION"])
        )
        #expect(
            try mixed.day("2026-12-21").steps.map(\.title) == [
                "Wash with Cleanse Shampoo from the kit you already have",
                "Apply Restore Lotion from the kit you already have",
            ]
        )
        #expect(try mixed.product(.wash).source == "from the kit you already have")
        #expect(try mixed.product(.ointment).source == "in your order")
        #expect(mixed.products.filter(\.isInOrder).map(\.name) == ["Restore Ointment", "Zero Shine"])
        #expect(mixed.events(.wash).allSatisfy { $0.title.hasSuffix("from the kit you already have") })
        #expect(mixed.events(.ointment).allSatisfy { !$0.title.contains("kit") })
    }

    @Test func productThatTheShopDoesNotHaveIsReplacedInWords() throws {
        let all: Set = ["RESTORE-OINTMENT", "CLEANSE-SHAMPOO", "RESTORE-LOTION", "ZERO-SHINE-SAMPLE"]
        let bare = try document(guide(course(["2026-12-01", "2026-12-12"]), without: all))
        #expect(bare.products == [])
        #expect(
            try bare.day("2026-12-03").steps.map(\.title)
                == ["Wash with a mild shampoo", "Apply the ointment your artist suggests"]
        )
        #expect(try bare.day("2026-12-20").steps.map(\.title) == ["Apply a light, fragrance-free lotion"])
        #expect(bare.events(.wash).allSatisfy { $0.title == "Wash with a mild shampoo" })
    }

    // MARK: - Events

    @Test func eventsStandInTheOrderOfTheirDates() {
        #expect(
            worked.events.map(\.line) == [
                "1 ointment 1 2026-12-01 to 2026-12-07", "1 rest 1 2026-12-01 to 2026-12-04", "1 session 1 2026-12-01",
                "1 sun 1 2026-12-01 to 2026-12-07", "1 wash 1 2026-12-03", "1 wash 2 2026-12-05",
                "1 wash 3 2026-12-07", "1 wash 4 2026-12-10", "2 ointment 1 2026-12-12 to 2026-12-18",
                "2 rest 1 2026-12-12 to 2026-12-15", "2 session 1 2026-12-12", "2 sun 1 2026-12-12 to 2026-12-18",
                "2 wash 1 2026-12-14", "2 wash 2 2026-12-16", "2 wash 3 2026-12-18",
                "2 lotion 1 2026-12-19 to 2027-01-17", "2 wash 4 2026-12-21",
                "2 scabsGone 1 2026-12-22 to 2026-12-26", "2 wash 5 2026-12-24", "2 activity 1 2026-12-26",
                "2 zeroShine 1 2026-12-26", "2 wash 6 2026-12-27", "2 wash 7 2026-12-30", "2 wash 8 2027-01-02",
                "2 wash 9 2027-01-05", "2 wash 10 2027-01-08", "2 wash 11 2027-01-11", "2 wash 12 2027-01-14",
                "2 wash 13 2027-01-17", "2 fullResult 1 2027-01-23 to 2027-02-06",
            ]
        )
    }

    @Test func eventsSayWhatToDo() throws {
        let session = try #require(worked.events(.session).last)
        #expect(session.title == "Your second session")
        #expect(session.detail.hasPrefix("Keep your head dry (until Sun 13 Dec). "))
        #expect(worked.events(.wash).first?.title == "Wash with Cleanse Shampoo")
        #expect(worked.events(.ointment).map(\.title) == Array(repeating: "Restore Ointment, every day", count: 2))
        #expect(worked.events(.lotion).map(\.title) == ["Restore Lotion, every day"])
        #expect(worked.events(.sun).first?.title == "No direct sun")
        #expect(worked.events(.rest).first?.title == "No hard exercise")
        #expect(worked.events(.fullResult).map(\.title) == ["The full result shows"])
    }

    @Test func onlySessionHasNoNumber() throws {
        let one = try document(guide(course(["2026-12-01"])))
        #expect(one.sessions.map(\.line) == ["Tuesday 1 December 2026: Your session"])
        #expect(one.blocks.map(\.heading) == ["From your session"])
        #expect(one.events(.session).map(\.title) == ["Your session"])
    }

    // MARK: - Open and undated

    @Test func openGuideSaysThatLotionWaitsForTheFinalSession() throws {
        let open = try document(guide(course(["2026-12-01"], isFinal: false)))
        #expect(open.status == .open)
        #expect(try #require(open.note).contains("final session"))
        #expect(open.days.count == 14)
        #expect(open.milestones.map(\.line) == ["11 Dec to 15 Dec: The last scabs fall by themselves."])
        #expect(try open.product(.lotion).when.hasSuffix("from one week after your final session"))
        #expect(try open.product(.zeroShine).when.hasPrefix("from two weeks after your final session"))
        #expect(
            open.events.map(\.name) == [
                "1 ointment 1", "1 rest 1", "1 session 1", "1 sun 1", "1 wash 1", "1 wash 2", "1 wash 3", "1 wash 4",
                "1 scabsGone 1", "1 wash 5",
            ]
        )
    }

    @Test func undatedGuideIsCountedInDays() throws {
        let undated = try document(guide(nil))
        #expect(undated.status == .undated)
        #expect(undated.timeZone == nil)
        #expect(undated.sessions == [])
        #expect(undated.events == [])
        #expect(try #require(undated.note).contains("not known yet"))
        #expect(undated.days.map(\.heading) == (0...36).map { "day \($0)" })
        #expect(undated.days.allSatisfy { $0.date == nil })
        #expect(undated.days[0].cautions.map(\.until) == ["to day 1", "to day 3", "to day 6", "to day 13"])
        #expect(undated.days[6].cautions.map(\.until) == ["today is the last day", "to day 13"])
    }

    @Test func undatedGuidePartsWhatFollowsEachSessionFromWhatFollowsTheFinalOne() throws {
        let undated = try document(guide(course([], washIntervalDays: 2)))
        #expect(undated.blocks.map(\.heading) == ["After each session", "Only after the final session"])
        #expect(undated.blocks.map(\.days.count) == [7, 30])
        #expect(
            undated.blocks[0].runs.map(\.line) == [
                "days 0 to 1: Ointment every day / keep dry, rest, no sun, don't pick",
                "days 2 to 3: Wash day 2. Ointment every day / rest, no sun, don't pick",
                "days 4 to 6: Wash day 4 and day 6. Ointment every day / no sun, don't pick",
            ]
        )
        #expect(try #require(undated.blocks[0].note).contains("every 2 days"))
        #expect(undated.blocks[0].days.allSatisfy { day in day.steps.allSatisfy { $0.action != .lotion } })
        #expect(undated.blocks[1].note == nil)
    }

    /// Between sessions there is neither: only the final session starts both.
    @Test func undatedGuideCountsLotionAndMattifierFromTheFinalSession() throws {
        let undated = try document(guide(nil))
        #expect(try undated.product(.lotion).when.contains("final session"))
        #expect(try undated.product(.zeroShine).when.contains("final session"))
    }
}
