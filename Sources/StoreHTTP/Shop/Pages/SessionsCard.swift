import Commerce
import JSONFields
import StoreAPI
import UsageGuide

/// The form for the session dates, on the page of the kit and on that of a cart.
struct SessionsCard {
    let form: SessionsForm
    /// What is wrong with the dates, or with what else a link holds.
    let faults: [FieldProblem]
    /// Where the form goes: as a question to the page itself, or as a change of a cart.
    let action: String
    let isChange: Bool
    /// The page that it is on.
    let here: String
    var version: String?
    var currency: String?
    var reference: String?
    /// The countries to choose from, where it is asked for one.
    var countries: [StoreCountryBody] = []
    var country: String?
    /// The kit that can be added with these dates.
    var kit: String?

    func values(_ words: ShopWords) -> [String: Any] {
        let faults = told(words)
        let wrong = Set(faults.compactMap(\.session))
        var values: [String: Any] = [
            "action": action, "method": isChange ? "post" : "get", "here": here, "isDated": form.isDated,
            "isFinal": form.isFinal, "isShort": form.keepDryHours == 24, "zone": form.timeZone,
            "isGuess": form.isZoneGuessed, "isZoneWrong": faults.contains { $0.target == "zone" },
            "button": words.text(isChange ? .sessionsSave : .sessionsShow),
            "dates": (0..<form.rows).map { index in
                let typed = form.dates.indices.contains(index) ? form.dates[index] : ""
                let date = CalendarDate(typed)
                return [
                    "number": "\(index + 1)", "label": words.text(.session, ["number": "\(index + 1)"]),
                    "value": typed, "isWrong": wrong.contains(index),
                    "said": wrong.contains(index)
                        ? faults.first { $0.session == index }?.text ?? ""
                        : date.map { words.guide.date($0, .dateFull) } ?? "",
                ] as [String: Any]
            },
            "more": form.rows < Course.sessionsMax ? ["rows": "\(form.rows + 1)"] : false,
            "versionInput": ShopPage.lines(version), "currencyInput": ShopPage.lines(currency),
            "referenceInput": ShopPage.lines(reference),
            "buy": ShopPage.lines(kit),
            "faults": faults.isEmpty
                ? false : ["list": faults.map { ["text": $0.text, "target": ShopPage.lines($0.target)] }],
        ]
        values["countries"] =
            countries.isEmpty
            ? false
            : [
                "list": countries.map {
                    ["code": $0.code, "name": $0.name, "isChosen": $0.code == country] as [String: Any]
                }
            ]
        return values
    }

    private struct Fault {
        let text: String
        /// The field's name on the page.
        let target: String?
        var session: Int?
    }

    private func told(_ words: ShopWords) -> [Fault] {
        faults.map { error in
            let parts = error.pointer.split(separator: "/").drop { $0 == "course" }
            switch parts.first {
            case "sessions":
                guard parts.count == 2, let index = parts.last.flatMap({ Int($0) }) else {
                    return Fault(text: words.text(.faultMany), target: nil)
                }
                let sentence: ShopSentence =
                    switch error.code {
                    case SessionError.duplicate.rawValue: .faultDuplicate
                    case SessionError.tooFarAway.rawValue: .faultFar
                    default: .faultDate
                    }
                return Fault(
                    text: words.text(sentence, ["number": "\(index + 1)"]),
                    target: "session-\(index + 1)",
                    session: index
                )
            case "ref": return Fault(text: words.text(.faultReference), target: nil)
            case "timeZone": return Fault(text: words.text(.faultZone), target: "zone")
            default: return Fault(text: error.detail, target: nil)
            }
        }
    }
}
