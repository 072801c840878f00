import Commerce
import Orders
import Payments
import Records

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

    /// Cancels an order, and gives back what was paid.
    /// - Parameter key: nil where none is needed: an order that is cancelled stays so.
    /// - Throws: `OrderError`.
    func cancel(_ order: Order, key: IdempotencyKey?) async throws -> Order {
        let cancelled = try await store.payments.store.cancel(
            .id(order.id),
            reason: "The customer asked for it.",
            key: key,
            actor: actor,
            now: store.now()
        )
        await store.sendRefunds(of: cancelled)
        store.pages.forget(order.guideToken)
        return cancelled
    }

    /// Puts right where an order goes and who hears of it.
    /// - Throws: `OrderError`.
    func correct(_ order: Order, _ correction: ContactCorrection, key: IdempotencyKey?) async throws -> Order {
        try await store.orders.correct(.id(order.id), correction, key: key, actor: actor, now: store.now())
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
