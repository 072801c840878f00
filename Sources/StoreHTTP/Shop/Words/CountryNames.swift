import FoundationEssentials
import Commerce

/// What countries are called, from `countries-LANGUAGE.json` in this folder.
enum CountryNames {
    /// In English. A file that lacks a country is a mistake of the program and ends it.
    private static let english: [Country: String] = {
        do {
            let names = try JSONDecoder().decode(
                [String: String].self,
                from: Data(Embedded.text("countries-en.json").utf8)
            )
            return Dictionary(
                uniqueKeysWithValues: Country.all.map { country in
                    guard let name = names[country.rawValue] else {
                        preconditionFailure("\(country.rawValue) has no name")
                    }
                    return (country, name)
                }
            )
        } catch {
            preconditionFailure("countries-en.json is no list of names")
        }
    }()

    static func name(of country: Country) -> String { english[country] ?? country.rawValue }
}
