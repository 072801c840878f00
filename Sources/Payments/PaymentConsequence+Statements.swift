import Catalog
import Commerce
import Orders
import Postgres

extension PaymentConsequence {
    /// What it writes.
    func statements(
        _ order: Order,
        _ attempt: PaymentAttempt,
        _ report: PaymentReport,
        in store: PaymentStore,
        at now: Instant,
        by actor: Actor,
        seller: Seller?
    ) throws -> [Statement] {
        func sentBack(_ reason: String) -> [Statement] {
            [
                Statement(
                    "INSERT INTO provider_refund (attempt_id, amount, send_at) VALUES ($1, $2, $3)",
                    attempt.id,
                    attempt.amount.amount,
                    now
                ),
                OrderLog.entry(
                    .paymentReturned,
                    of: order.id,
                    at: now,
                    by: actor,
                    reason: reason,
                    amount: attempt.amount.amount
                ),
            ]
        }
        switch self {
        case .none: return []
        case .authorise: return OrderFacts.paymentAuthorised(order, at: now, by: actor)
        case .fail: return OrderFacts.paymentFailed(order, at: now, by: actor)
        case .pay:
            return OrderFacts.stockTaken(order)
                + (try PaymentStore.paid(
                    order,
                    reference: report.paymentID,
                    attempt: attempt.id,
                    at: now,
                    by: actor,
                    seller: seller
                ))
        case .sendBackAndCancel:
            let reason = "It was paid after what it holds had gone to others."
            return sentBack(reason)
                + (try store.cancelled(order, .cancelled, reason: reason, at: now, by: .system, seller: seller))
        case .sendBack(let reason): return sentBack(reason)
        }
    }
}
