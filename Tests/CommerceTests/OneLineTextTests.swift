import Commerce
import Testing

@Suite struct OneLineTextTests {
    /// Why a text is refused; nil where it is accepted.
    private func fault(_ text: String, lengthMax: Int = 40) -> OneLineTextError? {
        do {
            _ = try OneLineText.checked(text, lengthMax: lengthMax)
            return nil
        } catch {
            return error
        }
    }

    /// Every scalar of category Cc.
    static let controls = Array(0x00...0x1F) + Array(0x7F...0x9F)

    @Test(arguments: OneLineTextTests.controls)
    func everyControlCharacterIsRefusedWhereverItStands(value: Int) throws {
        let control = Character(try #require(Unicode.Scalar(value)))
        #expect(fault("\(control)") == .controlCharacter)
        #expect(fault("Ada\(control)Lovelace") == .controlCharacter)
        #expect(fault("\(control)Ada") == .controlCharacter)
        #expect(fault("Ada\(control)") == .controlCharacter)
        #expect(fault("  \(control)  ") == .controlCharacter)
    }

    @Test func lineEndOfTwoCharactersIsRefused() {
        #expect(fault("Ada\r\nLovelace") == .controlCharacter)
    }

    @Test func marksOfWritingDirectionAreKept() throws {
        let marks = ["\u{200E}", "\u{200F}", "\u{061C}", "\u{202A}", "\u{202E}", "\u{202C}", "\u{2066}", "\u{2069}"]
        for mark in marks {
            let text = "\(mark)Ada\(mark)לאה\(mark)"
            let kept = try OneLineText.checked(text, lengthMax: 40)
            #expect(Array(kept.unicodeScalars) == Array(text.unicodeScalars))
        }
    }

    @Test(arguments: ["", " ", "     ", "\u{3000}", "\u{A0}", "\u{2003}\u{2009} \u{3000}"])
    func textOfNothingButWhiteSpaceIsBlank(text: String) {
        #expect(fault(text) == .blank)
    }

    @Test(arguments: [
        (" Ada ", "Ada"), ("\u{3000}Ada\u{A0}", "Ada"), ("Ada  Lovelace", "Ada  Lovelace"), ("  é  ", "é"), ("0", "0"),
    ])
    func spaceAtTheEndsIsTakenOffAndNoOther(text: String, kept: String) throws {
        #expect(try OneLineText.checked(text, lengthMax: 40) == kept)
    }

    @Test func textAtTheLimitIsAcceptedAndOneScalarMoreIsNot() throws {
        #expect(fault(String(repeating: "a", count: 40)) == nil)
        #expect(fault(String(repeating: "a", count: 41)) == .tooLong)
        #expect(fault(String(repeating: "🧴", count: 40)) == nil)
        #expect(fault(String(repeating: "🧴", count: 41)) == .tooLong)
    }

    @Test func lengthCountsScalarsAndNotWhatTheEyeSees() {
        // One character for the eye, three scalars: a woman, a joiner, a fire engine.
        #expect(fault("👩‍🚒", lengthMax: 3) == nil)
        #expect(fault("👩‍🚒", lengthMax: 2) == .tooLong)
        #expect(fault("e\u{301}", lengthMax: 2) == nil)
        #expect(fault("e\u{301}", lengthMax: 1) == .tooLong)
        #expect(fault("é", lengthMax: 1) == nil)
    }

    @Test func spaceAtTheEndsDoesNotCount() throws {
        let text = String(repeating: "a", count: 40)
        #expect(try OneLineText.checked("  \(text)\u{3000}", lengthMax: 40) == text)
    }

    @Test func controlCharacterIsToldEvenWhereTheTextIsTooLongOrBlank() {
        #expect(fault(String(repeating: "a", count: 41) + "\n") == .controlCharacter)
        #expect(fault("\n\n") == .controlCharacter)
    }
}
