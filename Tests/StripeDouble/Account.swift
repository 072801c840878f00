/// Everything that has happened to one account, and every act that changes it. It knows no network and no clock but the
/// moment that it was told.
struct Account: Sendable {
    typealias Session = StripeDouble.Session
    typealias Refund = StripeDouble.Refund
    typealias Event = StripeDouble.Event
    typealias Refusal = StripeDouble.Refusal

    /// The most sessions and the most refunds that are kept. Neither has more than two events.
    static let countMax = 10_000
    private static let amountMax: Int64 = 99_999_999

    /// Where the pages to pay on are.
    var baseURL = ""
    private(set) var now: Int64 = 0
    private(set) var sessions = Shelf<Session>()
    private(set) var refunds = Shelf<Refund>()
    private(set) var events: [Event] = []
    /// The events that the receiver has taken.
    private var delivered: Set<String> = []

    /// Moves the clock; sessions that were not paid in time expire now.
    mutating func advance(to moment: Int64) {
        now = moment
        for session in sessions.all where session.status == .open && session.expiresAt <= moment { expire(session) }
    }

    // MARK: - Sessions

    mutating func createSession(_ form: Form) throws -> Session {
        try form.allow([
            "billing_address_collection", "cancel_url", "client_reference_id", "customer_email", "expires_at",
            "line_items", "locale", "metadata", "mode", "payment_intent_data", "payment_method_types", "submit_type",
            "success_url",
        ])
        guard try form.required("mode") == "payment" else { throw Refusal.invalid("mode", "payment, for the double") }
        let (currency, amount) = try Self.total(form)
        let successURL = try form.required("success_url")
        try Self.checkURL(successURL, "success_url")
        let cancelURL = form["cancel_url"]
        if let cancelURL { try Self.checkURL(cancelURL, "cancel_url") }
        let reference = form["client_reference_id"]
        guard (reference ?? "").count <= 200 else {
            throw Refusal.invalid("client_reference_id", "at most 200 characters")
        }
        let expiresAt = try form.integer("expires_at", in: now + 30 * 60...now + 24 * 3600) ?? now + 24 * 3600
        let metadata = try form.metadata()
        let paymentMetadata = try form.inside("payment_intent_data").metadata()
        guard sessions.all.count < Self.countMax else { throw Refusal.full }
        let id = Self.newID("cs_test_")
        let session = Session(
            id: id,
            created: now,
            expiresAt: expiresAt,
            amountTotal: amount,
            currency: currency,
            clientReferenceID: reference,
            customerEmail: form["customer_email"],
            metadata: metadata,
            paymentIntentMetadata: paymentMetadata,
            successURL: successURL,
            cancelURL: cancelURL,
            url: "\(baseURL)/pay/\(id)"
        )
        sessions.append(session)
        return session
    }

    func session(_ id: String) throws -> Session {
        guard let session = sessions[id] else { throw Refusal.unknown("checkout.session", id, parameter: "session") }
        return session
    }

    func listSessions(_ form: Form) throws -> Page<Session> {
        try form.allow(["created", "limit", "starting_after"])
        return try sessions.page(form, "checkout.session")
    }

    /// The customer pays.
    /// - Parameter later: whether it takes a while until the money is there, or isn't.
    mutating func pay(_ id: String, later: Bool = false) throws -> Session {
        var session = try openSession(id)
        session.status = .complete
        session.paymentStatus = later ? .unpaid : .paid
        session.paymentIntent = Self.newID("pi_")
        session.url = nil
        sessions.replace(session)
        emit("checkout.session.completed", .session(session))
        return session
    }

    /// A payment that took a while comes to its end.
    mutating func settle(_ id: String, succeeds: Bool) throws -> Session {
        var session = try session(id)
        guard session.status == .complete, session.paymentStatus == .unpaid, !session.hasFailed else {
            throw Refusal("No payment of this session is on its way.")
        }
        session.paymentStatus = succeeds ? .paid : .unpaid
        session.hasFailed = !succeeds
        sessions.replace(session)
        emit("checkout.session.async_payment_\(succeeds ? "succeeded" : "failed")", .session(session))
        return session
    }

    mutating func expire(_ id: String) throws -> Session { expire(try openSession(id)) }

    @discardableResult
    private mutating func expire(_ session: Session) -> Session {
        var session = session
        session.status = .expired
        session.url = nil
        sessions.replace(session)
        emit("checkout.session.expired", .session(session))
        return session
    }

    private func openSession(_ id: String) throws -> Session {
        let session = try session(id)
        guard session.status == .open else { throw Refusal("This session is \(session.status.rawValue), not open.") }
        return session
    }

    private static func checkURL(_ text: String, _ parameter: String) throws {
        guard text.hasPrefix("http://") || text.hasPrefix("https://") else {
            throw Refusal(code: "url_invalid", parameter: parameter, isKept: false, "\(parameter) is not a URL.")
        }
    }

    private static func total(_ form: Form) throws -> (currency: String, amount: Int64) {
        let items = form.inside("line_items")
        guard (1...100).contains(items.names.count) else { throw Refusal.missing("line_items") }
        var currencies: Set<String> = []
        var amount: Int64 = 0
        for name in items.names {
            let item = items.inside(name)
            _ = try item.required("price_data", "product_data", "name")
            currencies.insert(try item.required("price_data", "currency").lowercased())
            let price = try item.requiredInteger("price_data", "unit_amount", in: 0...amountMax)
            let quantity = try item.requiredInteger("quantity", in: 1...999_999)
            amount += price * quantity
        }
        guard currencies.count == 1, let currency = currencies.first, currency.utf8.count == 3 else {
            throw Refusal.invalid("line_items", "in one currency, of three letters")
        }
        guard amount > 0 else { throw Refusal(code: "amount_too_small", isKept: false, "There is nothing to pay.") }
        guard amount <= amountMax else { throw Refusal(code: "amount_too_large", isKept: false, "That is too much.") }
        return (currency, amount)
    }

    // MARK: - Refunds

    mutating func createRefund(_ form: Form) throws -> Refund {
        try form.allow(["amount", "metadata", "payment_intent", "reason"])
        let session = try payment(try form.required("payment_intent"))
        let wanted = try form.integer("amount", in: 1...Self.amountMax)
        let metadata = try form.metadata()
        guard refunds.all.count < Self.countMax else { throw Refusal.full }
        guard session.paymentStatus == .paid, let paymentIntent = session.paymentIntent else {
            throw Refusal(parameter: "payment_intent", "Nothing was charged that could be refunded.")
        }
        let left = session.amountTotal - refunded(paymentIntent)
        guard left > 0 else { throw Refusal(code: "charge_already_refunded", "All of the charge has been refunded.") }
        let amount = wanted ?? left
        guard amount <= left else {
            throw Refusal(code: "amount_too_large", parameter: "amount", "Of the charge, \(left) is left to refund.")
        }
        let refund = Refund(
            id: Self.newID("re_"),
            created: now,
            amount: amount,
            currency: session.currency,
            paymentIntent: paymentIntent,
            reason: form["reason"],
            metadata: metadata
        )
        refunds.append(refund)
        emit("refund.created", .refund(refund))
        return refund
    }

    func listRefunds(_ form: Form) throws -> Page<Refund> {
        try form.allow(["created", "limit", "payment_intent", "starting_after"])
        guard let paymentIntent = form["payment_intent"] else { return try refunds.page(form, "refund") }
        _ = try payment(paymentIntent)
        return try refunds.page(form, "refund") { $0.paymentIntent == paymentIntent }
    }

    /// The customer's bank sends the money back: it may be refunded again.
    mutating func failRefund(_ id: String) throws -> Refund {
        guard var refund = refunds[id] else { throw Refusal.unknown("refund", id, parameter: "refund") }
        guard refund.status == .succeeded else { throw Refusal("This refund has failed already.") }
        refund.status = .failed
        refunds.replace(refund)
        emit("refund.failed", .refund(refund))
        return refund
    }

    /// What was refunded of a payment and did not come back.
    func refunded(_ paymentIntent: String) -> Int64 {
        refunds.all.filter { $0.paymentIntent == paymentIntent && $0.status == .succeeded }.reduce(0) { $0 + $1.amount }
    }

    func paymentIntent(_ id: String) throws -> PaymentIntent {
        guard let intent = PaymentIntent(try payment(id)) else {
            throw Refusal.unknown("payment_intent", id, parameter: "intent")
        }
        return intent
    }

    private func payment(_ paymentIntent: String) throws -> Session {
        guard let session = sessions.all.first(where: { $0.paymentIntent == paymentIntent }) else {
            throw Refusal.unknown("payment_intent", paymentIntent, parameter: "payment_intent")
        }
        return session
    }

    // MARK: - Events

    var undelivered: [Event] { events.filter { !delivered.contains($0.id) } }

    mutating func noteDelivery(_ event: Event) { delivered.insert(event.id) }

    private mutating func emit(_ type: String, _ subject: Event.Subject) {
        events.append(Event(id: Self.newID("evt_"), type: type, created: now, subject: subject))
    }

    private static func newID(_ prefix: String) -> String {
        prefix + [UInt64.random(in: .min ... .max), .random(in: .min ... .max)].map { String($0, radix: 36) }.joined()
    }
}
