import Catalog
package import Commerce

/// For how many years the law of a seller's country wants invoices kept.
package enum RetentionYears {
    /// The years of a country, each by its law. They are counted from the end of the year in which a document was issued, which
    /// is the latest of the ways in which these laws count.
    private static let byCountry: [String: Int] = [
        "AT": 7,  // Bundesabgabenordnung, § 132
        "DE": 8,  // Abgabenordnung, § 147 (3), since 2025 by the Viertes Bürokratieentlastungsgesetz
        "ES": 6,  // Código de Comercio, art. 30
        "FR": 10,  // Code de commerce, art. L123-22
        "GB": 6,  // Value Added Tax Act 1994, schedule 11, paragraph 6; VAT Notice 700/21
        "IE": 6,  // Value-Added Tax Consolidation Act 2010, section 84
        "IT": 10,  // Codice civile, art. 2220
        "NL": 7,  // Algemene wet inzake rijksbelastingen, art. 52
    ]

    /// The years of a seller whose country is not known, or not in the list: no country of the list has more.
    private static let longest = 10

    /// The years of a seller's country, by its code; nil for a seller who does not say where they are.
    package static func years(of country: String?) -> Int { country.flatMap { byCountry[$0] } ?? longest }

    /// The last day on which a document is kept.
    package static func lastDay(issued: CalendarDate, country: String?) -> CalendarDate {
        let year = issued.parts.year + years(of: country)
        return CalendarDate(year: year, month: 12, day: 31) ?? issued
    }
}

extension Document {
    /// The last day on which the law wants it kept.
    func keptUntil(issuedAt: Instant) -> CalendarDate {
        RetentionYears.lastDay(issued: issuedAt.date, country: seller.country)
    }
}
