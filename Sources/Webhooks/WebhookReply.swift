/// What came of one attempt to tell an endpoint something.
package enum WebhookReply: Sendable, Equatable {
    /// It answered; of its text the first 4 kB. `after` is how long it asks to be left alone.
    case answered(status: Int, text: String, after: Duration?)
    /// It did not; why, without the address.
    case unreached(String)
}

extension WebhookReply {
    private static let gone = 410

    /// Whether it says that nobody is there any more, for good.
    var isGone: Bool { status == Self.gone }

    /// The answer's status; nil where there is none.
    package var status: Int? { if case .answered(let status, _, _) = self { status } else { nil } }

    /// The answer's text; nil where there is none.
    package var text: String? { if case .answered(_, let text, _) = self { text } else { nil } }

    /// Why it did not work; nil where it did.
    package var failure: String? {
        switch self {
        case .unreached(let reason): reason
        case .answered(200..<300, _, _): nil
        case .answered(let status, _, _) where (300..<400).contains(status):
            "it answered \(status): redirects are not followed"
        case .answered(Self.gone, _, _): "it answered \(Self.gone): it is gone for good"
        case .answered(let status, _, _): "it answered \(status)"
        }
    }
}
