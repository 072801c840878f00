/// Something that was looked at, and how it stands.
struct Observation: Encodable, Sendable, Equatable {
    /// How something stands; the gravest of all is the exit code.
    enum Verdict: Int32, Comparable, Sendable {
        case fine = 0
        /// Somebody should look at it before it gets worse.
        case look = 1
        /// Orders or money are in danger, or the shop does not work.
        case broken = 2

        var word: String {
            switch self {
            case .fine: "fine"
            case .look: "look"
            case .broken: "broken"
            }
        }

        static func < (one: Verdict, other: Verdict) -> Bool { one.rawValue < other.rawValue }
    }

    /// What was looked at, in a word or two.
    let check: String
    let verdict: Verdict
    /// How it stands.
    let says: String
    /// What to do; nil where nothing is to be done.
    let advice: String?

    static func fine(_ check: String, _ says: String) -> Observation {
        Observation(check: check, verdict: .fine, says: says, advice: nil)
    }

    static func look(_ check: String, _ says: String, _ advice: String) -> Observation {
        Observation(check: check, verdict: .look, says: says, advice: advice)
    }

    static func broken(_ check: String, _ says: String, _ advice: String) -> Observation {
        Observation(check: check, verdict: .broken, says: says, advice: advice)
    }
}

extension Observation.Verdict: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(word)
    }
}
