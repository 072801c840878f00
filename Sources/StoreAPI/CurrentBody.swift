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

extension CurrentBody: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .cart(let cart): cart.write(to: &writer)
        case .order(let order): order.write(to: &writer)
        }
    }
}
