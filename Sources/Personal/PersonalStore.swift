import Cart
package import Commerce
import Delivery
import Fulfilment
import Mail
package import Orders
package import Payments
import Postgres
package import Records
import Reminders
import Returns

/// Everything that is held of a person, by their e-mail address: shown, handed out, erased.
package struct PersonalStore: Sendable {
    let orders: OrderStore
    var pool: Pool { orders.pool }

    package init(_ orders: OrderStore) { self.orders = orders }

    /// An order of somebody's, and what keeps it or a part of it from being erased.
    package struct Holding: Sendable {
        package let order: Order
        /// What is still open of it; nil for nothing.
        package let obstacle: OrderErasure.Obstacle?
        /// The documents that the law wants kept though the order is erased.
        package let documents: [IssuedDocument]
    }

    /// What an erasure would do, or did.
    /// - Throws: `PersonalError.nobody` where no order has this address.
    package func holdings(of email: EmailAddress) async throws -> [Holding] {
        let ids = try await pool.read(OrderErasure.orders(of: email))
        var holdings: [Holding] = []
        for id in ids {
            let found: (Order?, OrderErasure.Obstacle?, [IssuedDocument])
            do {
                found = try await pool.read(
                    orders.reading(.id(id)),
                    onItsWay(id),
                    PaymentErasure.documents(of: id)
                )
            } catch OrderError.erased { continue }
            guard let order = found.0 else { continue }
            holdings.append(
                Holding(
                    order: order,
                    obstacle: OrderErasure.obstacle(order) ?? found.1,
                    documents: found.2
                )
            )
        }
        if holdings.isEmpty { throw PersonalError.nobody }
        return holdings
    }

    /// Erases all that is held of a person but the documents that the law wants kept. Each order goes as a whole; where one is
    /// still open, none does.
    /// - Returns: what was erased, as it was before. Under a key that was used for it before, nothing.
    /// - Throws: `PersonalError`, `IdempotencyKey.Reused`.
    package func erase(
        _ email: EmailAddress,
        key: IdempotencyKey,
        actor: Actor,
        now: Instant
    ) async throws -> [Holding] {
        let isDone = try await pool.read(key.isDone)
        let holdings: [Holding]
        do { holdings = try await self.holdings(of: email) } catch PersonalError.nobody where isDone { return [] }
        let open = holdings.filter { $0.obstacle != nil }
        guard open.isEmpty else { throw PersonalError.open(open) }
        for (index, holding) in holdings.enumerated() {
            // The last one says that all are done.
            let isLast = index == holdings.count - 1
            do {
                try await erase(holding.order.id, key: isLast ? key : nil, actor: actor, now: now)
            } catch OrderError.erased {
                // Somebody else did it at the same time.
                continue
            }
        }
        return holdings
    }

    /// Erases one order.
    /// - Throws: `PersonalError.open`, `OrderError.erased`.
    func erase(_ id: Int64, key: IdempotencyKey?, actor: Actor, now: Instant) async throws {
        let query = onItsWay(id).and(OrderErasure.cart(of: id)).and(PaymentErasure.documents(of: id))
        try await orders.erase(id, key: key, now: now, reading: query) { order, found in
            let ((onItsWay, cart), documents) = found
            if let obstacle = OrderErasure.obstacle(order) ?? onItsWay {
                throw PersonalError.open([Holding(order: order, obstacle: obstacle, documents: documents)])
            }
            return OrderErasure.statements(order, at: now, by: actor)
                + Self.remains(of: [order.id], numbers: [order.number.description], at: now)
                + [CartStore.erasure(of: cart.map { [$0] } ?? [])]
        }
    }

    /// What is erased beside the orders' own rows.
    private static func remains(of ids: [Int64], numbers: [String], at now: Instant) -> [Statement] {
        PaymentErasure.statements(of: ids, numbers: numbers, at: now)
            + ReminderErasure.statements(of: ids)
            + DeliveryErasure.statements(of: ids)
            + [MailStore.erasure(of: ids), FulfilmentStore.erasure(of: ids)]
    }

    /// What of an order is not over besides its parcels.
    private func onItsWay(_ id: Int64) -> Query<OrderErasure.Obstacle?> {
        let isUnsettled = PaymentErasure.isUnsettled(of: id, number: orders.number(of: id).description)
        return PaymentErasure.isMoving(of: id).and(ReturnStore.isOpen(id)).and(isUnsettled).map { found in
            let ((isMoneyMoving, isReturnOpen), isUnsettled) = found
            if isMoneyMoving { return .money }
            if isUnsettled { return .unsettled }
            return isReturnOpen ? .comesBack : nil
        }
    }

    // MARK: - What comes late

    /// For so long after an erasure, what was under way then may still write something.
    package static let lateness = Duration.seconds(3600)

    /// Erases again what belongs to orders that were erased lately: whatever was under way then has written something since.
    /// - Returns: the orders that were erased lately.
    @discardableResult
    package func eraseLateComers(now: Instant) async throws -> [OrderErasure.Erased] {
        let erased = try await pool.read(OrderErasure.erased(since: now + (.zero - Self.lateness)))
        guard !erased.isEmpty else { return [] }
        let ids = erased.map(\.id)
        _ = try await pool.write(
            OrderErasure.remains(of: ids, at: now) + Self.remains(of: ids, numbers: erased.map(\.number), at: now)
        )
        return erased
    }
}

/// Why nothing is erased.
package enum PersonalError: Error, Sendable {
    /// No order has this e-mail address.
    case nobody
    /// These are not over: a parcel or money is still under way, or a finding of their money is not settled.
    case open([PersonalStore.Holding])
}
