import StoreAPI

/// A component's stock in one sentence.
enum StockSentence {
    static func of(_ row: StockRowBody) -> String {
        "\(row.sku): \(row.onHand) on hand, \(row.reserved) reserved, \(row.available) available."
    }
}
