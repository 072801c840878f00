import Catalog
import Commerce
import Orders
import Payments
import Returns
import StoreAPI

// What became of an order after it was placed, as the API shows it.

extension AdjustmentBody {
    init(_ adjustment: Order.Adjustment, of order: Order) {
        let currency = order.totals.total.currency
        self.init(
            cause: AdjustmentCause(rawValue: adjustment.cause.rawValue),
            at: adjustment.at.description,
            amount: MoneyBody(Money(adjustment.amount, currency)),
            tax: MoneyBody(Money(adjustment.tax, currency)),
            items: ChoiceItemBody.list(adjustment.units, of: order)
        )
    }
}

extension ChoiceItemBody {
    /// Units of lines, by line, in the order's order.
    static func list(_ units: [Int: Int], of order: Order) -> [ChoiceItemBody] {
        units.sorted { $0.key < $1.key }.map {
            ChoiceItemBody(sku: order.lines[$0.key - 1].sku.rawValue, quantity: $0.value)
        }
    }

    static func list(_ units: [(sku: SKU, quantity: Int)]) -> [ChoiceItemBody] {
        units.map { ChoiceItemBody(sku: $0.sku.rawValue, quantity: $0.quantity) }
    }

    /// What is sent once more.
    static func replacements(of order: Order) -> [ChoiceItemBody] {
        order.lines.flatMap(\.replacements).filter { $0.quantity > $0.cancelled }
            .map { ChoiceItemBody(sku: $0.sku.rawValue, quantity: $0.quantity - $0.cancelled) }
    }
}

extension MoneyBackBody {
    /// - Parameter amount: what the order comes to less, below 0.
    init(_ amount: Int64, of order: Order) {
        self.init(
            amount: MoneyBody(order.moneyBack(amount)),
            to: order.details.customer.name,
            method: order.details.paymentMethod.rawValue,
            comesTo: MoneyBody(Money(order.comesTo.amount + amount, order.totals.total.currency))
        )
    }
}

extension ShippingPreviewBody {
    init(_ change: ShippingChange, of order: Order) {
        self.init(
            before: MoneyBody(order.comesTo),
            after: MoneyBody(change.total),
            arrives: ArrivalBody(
                from: change.arrives.lowerBound.description,
                to: change.arrives.upperBound.description
            ),
            shipBy: change.shipBy.description
        )
    }
}

extension OrderReturnBody {
    init(_ back: Return, of order: Order) {
        self.init(
            number: back.number(of: order.number),
            kind: ReturnKind(rawValue: back.kind.rawValue),
            announcedAt: back.announcedAt.description,
            receivedAt: back.receivedAt?.description,
            credited: back.isCredited,
            items: back.lines.map { line in
                OrderReturnItemBody(
                    sku: order.lines[line.line - 1].sku.rawValue,
                    name: order.lines[line.line - 1].name,
                    quantity: line.quantity,
                    received: line.received
                )
            },
            closedAt: back.closedAt?.description
        )
    }
}

extension Store {
    /// What is to come back of an order, and where to.
    func returnsBody(_ order: Order) async throws -> OrderReturnsBody {
        OrderReturnsBody(
            data: try await returns.returns(of: order).map { OrderReturnBody($0, of: order) },
            address: try await returnAddress(),
            withdrawUntil: payments.store.lastDayToWithdraw(order)?.description
        )
    }

    /// Where returns are sent, line by line; none where the shop names nobody.
    func returnAddress() async throws -> [String] {
        try await catalogs.lastSeen().terms.seller.map { [$0.name] + $0.addressLines } ?? []
    }

    /// What withdrawing from an order would do.
    func withdrawalBody(_ units: [SKU: Int]?, of order: Order) async throws -> WithdrawalPreviewBody {
        let plan = try await payments.store.withdrawalPlan(units, of: order, now: now())
        let amount =
            try plan.cancelled.isEmpty
            ? 0 : order.withParcelsOpened.givingUp(plan.cancelled, .withdrawn, at: now()).amount
        return WithdrawalPreviewBody(
            cancelled: ChoiceItemBody.list(
                plan.cancelled.map { ($0.key, $0.value) }.sorted { $0.0.rawValue < $1.0.rawValue }
            ),
            comesBack: ChoiceItemBody.list(plan.returned, of: order),
            amount: MoneyBody(order.moneyBack(amount)),
            until: payments.store.lastDayToWithdraw(order)?.description,
            closes: plan.closed.map { Return.number($0, of: order.number) },
            notSent: ChoiceItemBody.list(
                plan.notSent(of: order).map { ($0.key, $0.value) }.sorted { $0.0.rawValue < $1.0.rawValue }
            )
        )
    }
}
