/// What a piece of text means, which is what its colour says.
enum Style: Sendable, Hashable {
    case plain
    /// A heading, or what matters most.
    case strong
    /// What matters less.
    case quiet
    /// All is well.
    case good
    /// It wants attention.
    case caution
    /// Something is wrong.
    case alarm

    /// The terminal's code for it; nil where none is needed.
    private var code: String? {
        switch self {
        case .plain: nil
        case .strong: "1"
        case .quiet: "2"
        case .good: "32"
        case .caution: "33"
        case .alarm: "31"
        }
    }

    /// A text in this style.
    func paint(_ text: String, colour: Bool) -> String {
        guard colour, let code, !text.isEmpty else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}

extension Style {
    /// How the status of an order, of its payment or of its fulfilment looks.
    init(status: String) {
        self =
            switch status {
            case "completed", "paid", "delivered", "shipped": .good
            case "unpaid", "authorised", "partlyShipped", "unfulfilled": .caution
            case "failed", "returned": .alarm
            case "cancelled", "void", "refunded", "partlyRefunded": .quiet
            default: .plain
            }
    }
}
