import Commerce
import StoreAPI
import UsageGuide

/// The storefront's words in one language, from `shop-LANGUAGE.json` in this folder. What is said of care comes from the
/// guide of the same language, so that both say the same.
struct ShopWords: Sendable {
    let guide: GuideContent
    private let sentences: Sentences<ShopSentence>
    /// The sentences with nothing to fill in, by their keys, as the templates name them.
    let plain: [String: String]

    /// One for each language that guides are written in. A file that can't be used is a mistake of the program and
    /// ends it.
    static let all: [ShopWords] = {
        do { return try read(Embedded.files) } catch { preconditionFailure("\(error)") }
    }()

    /// Reads and checks a file of words for each language of the guides.
    /// - Parameter files: texts by file name.
    static func read(_ files: [String: String]) throws(SentenceFileError) -> [ShopWords] {
        try WordsFile<ShopSentence>.all(files) { "shop-\($0).json" }.map(ShopWords.init)
    }

    private init(_ file: WordsFile<ShopSentence>) {
        guide = file.guide
        sentences = file.sentences
        let plain = ShopSentence.allCases.filter(\.placeholders.isEmpty).map { ($0.rawValue, file.sentences.text($0)) }
        self.plain = Dictionary(uniqueKeysWithValues: plain)
    }

    /// A sentence with its placeholders filled in.
    func text(_ sentence: ShopSentence, _ values: [String: String] = [:]) -> String {
        sentences.text(sentence, values)
    }

    /// An amount as people write it: `£45.00`, and with its code where no sign is known.
    func money(_ money: MoneyBody) -> String {
        let text = Money.text(money.amount, currencyCode: money.currency)
        guard let sign = Self.signs[money.currency], let number = text.split(separator: " ").first else { return text }
        return self.text(.money, ["symbol": sign, "amount": String(number)])
    }

    private static let signs = ["GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥", "INR": "₹", "KRW": "₩"]

    /// An amount, or that there is nothing to pay.
    func price(_ money: MoneyBody) -> String { money.amount == 0 ? text(.free) : self.money(money) }

    /// A date of an answer in words, as `sentence` writes it; as it is where it is none.
    func date(_ text: String, _ sentence: Sentence) -> String {
        CalendarDate(text).map { guide.date($0, sentence) } ?? text
    }

    /// When something arrives: `on Fri 27 Nov`, or the days between which it does.
    func days(_ arrives: ArrivalBody) -> String {
        let (from, to) = (date(arrives.from, .dateShort), date(arrives.to, .dateShort))
        return from == to ? text(.oneDay, ["day": from]) : text(.spanDays, ["from": from, "to": to])
    }

    /// What an answer says to a developer, for a customer: products by their names, dates in words.
    func friendly(_ detail: String, names: [String: String]) -> String {
        let named = names.sorted { $0.key.utf8.count > $1.key.utf8.count }
            .reduce(detail) { $0.replacing($1.key, with: $1.value) }
        return named.replacing(/\d{4}-\d{2}-\d{2}/) { date(String($0.output), .dateShort) }
    }
}
