package import Postgres

extension OrderFacts {
    /// The version of the catalog that an order was placed under.
    package static func catalogVersion(of order: Int64) -> Query<Int64> {
        Query(only: Statement("SELECT catalog_version FROM orders WHERE id = $1", order)) {
            try $0.value("catalog_version", as: Int64.self)
        }
    }
}
