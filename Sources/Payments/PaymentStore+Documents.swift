package import Commerce
package import Orders
import Postgres

/// Invoices and credit notes, issued one after the other.
extension PaymentStore {
    /// An order's invoice and credit notes, oldest first.
    ///
    /// The invoice is issued when somebody first asks for it, and at the latest when the money arrives. An order that was
    /// cancelled before that has none, nor has one of a shop that names no seller.
    package func documents(of order: Order, now: Instant) async throws -> [IssuedDocument] {
        let known = try await pool.read(IssuedDocument.issued(for: order.id))
        let wantsInvoice = order.status != .cancelled && (order.details.paymentMethod == .invoice || order.isPaid)
        guard known.isEmpty, wantsInvoice, let seller = try await seller() else { return known }
        _ = try await orders.perform(nil, on: .id(order.id), now: now) { order in
            // One that was cancelled meanwhile gets no invoice any more.
            order.status == .cancelled ? [] : try IssuedDocument.invoice(of: order, seller: seller, now: now)
        }
        return try await pool.read(IssuedDocument.issued(for: order.id))
    }
}
