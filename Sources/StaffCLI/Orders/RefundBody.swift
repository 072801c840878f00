import StoreAPI

/// What is given back.
struct RefundBody: Encodable, Sendable {
    let items: [ChoiceItemBody]
    let shipping: Bool
    let reason: String
}
