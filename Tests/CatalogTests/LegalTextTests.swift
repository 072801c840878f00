import Commerce
import JSONFields
import Testing

@testable import Catalog

/// Which texts hold for an order, and what a file may say of them.
struct LegalTextTests {
    private func text(_ kind: LegalText.Kind, _ language: String, _ country: String? = nil) -> LegalText {
        LegalText(
            kind: kind,
            language: language,
            country: country.flatMap { Country(rawValue: $0) },
            text: "\(kind) \(language) \(country ?? "")"
        )
    }

    @Test(arguments: [
        // A country's own before everybody's, and the customer's language before the first.
        ("GB", "en", ["terms en GB", "withdrawal en "]), ("GB", "de", ["terms en GB", "withdrawal de "]),
        ("DE", "de", ["terms de DE", "withdrawal de "]), ("DE", "en", ["terms de DE", "withdrawal en "]),
        ("FR", "en", ["terms en ", "withdrawal en "]), ("FR", "fr", ["terms en ", "withdrawal de "]),
    ])
    func oneOfEachKindHolds(country: String, language: String, holding: [String]) throws {
        let texts = [
            text(.withdrawal, "de"), text(.terms, "en"), text(.terms, "en", "GB"), text(.terms, "de", "DE"),
            text(.withdrawal, "en"),
        ]
        let country = try #require(Country(rawValue: country))
        #expect(LegalText.holding(texts, country: country, language: language).map(\.text) == holding)
        #expect(LegalText.holding([text(.terms, "en", "US")], country: country, language: language) == [])
    }

    private func problems(_ texts: String) -> [String] {
        let file = #"{"products": [], "prices": {}, "legalTexts": \#(texts)}"#
        do throws(DocumentError) {
            _ = try CatalogFile(Array(file.utf8))
            return []
        } catch {
            guard case .fields(let problems) = error else { return ["malformed"] }
            return problems.map { "\($0.pointer) \($0.code)" }
        }
    }

    private func entry(
        _ text: String,
        kind: String = "terms",
        language: String = "en",
        country: String = "null"
    ) -> String {
        #"{"kind": "\#(kind)", "language": "\#(language)", "country": \#(country), "text": "\#(text)"}"#
    }

    @Test func whatIsNoLegalTextIsNamed() {
        let british = entry("b", country: #""GB""#)
        #expect(
            problems("[\(entry(#"a\n\tb"#)), \(british), \(entry("c", kind: "withdrawal", language: "pt-BR"))]") == []
        )
        #expect(problems("[\(entry("a")), \(entry("b"))]") == ["/legalTexts duplicate"])
        for (entry, problem) in [
            (entry("a", kind: "imprint"), "kind unknownKind"),
            (entry("a", language: "English"), "language notALanguage"),
            (entry("a", country: #""XX""#), "country unknownCountry"), (entry(#" \n"#), "text blank"),
            (entry(#"a\r\nb"#), "text controlCharacter"), (entry(#"a\u0000"#), "text controlCharacter"),
            (entry(String(repeating: "é", count: 10_001)), "text tooLong"),
        ] {
            #expect(problems("[\(entry)]") == ["/legalTexts/0/\(problem)"])
        }
        #expect(problems("[\(entry(String(repeating: "é", count: 10_000)))]") == [])
    }
}
