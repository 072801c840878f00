import Catalog
import Commerce
package import Orders
import Postgres

/// Money in the database: the ledger, the tries to pay, what a provider has to give back, what it told, what could not be
/// settled, and the documents of it all.
package struct PaymentStore: Sendable {
    let orders: OrderStore
    var pool: Pool { orders.pool }

    package init(_ orders: OrderStore) { self.orders = orders }

    /// Who sells, as the catalog has it now; nil where it names nobody, and then no document is issued.
    func seller() async throws -> Seller? { try await orders.catalogs.current().terms.seller }
}
