import Catalog
import Commerce
import Postgres

/// The statement with which an order reserves one of each.
enum StockReservation {
    static func statement(_ codes: [String]) -> Statement {
        StockStore.reserve(codes.compactMap { code in SKU(rawValue: code).map { (sku: $0, quantity: 1) } })
    }
}
