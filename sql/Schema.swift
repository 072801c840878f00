package import Postgres

/// The store's schema as numbered migrations, carried inside the program.
package enum Schema {
    /// Every migration there is, in order.
    package static let migrations = [
        migration(1, "catalog", PackageResources._001_catalog_sql),
        migration(2, "carts", PackageResources._002_carts_sql),
        migration(3, "orders", PackageResources._003_orders_sql),
    ]

    private static func migration(_ number: Int, _ name: String, _ sql: [UInt8]) -> Migration {
        Migration(number: number, name: name, sql: String(decoding: sql, as: UTF8.self))
    }
}
