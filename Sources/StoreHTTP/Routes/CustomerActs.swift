import Commerce
import Orders
import Payments
import Records
import Returns

/// What a customer does with their order: one function for each act, for the order's page and for the API alike.
struct CustomerActs: Sendable {
    /// A link that a customer may replace: the order's own is what they hold.
    enum SharedLink: String, CaseIterable, Sendable {
        case guide
        case calendar

        fileprivate var link: Order.SharedLink { self == .guide ? .guide : .calendar }

        /// Where it leads; nil where it is off.
        func path(of order: Order) -> String? {
            switch self {
            case .guide: order.guideToken.map(StorePath.guidePage)
            case .calendar: order.calendarToken.map(StorePath.calendar)
            }
        }
    }

    /// What becomes of a link.
    enum LinkAct: String, CaseIterable, Sendable {
        case renew
        case revoke
    }

    let store: Store
    private let actor: Actor

    init(_ store: Store, _ context: StoreContext) {
        self.store = store
        actor = .customer(context.requestID)
    }

    /// Cancels an order, or some units of it, and gives back what was paid for it.
    /// - Parameters:
    ///   - units: nil for all of it.
    ///   - key: nil where none is needed: an order that is cancelled stays so.
    /// - Throws: `OrderError`.
    func cancel(_ order: Order, _ units: [SKU: Int]?, key: IdempotencyKey?) async throws -> Order {
        let cancelled = try await store.payments.store.cancel(
            .id(order.id),
            units,
            isByCustomer: true,
            reason: "The customer asked for it.",
            key: key,
            actor: actor,
            now: store.now()
        )
        await store.sendRefunds(of: cancelled)
        store.pages.forget(order.guideToken)
        return cancelled
    }

    /// Withdraws from the contract, for all of an order or some units of it.
    /// - Throws: `OrderError`.
    func withdraw(_ order: Order, _ units: [SKU: Int]?, key: IdempotencyKey?) async throws -> Order {
        let withdrawn = try await store.payments.store.withdraw(
            .id(order.id),
            units,
            key: key,
            actor: actor,
            now: store.now()
        )
        await store.sendRefunds(of: withdrawn)
        store.pages.forget(order.guideToken)
        return withdrawn
    }

    /// Announces units to come back.
    /// - Throws: `OrderError`.
    func announceReturn(_ order: Order, _ units: [SKU: Int], reason: String?, key: IdempotencyKey?) async throws
        -> Order
    {
        try await store.returns.announce(.id(order.id), units, reason: reason, key: key, actor: actor, now: store.now())
    }

    /// Takes back the announcement of a return.
    /// - Parameter ordinal: which; nil for the one that is awaited.
    /// - Throws: `OrderError`, `ReturnError`.
    func closeReturn(_ order: Order, _ ordinal: Int?, reason: String?, key: IdempotencyKey?) async throws -> Order {
        try await store.returns.close(
            .id(order.id),
            ordinal,
            isByCustomer: true,
            reason: reason,
            key: key,
            actor: actor,
            now: store.now()
        )
    }

    /// Sends an order by another method.
    /// - Throws: `OrderError`.
    func changeShipping(_ order: Order, to method: String, expected: Money, key: IdempotencyKey?) async throws -> Order
    {
        let changed = try await store.payments.store.changeShipping(
            .id(order.id),
            to: method,
            expected: expected,
            key: key,
            actor: actor,
            now: store.now()
        )
        await store.sendRefunds(of: changed)
        return changed
    }

    /// Puts right who an order is for and where it goes.
    /// - Throws: `OrderError`.
    func correct(_ order: Order, _ correction: ContactCorrection, key: IdempotencyKey?) async throws -> Order {
        let corrected = try await store.orders.correct(
            .id(order.id),
            correction,
            key: key,
            actor: actor,
            now: store.now()
        )
        store.pages.forget(order.guideToken)
        return corrected
    }

    /// Makes a new link in place of an old one, or switches it off.
    /// - Throws: `OrderError`.
    func replace(_ link: SharedLink, of order: Order, _ act: LinkAct, key: IdempotencyKey?) async throws -> Order {
        let replaced = try await store.orders.replaceLink(
            .id(order.id),
            link.link,
            isRevoked: act == .revoke,
            key: key,
            actor: actor,
            now: store.now()
        )
        store.pages.forget(order.guideToken)
        return replaced
    }
}
