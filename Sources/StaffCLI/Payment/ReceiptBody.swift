import StoreAPI

/// Money that came in.
struct ReceiptBody: Encodable, Sendable {
    let amount: MoneyBody
    var reference: String?
}
