import Commerce
import Testing

@Suite struct SKUTests {
    @Test(arguments: [
        "A", "0", "DM-KIT", "RESTORE-OINTMENT", "ZERO-SHINE-SAMPLE", "A--B", "2000000000015",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-ABC",
    ])
    func codeOfCapitalsDigitsAndInnerDashesIsKeptAsItIs(text: String) {
        #expect(SKU(rawValue: text)?.rawValue == text)
        #expect(SKU(rawValue: text)?.description == text)
    }

    @Test(arguments: [
        "", "-", "-A", "A-", "a", "dm-kit", "DM_KIT", "DM KIT", "DM.KIT", "DM/KIT", " A", "A ", "A\n", "A\u{0}",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-ABCD",
        // Dashes, letters and digits of other scripts, and a mark that hides in the last letter.
        "DM–KIT", "DM‐KIT", "ＤＭ", "É", "Α", "٣", "A\u{301}",
    ])
    func anythingElseIsRefused(text: String) {
        #expect(SKU(rawValue: text) == nil)
    }

    @Test func codesSortByTheirLetters() {
        let codes = ["RESTORE-LOTION", "CLEANSE-SHAMPOO", "RESTORE", "A1", "A-1", "AA"]
        #expect(
            codes.compactMap { SKU(rawValue: $0) }.sorted().map(\.rawValue)
                == ["A-1", "A1", "AA", "CLEANSE-SHAMPOO", "RESTORE", "RESTORE-LOTION"]
        )
    }
}
