import StoreAPI
import Testing
import UsageGuide

@testable import StoreHTTP

/// The storefront's words, and what is made of them.
@Suite struct ShopWordsTests {
    @Test func carriedFileIsRightAndOneThatIsMissingIsNamed() throws {
        let words = try ShopWords.read(Embedded.files)
        #expect(words.map(\.guide.language) == GuideContent.languages)
        #expect(throws: SentenceFileError.self) { try ShopWords.read([:]) }
    }

    @Test func noSentenceIsThereForNothing() throws {
        let source = Embedded.files.filter { $0.key.hasSuffix(".mustache") }.values.joined()
        let inTemplates = Set(source.matches(of: /words\.([A-Za-z0-9]+)/).map { String($0.1) })
        let plain = ShopWords.all[0].plain
        #expect(inTemplates.subtracting(plain.keys) == [])
    }

    @Test func moneyIsWrittenAsPeopleWriteIt() {
        let words = ShopWords.all[0]
        #expect(words.money(MoneyBody(amount: 4500, currency: "GBP")) == "£45.00")
        #expect(words.money(MoneyBody(amount: 450, currency: "JPY")) == "¥450")
        #expect(words.money(MoneyBody(amount: 4500, currency: "CHF")) == "45.00 CHF")
        #expect(words.price(MoneyBody(amount: 0, currency: "GBP")) == "free")
    }

    @Test func whatTheAPISaysToDevelopersIsSaidWithNames() {
        let words = ShopWords.all[0]
        let names = ["KIT": "The kit", "KIT-2": "The other kit"]
        #expect(
            words.friendly("KIT-2 arrives on 2026-12-03, KIT does not.", names: names)
                == "The other kit arrives on Thu 3 Dec, The kit does not."
        )
    }

    @Test func answersAreSetOutInLines() {
        let text = HowPage.laidOut(Array(#"{"a":[],"b":[1,2],"c":"{\"x\":[]}","d":{}}"#.utf8))
        #expect(
            text == """
                {
                  "a": [],
                  "b": [
                    1,
                    2
                  ],
                  "c": "{\\"x\\":[]}",
                  "d": {}
                }
                """
        )
    }

    @Test(arguments: [
        ("a=1&a=2&b", ["1", "2"]), ("a=x+y%20z", ["x y z"]), ("a=%E2%82%AC&=&&a", ["€", ""]), ("a=%ZZ", ["%ZZ"]),
        ("b=a=1", []),
    ])
    func formsAreReadAsTheyAreSent(text: String, values: [String]) {
        #expect(FormFields(text).all("a") == values)
    }
}
