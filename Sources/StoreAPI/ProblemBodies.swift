/// What is wrong with one field.
package struct FieldErrorBody: Codable, Sendable, Hashable {
    package let pointer: String
    package let code: String
    package let detail: String

    package init(pointer: String, code: String, detail: String) {
        self.pointer = pointer
        self.code = code
        self.detail = detail
    }
}

/// Why a request was not done (RFC 9457).
package struct ProblemBody: Codable, Sendable, Hashable {
    package let type: String
    package let title: String
    package let status: Int
    package let detail: String
    package let errors: [FieldErrorBody]?
    package let current: CurrentBody?
    package let old: MoneyBody?
    package let new: MoneyBody?
    package let order: String?
    package let requestId: String

    package init(
        type: String,
        title: String,
        status: Int,
        detail: String,
        errors: [FieldErrorBody]?,
        current: CurrentBody?,
        old: MoneyBody?,
        new: MoneyBody?,
        order: String?,
        requestId: String
    ) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.errors = errors
        self.current = current
        self.old = old
        self.new = new
        self.order = order
        self.requestId = requestId
    }
}

/// What a change was refused for: the thing as it stands now.
package enum CurrentBody: Codable, Sendable, Hashable {
    case cart(CartBody)
    case order(OrderBody)

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let order = try? container.decode(OrderBody.self) {
            self = .order(order)
        } else {
            self = .cart(try container.decode(CartBody.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .cart(let cart): try container.encode(cart)
        case .order(let order): try container.encode(order)
        }
    }
}
