/// How the steps of an order look.
enum StateStyle {
    static func of(_ state: String) -> Style {
        switch state {
        case "completed", "paid", "delivered", "shipped": .good
        case "unpaid", "authorised", "partlyShipped", "unfulfilled": .caution
        case "failed", "returned": .alarm
        case "cancelled", "void", "refunded", "partlyRefunded": .quiet
        default: .plain
        }
    }
}
