import StoreAPI

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
    /// How an order's status looks.
    init(_ status: OrderStatus) {
        self =
            switch status {
            case .completed: .good
            case .cancelled: .quiet
            case .placed, .unknown: .plain
            }
    }

    /// How the status of an order's payment looks.
    init(_ status: PaymentStatus) {
        self =
            switch status {
            case .paid: .good
            case .unpaid, .authorised: .caution
            case .failed: .alarm
            case .void, .refunded, .partlyRefunded: .quiet
            case .unknown: .plain
            }
    }

    /// How the status of an order's fulfilment looks.
    init(_ status: FulfilmentStatus) {
        self =
            switch status {
            case .delivered, .shipped: .good
            case .partlyShipped, .unfulfilled: .caution
            case .returned: .alarm
            case .unknown: .plain
            }
    }
}
