import FoundationEssentials
import UsageGuide

/// The words by which a customer agrees to offers, from `offers.json` in this folder. Others are another version, added at
/// the end: what somebody agreed to must be there to be read for as long as the order is.
struct OfferWording: Decodable, Sendable {
    /// The version, as it is agreed to.
    let wording: String
    /// What it says, by language.
    let texts: [String: String]

    /// The one that is shown now. A file that can't be used is a mistake of the program and ends it.
    static let current: OfferWording = {
        do { return try read(Embedded.files) } catch { preconditionFailure("\(error)") }
    }()

    /// Reads and checks the file.
    /// - Returns: the last version.
    static func read(_ files: [String: String]) throws(SentenceFileError) -> OfferWording {
        let file = "offers.json"
        guard let text = files[file] else { throw SentenceFileError(file: file, problem: "is missing") }
        let all: [OfferWording]
        do { all = try JSONDecoder().decode([OfferWording].self, from: Data(text.utf8)) } catch {
            throw SentenceFileError(file: file, problem: "is not a list of wordings (\(error))")
        }
        guard let last = all.last, Set(all.map(\.wording)).count == all.count,
            all.allSatisfy({ (1...20).contains($0.wording.unicodeScalars.count) })
        else { throw SentenceFileError(file: file, problem: "has no wording, one twice, or one with a long name") }
        if let lacking = GuideContent.languages.first(where: { last.texts[$0] == nil }) {
            throw SentenceFileError(file: file, problem: "wording \(last.wording) lacks \(lacking)")
        }
        return last
    }

    /// What it says in a language that guides are written in.
    func text(in language: String) -> String { texts[language] ?? "" }
}
