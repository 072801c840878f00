import Commerce
import Orders

/// What follows for an order from how far an attempt has come.
enum PaymentConsequence: Equatable {
    case none
    /// The customer has paid, and the money is on its way.
    case authorise
    /// Nothing will come: the stock is free again.
    case fail
    /// The order is paid; its stock is taken again first where it was given up.
    case pay
    /// The order's stock has gone to others: what came goes back, and the order is cancelled.
    case sendBackAndCancel
    /// The order can't take the money: all of it goes back.
    case sendBack(String)

    /// - Parameters:
    ///   - status: how far the attempt has come with this report.
    ///   - tried: what the attempt asks for.
    ///   - amount: what came, as the provider says.
    ///   - hasStock: whether the order holds its stock, or can take it again.
    init(of status: PaymentAttempt.Status, tried: Money, amount: Money?, for order: Order, hasStock: Bool) {
        switch status {
        case .starting, .open: self = .none
        case .processing:
            let isExpected = order.status == .placed && order.isStockHeld && order.paymentStatus.mayBecome(.authorised)
            self = isExpected ? .authorise : .none
        case .expired, .failed:
            let isAwaited =
                order.paymentStatus == .unpaid || order.paymentStatus == .authorised
                || (order.paymentStatus == .failed && order.isStockHeld)
            // A try to pay what it no longer comes to says nothing of it.
            self = order.status == .placed && isAwaited && tried == order.comesTo ? .fail : .none
        case .succeeded:
            if order.status != .placed || !order.paymentStatus.mayBecome(.paid) {
                self = .sendBack("It came for an order that was cancelled or paid already.")
            } else if amount != order.comesTo {
                self = .sendBack("It was not what the order comes to.")
            } else {
                let reason = "What it still holds has gone to others, and some of it is packed or has left."
                self = hasStock ? .pay : order.canBeCorrected ? .sendBackAndCancel : .sendBack(reason)
            }
        }
    }
}
