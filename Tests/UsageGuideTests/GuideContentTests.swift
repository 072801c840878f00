import Commerce
import Testing
import UsageGuide

@Suite struct GuideContentTests {
    private let content = GuideContent(language: "en")

    @Test func dateIsReadAloudWithItsWeekday() throws {
        let dates = try ["2026-12-03", "2027-01-17", "2028-02-29"].map { try date($0) }
        #expect(
            dates.map { content.date($0) }
                == ["Thu 3 December 2026", "Sun 17 January 2027", "Tue 29 February 2028"]
        )
    }

    @Test func headlineNamesTheSessionOnlyWhereThereAreSeveral() {
        #expect(content.day(0, session: 1, of: 1) == "Today is your session")
        #expect(content.day(3, session: 1, of: 1) == "Day 3 after your session")
        #expect(content.day(0, session: 2, of: 2) == "Today is your second session")
        #expect(content.day(36, session: 12, of: 12) == "Day 36 after your twelfth session")
        #expect(content.before(days: 1) == "Your first session is tomorrow")
        #expect(content.before(days: 2) == "2 days to your first session")
    }

    @Test func washIsGentleOnlyWhileTheSkinHeals() {
        let healing = content.action(.wash, isHealing: true, product: "Cleanse Shampoo", isInOrder: true)
        let later = content.action(.wash, isHealing: false, product: "Cleanse Shampoo", isInOrder: true)
        #expect(healing.contains("gently") && healing.contains("lukewarm") && healing.contains("without rubbing"))
        #expect(later.contains("normal pressure") && later.contains("dry thoroughly"))
    }

    @Test(arguments: Plan.Action.allCases)
    func productThatIsNotInTheOrderIsSaidToBeAtHomeAlready(action: Plan.Action) {
        let bought = content.action(action, isHealing: true, product: "The product", isInOrder: true)
        let atHome = content.action(action, isHealing: true, product: "The product", isInOrder: false)
        #expect(bought.contains("The product"))
        #expect(!bought.contains("from the kit you already have"))
        #expect(atHome.contains("The product, from the kit you already have"))
        #expect(!content.action(action, isHealing: true, product: nil, isInOrder: false).contains("kit"))
    }

    @Test func everyGuideSendsTheClientToTheArtistFirstAndToADoctorForAnInfection() {
        #expect(content.disclaimer.contains("not medical advice"))
        #expect(content.disclaimer.contains("artist"))
        #expect(content.infection.contains("artist") && content.infection.contains("doctor"))
    }

    @Test func everyCautionHasASentenceOfItsOwn() {
        #expect(Set(Plan.Caution.allCases.map { content.caution($0) }).count == Plan.Caution.allCases.count)
        #expect(Set(Plan.Caution.allCases.map { content.cautionInShort($0) }).count == Plan.Caution.allCases.count)
    }

    @Test func stretchWithoutAnEndGoesOn() {
        #expect(content.span(from: "Monday", to: "Friday") == "Monday to Friday")
        #expect(content.span(from: "Monday", to: nil) == "from Monday")
    }
}
