package import Commerce
import Links
package import Logging
package import Orders
package import Records

/// Takes money for orders and gives it back, through whatever provider stands behind an order's payment method.
///
/// Each step is written down before the provider is asked, and what the provider says is taken in whenever it is heard:
/// from an event, from the customer's return, or by asking. A process that dies between two steps leaves something that
/// the next run, on any server, takes up.
package struct Payments: Sendable {
    /// What the customer does next.
    package enum Action: Sendable, Equatable {
        case redirect(String)
    }

    /// The methods' limits in time.
    package struct Limits: Sendable {
        /// How long a customer has to pay once they have started, and how long stock is held before they do.
        package var session = Duration.seconds(60 * 60)
        /// How long an order waits whose customer does not pay, before it is cancelled.
        package var unpaid = Duration.seconds(24 * 60 * 60)
        /// How long the provider may be silent about a session whose time is over, before the stock is let go.
        package var silence = Duration.seconds(60 * 60)

        package init() {}
    }

    let orders: OrderStore
    package let store: PaymentStore
    package let findings: FindingStore
    let provider: (any PaymentProvider)?
    private let publicURL: String
    private let limits: Limits
    let logger: Logger

    /// - Parameter provider: nil where the shop takes invoices only.
    package init(
        _ orders: OrderStore,
        installation: Installation,
        provider: (any PaymentProvider)?,
        publicURL: String,
        limits: Limits = Limits(),
        logger: Logger
    ) {
        self.orders = orders
        store = PaymentStore(orders, installation: installation)
        findings = FindingStore(orders, installation: installation)
        self.provider = provider
        self.publicURL = publicURL
        self.limits = limits
        self.logger = logger
    }

    /// The ways in which an order can be paid here.
    package var methods: [Order.PaymentMethod] { [.invoice] + (provider.map { [$0.method] } ?? []) }

    /// Why a total can't be paid by a method, as a sentence; nil where it can. What costs nothing needs no provider.
    package func obstacle(_ method: Order.PaymentMethod, _ total: Money) -> String? {
        guard let provider, method == provider.method, total.amount > 0 else { return nil }
        return provider.obstacle(total)
    }

    /// Why a total can't be paid through the provider; nil where it can, or there is none.
    package func providerObstacle(_ total: Money) -> String? { provider.flatMap { obstacle($0.method, total) } }

    /// Starts the payment of an order, or goes on with the one that was started.
    /// - Parameter returnAddress: where the customer goes on to once they are back from the provider; nil for the order's
    ///   page. What was said last holds.
    /// - Returns: the order, and what its customer does; nil where there is nothing to do.
    /// - Throws: `OrderError`, `PaymentError`, or `ProviderError.unavailable`: then the same request is safe again.
    package func start(
        _ locator: OrderLocator,
        returnAddress: String?,
        now: Instant,
        requestID: String
    ) async throws -> (order: Order, action: Action?) {
        let actor = Actor.customer(requestID)
        guard let order = try await orders.order(locator) else { throw OrderError.unknown }
        guard order.details.paymentMethod != .invoice else { return (order, nil) }
        guard order.status != .cancelled else { throw OrderError.cancelled }
        if order.comesTo.amount == 0 {
            return (try await store.recordNothingToPay(.id(order.id), actor: actor, now: now), nil)
        }
        guard let provider, provider.method == order.details.paymentMethod else {
            throw PaymentError.paidElsewhere(order.details.paymentMethod)
        }
        // An attempt whose time is over gives way to a new one, once.
        for _ in 0..<2 {
            let (started, attempt) = try await store.start(
                .id(order.id),
                lifetime: limits.session,
                returnAddress: returnAddress,
                actor: actor,
                now: now
            )
            guard let attempt, attempt.status != .processing else { return (started, nil) }
            // What it came to when that was started, it may not come to any more.
            let isCurrent = attempt.amount == started.comesTo
            if isCurrent, let url = attempt.actionURL, attempt.expiresAt > now { return (started, .redirect(url)) }
            let report =
                try await isCurrent
                ? report(on: attempt, of: started, provider) : standing(of: attempt, of: started, provider, now: now)
            let asItIs = try await take(report, provider, requestID: requestID, now: now) ?? started
            if asItIs.status == .cancelled || asItIs.isPaid || report.status == .processing { return (asItIs, nil) }
            if report.status == .open, let url = report.actionURL { return (asItIs, .redirect(url)) }
        }
        throw PaymentError.closed
    }

    /// Looks at the provider for what has become of an order's payment: the customer has just come back from there.
    /// Where it does not answer, the order is as it was.
    package func returned(_ order: Order, now: Instant, requestID: String) async throws -> Order {
        guard let provider, order.details.paymentMethod == provider.method, !order.isPaid,
            let session = try await store.attempts(of: order).last?.sessionID
        else { return order }
        do {
            let report = try await provider.report(on: session)
            return try await take(report, provider, requestID: requestID, now: now) ?? order
        } catch let error as ProviderError {
            logger.warning("the payment provider did not say how a payment stands", metadata: ["error": "\(error)"])
            return order
        }
    }

    /// Where an order's customer goes on to once they are back from the provider; nil for the order's page.
    package func returnAddress(of order: Order) async throws -> String? {
        guard order.details.paymentMethod != .invoice else { return nil }
        return try await store.attempts(of: order).last?.returnAddress
    }

    /// Takes in what the provider tells, once it has proven who it is.
    /// - Throws: `ForgedEvent`.
    package func receive(signature: String, body: [UInt8], now: Instant, requestID: String) async throws {
        guard let provider else { throw ForgedEvent(reason: "This shop takes no payments through a provider.") }
        let event = try provider.event(signature: signature, body: body, now: now)
        switch event.content {
        case .payment(let report):
            let order = try await take(report, provider, event: (event.id, event.kind), requestID: requestID, now: now)
            if order == nil, isOurs(report.origin), report.status == .succeeded,
                try await !store.has(report, from: provider.method)
            {
                logger.error("money came for no order of this shop", metadata: ["event": "\(event.id)"])
            }
        case .failedRefund(let id):
            let isOurs = try await store.noteFailedRefund(
                providerID: id,
                event: (event.id, event.kind),
                from: provider.method,
                now: now
            )
            if isOurs { logger.error("a refund did not reach its customer", metadata: ["refund": "\(id)"]) }
        case .nothing:
            try await store.note(event: (event.id, event.kind), from: provider.method, now: now)
        }
    }

    /// Whether a provider tells of something that this installation began.
    func isOurs(_ origin: PaymentOrigin?) -> Bool { origin?.installation == store.installation }

    // MARK: - What is due

    /// Does all that is due: closes sessions whose time is over, lets go of stock that nobody paid for, gives money back.
    package func work(now: Instant) async throws {
        guard let provider else { return }
        try await lookAtAttempts(provider, now: now)
        while try await store.releaseUnpaid(provider.method, placedBefore: now + (.zero - limits.session), now: now)
            == 100
        {}
        while try await store.cancelUnpaid(provider.method, placedBefore: now + (.zero - limits.unpaid), now: now)
            == 100
        {}
        try await sendRefunds(now: now)
    }

    /// Sends what is to go back.
    /// - Parameter order: only what belongs to this order.
    package func sendRefunds(of order: Order? = nil, now: Instant) async throws {
        guard let provider else { return }
        for refund in try await store.refundsToSend(of: order, now: now) {
            do {
                let taken = try await provider.refund(refund)
                try await store.noteRefund(refund.id, providerID: taken.id, hasFailed: taken.hasFailed)
            } catch let error as ProviderError {
                logger.error(
                    "money could not be given back yet",
                    metadata: ["order": "\(refund.origin.order)", "error": "\(error)"]
                )
                if case .refused = error {
                    try await store.noteRefund(refund.id, providerID: nil, hasFailed: true)
                }
            }
        }
    }

    private func lookAtAttempts(_ provider: any PaymentProvider, now: Instant) async throws {
        for attempt in try await store.attemptsToLookAt(provider.method, now: now) {
            guard let order = try await orders.order(.id(attempt.orderID)) else { continue }
            do {
                try await take(
                    standing(of: attempt, of: order, provider, now: now),
                    provider,
                    requestID: "maintenance",
                    now: now
                )
            } catch let error as ProviderError {
                logger.warning("the payment provider did not say how a payment stands", metadata: ["error": "\(error)"])
                // Its own limit has closed the session long ago; the stock is not held for ever.
                if attempt.status != .processing, attempt.expiresAt + limits.silence < now {
                    try await take(
                        PaymentReport(nothingFrom: attempt, of: store.origin(ofOrder: attempt.orderID), .expired),
                        provider,
                        requestID: "maintenance",
                        now: now
                    )
                }
            }
        }
    }

    /// How an attempt stands; one that can still be paid though its time is over, or its order needs it no more, is
    /// closed first.
    private func standing(
        of attempt: PaymentAttempt,
        of order: Order,
        _ provider: any PaymentProvider,
        now: Instant
    ) async throws -> PaymentReport {
        guard let session = attempt.sessionID else {
            // It may have been made though its answer was lost: asked again, it is the same one.
            let report = try await begin(attempt, of: order, provider)
            guard report.status == .open, let session = report.sessionID else { return report }
            return try await provider.close(session)
        }
        let report = try await provider.report(on: session)
        let isNeeded =
            order.status == .placed && !order.isPaid && attempt.expiresAt > now && attempt.amount == order.comesTo
        return report.status == .open && !isNeeded ? try await provider.close(session) : report
    }

    /// How an attempt stands; one of which no session is known is begun, again if need be.
    private func report(
        on attempt: PaymentAttempt,
        of order: Order,
        _ provider: any PaymentProvider
    ) async throws -> PaymentReport {
        // Not begun again: the provider would repeat what it said then.
        if let session = attempt.sessionID { return try await provider.report(on: session) }
        return try await begin(attempt, of: order, provider)
    }

    private func begin(
        _ attempt: PaymentAttempt,
        of order: Order,
        _ provider: any PaymentProvider
    ) async throws -> PaymentReport {
        let origin = store.origin(ofOrder: order.id)
        do {
            return try await provider.begin(attempt, from: origin, returnURL: "\(publicURL)/o/\(order.token.text)")
        } catch ProviderError.refused(let reason) {
            logger.error("the payment provider refused a payment", metadata: ["error": "\(reason)"])
            return PaymentReport(nothingFrom: attempt, of: origin, .failed)
        }
    }

    /// Takes in what the provider says.
    @discardableResult
    func take(
        _ report: PaymentReport,
        _ provider: any PaymentProvider,
        event: (id: String, kind: String)? = nil,
        requestID: String,
        now: Instant
    ) async throws -> Order? {
        try await store.take(
            report,
            event: event,
            from: provider.method,
            actor: .provider(provider.method.rawValue, requestID),
            now: now
        )
    }
}
