public import Commerce

/// The sentences of the guide. Every issued guide carries the version of its content.
public struct GuideContent: Sendable {
    /// The languages that guides are written in.
    public static let languages = ["en"]

    /// The version of a language's content that new guides are issued with.
    public static func version(language: String) -> String { "\(language)-1" }

    /// The sentences in a language. English is the only one so far.
    public init(language: String) {}

    public let title = "Your aftercare"
    public let disclaimer =
        "This is general aftercare, not medical advice. What your artist told you comes first."
    public let infection =
        "Growing pain, spreading redness, heat, pus or a fever are not part of healing: call your artist or a doctor the same day."
    public let normal =
        "Some swelling and tenderness is normal, mostly up to the third day. Redness fades little by little over two weeks. Itching is normal until the scabs have gone, and the scabs fall by themselves within seven to fourteen days."
    public let movement =
        "After the days of rest, light exercise is fine; stop if you sweat heavily. No swimming until two weeks after a session."
    public let scabs =
        "Once the scabs start to fall, a mild moisturiser without fragrance is fine if your artist suggests it."
    public let forGood =
        "For good: keep the sun off your scalp, clean it gently, exfoliate now and then, and go on with shampoo and lotion as long as they feel right."
    public let inThisOrder = "in this order"
    public let fromKitAtHome = "from the kit you already have"
    public let nothingToDo = "Nothing to do today."
    public let undated = "Your plan, day by day"
    public let after = "Your plan is done. Now it is about keeping the result."
    public let openNote =
        "Lotion starts one week after your final session. Add its date to your order and the plan goes on."
    public let undatedNote =
        "Days are counted from a session. Days 0 to 6 come after each session; days 7 to 36 only after the final one. Add your dates to your order and this page shows real days."

    /// The headline on a day of the plan.
    public func day(_ day: Int, session: Int, of count: Int) -> String {
        let name = count == 1 ? "your session" : "your \(ordinal(session)) session"
        return switch day {
        case 0: count == 1 ? "Today is your session" : "Today is \(name)"
        default: "Day \(day) after \(name)"
        }
    }

    /// The headline before the first session.
    public func before(days: Int) -> String {
        days == 1 ? "Your first session is tomorrow" : "\(days) days to your first session"
    }

    /// What to do, with what.
    public func action(_ action: Plan.Action, isHealing: Bool, product: String?, isInOrder: Bool) -> String {
        let name = product.map { isInOrder ? $0 : "\($0), \(fromKitAtHome)" }
        return switch action {
        case .wash:
            isHealing
                ? "Wash gently with lukewarm water, without rubbing (\(name ?? "a mild shampoo"))."
                : "Wash with normal pressure and dry thoroughly (\(name ?? "a mild shampoo"))."
        case .ointment: "Put on a thin layer of ointment (\(name ?? "as your artist suggests"))."
        case .lotion: "Put on lotion, after the wash where there is one (\(name ?? "a light one"))."
        }
    }

    /// What to leave alone, as a sentence.
    public func caution(_ caution: Plan.Caution) -> String {
        switch caution {
        case .dry: "Keep your head dry: no wash, no shower on it. The pigment has to settle."
        case .rest: "No strenuous exercise and no heavy sweating: sweat irritates and can carry pigment away."
        case .sun: "No direct sun: wear a hat, or sunscreen where you can't avoid it."
        case .pick: "Don't pick or scratch. Let scabs fall by themselves."
        }
    }

    /// The same in a word or two.
    public func cautionInShort(_ caution: Plan.Caution) -> String {
        switch caution {
        case .dry: "keep dry"
        case .rest: "rest"
        case .sun: "no sun"
        case .pick: "don't pick"
        }
    }

    /// What a milestone means.
    public func milestone(_ code: Plan.Milestone.Code) -> String {
        switch code {
        case .scabsGone: "The scabs have gone."
        case .activity:
            "Most of what you normally do is fine again, exercise and showers too. Ask your artist before you swim."
        case .zeroShine: "You may use Zero Shine: only ever on healed skin."
        case .fullResult: "The full result shows."
        }
    }

    /// A stretch of time; open-ended without an end.
    public func span(from: String, to: String?) -> String { to.map { "\(from) to \($0)" } ?? "from \(from)" }

    /// A day by its number.
    public func dayNumber(_ day: Int) -> String { "day \(day)" }

    /// A date as it is read aloud: `Thu 3 December 2026`.
    public func date(_ date: CalendarDate) -> String {
        let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November",
            "December",
        ]
        let (year, month, day) = date.parts
        return "\(weekdays[date.weekday - 1]) \(day) \(months[month - 1]) \(year)"
    }

    private func ordinal(_ number: Int) -> String {
        let words = [
            "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
            "twelfth",
        ]
        return words[min(number, words.count) - 1]
    }
}
