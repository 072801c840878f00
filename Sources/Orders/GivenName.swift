/// What a client is called by, where only the name is known that a parcel goes to. A careful guess: a wrong one is in every
/// reminder.
package enum GivenName {
    /// Words before a name that are no part of it, without their dots.
    private static let titles: Set<String> = [
        "dr", "prof", "mr", "mrs", "ms", "miss", "mx", "sir", "dame", "lady", "lord", "rev", "herr", "frau", "hr", "fr",
        "ing",
        "dipl-ing", "mag", "m", "mme", "mlle", "monsieur", "madame", "sr", "sra", "srta", "señor", "señora", "sig",
        "sigra",
        "dott", "dottssa", "mevr", "dhr", "pan", "pani", "med",
    ]

    /// The given name in a name: the first word that is no title, of the part behind a comma where there is one, since
    /// `Smith, John` is how lists have it.
    package static func guess(_ name: String) -> String {
        let parts = name.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false).map { words(String($0)) }
        // What follows the comma may be a degree: then the name stands before it.
        let behind = parts.count == 2 ? given(parts[1].filter { !degrees.contains(plain($0)) }) : nil
        return behind ?? given(parts[0]) ?? parts.flatMap(\.self).first ?? name
    }

    private static func given(_ words: [String]) -> String? {
        words.first { !titles.contains(plain($0)) && !plain($0).isEmpty }.map { String($0.prefix { $0 != "," }) }
    }

    private static func plain(_ word: String) -> String { word.lowercased().filter { $0 != "." && $0 != "," } }

    /// Words behind a name that are no part of it, without their dots.
    private static let degrees: Set<String> = [
        "jr", "sr", "ii", "iii", "iv", "md", "phd", "dds", "esq", "rn", "msc", "bsc", "ba", "ma", "mba",
    ]

    /// By scalars: a space that a mark follows is no space to Swift's characters.
    private static func words(_ text: String) -> [String] {
        text.unicodeScalars.split { $0.properties.isWhitespace }.map { String(String.UnicodeScalarView($0)) }
    }
}

extension Order.Customer {
    /// What the guide calls them by.
    package var calledBy: String { givenName ?? GivenName.guess(name) }
}
