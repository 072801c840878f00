import Commerce
import Testing

@Suite struct CountryTests {
    @Test(arguments: ["GB", "US", "DE", "IN", "AX", "BQ", "CW", "ME", "RS", "SS", "SX", "TL", "TW", "AQ", "ZW", "AD"])
    func assignedCodeIsACountry(code: String) {
        #expect(Country(rawValue: code)?.rawValue == code)
    }

    @Test(arguments: [
        "", "G", "GBR", "gb", "Gb", " GB", "GB ", "GB\n", "ZZ", "AA", "ＧＢ",
        // Reserved, withdrawn and private codes that people try.
        "UK", "EU", "XK", "AN", "SU", "YU", "TP", "EL",
    ])
    func codeThatISO3166DoesNotAssignIsRefused(code: String) {
        #expect(Country(rawValue: code) == nil)
    }

    @Test func ofAllPairsOfLettersTheAssigned249AreCountries() {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        let codes = letters.flatMap { first in letters.map { "\(first)\($0)" } }
        #expect(codes.count == 676)
        #expect(codes.count { Country(rawValue: $0) != nil } == 249)
    }
}
