import Catalog
import Commerce
package import Orders
import Postgres
package import Records

/// Money in the database: the ledger, the tries to pay, what a provider has to give back, what it told, what could not be
/// settled, and the documents of it all.
package struct PaymentStore: Sendable {
    let orders: OrderStore
    let installation: Installation
    var pool: Pool { orders.pool }

    package init(_ orders: OrderStore, installation: Installation) {
        self.orders = orders
        self.installation = installation
    }

    /// What a provider is told of whose an order's money is.
    func origin(ofOrder id: Int64) -> PaymentOrigin {
        PaymentOrigin(installation: installation, order: orders.number(of: id))
    }

    /// Who sells, as the catalog has it now; nil where it names nobody, and then no document is issued.
    func seller() async throws -> Seller? { try await orders.catalogs.current().terms.seller }
}
