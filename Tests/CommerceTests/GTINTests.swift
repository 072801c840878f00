import Commerce
import Testing

struct GTINTests {
    @Test func oneNumberIsTheSameInEachLength() {
        #expect(GTIN("012345678905") == GTIN("0012345678905"))
        #expect(GTIN("012345678905") == GTIN("00012345678905"))
        #expect(GTIN("012345678905")?.digits == "00012345678905")
        #expect(GTIN("96385074")?.digits == "00000096385074" && GTIN("4006381333931") != GTIN("14006381333938"))
    }

    @Test(arguments: ["", "012345678904", "12345", "4006381333930", "40063813339 1", "４００６３８１３３３９３１", "0000096385074x"])
    func whatIsNoNumberIsNone(text: String) { #expect(GTIN(text) == nil) }
}
