import Glibc
import Synchronization

/// Stands in for Stripe: its API over HTTP on 127.0.0.1, the customer who pays, the events that tell of it, and
/// everything that goes wrong on the way. No money moves.
package final class StripeDouble: Sendable {
    /// How events reach the webhook.
    package enum Delivery: Sendable {
        /// In the background, again and again for a while.
        case immediately
        /// When a test says so.
        case held
    }

    struct State: Sendable {
        var account = Account()
        var keys = IdempotencyKeys()
        var faults: [PlannedFault] = []
        var calls: [Call] = []
        var traceParents: [String] = []
        var webhookURL: String?
        var webhookEvents = ["*"]
        /// How many of the events have been handed to the background.
        var dispatchedCount = 0
    }

    /// The real time, in seconds since 1970.
    package static let systemClock: @Sendable () -> Int64 = { Int64(time(nil)) }

    private static let callsMax = 10_000
    private static let faultsMax = 1_000

    let secretKey: String
    let webhookSecret: String
    let delivery: Delivery
    let now: @Sendable () -> Int64
    /// The events on their way into the background.
    let outgoing: AsyncStream<Event>
    private let dispatcher: AsyncStream<Event>.Continuation
    private let state: Mutex<State>

    /// A double that nobody reaches yet: `run` makes one that listens.
    package init(
        secretKey: String = "sk_test_double",
        webhookURL: String? = nil,
        webhookSecret: String = "whsec_double",
        delivery: Delivery = .held,
        now: @escaping @Sendable () -> Int64 = StripeDouble.systemClock
    ) {
        self.secretKey = secretKey
        self.webhookSecret = webhookSecret
        self.delivery = delivery
        self.now = now
        (outgoing, dispatcher) = AsyncStream.makeStream(of: Event.self)
        var state = State()
        state.webhookURL = webhookURL
        self.state = Mutex(state)
    }

    // MARK: - What is there

    /// Where it listens, without a slash at the end; empty until it does.
    package internal(set) var url: String {
        get { state.withLock { $0.account.baseURL } }
        set { state.withLock { $0.account.baseURL = newValue } }
    }

    /// Where events are sent.
    package var webhookURL: String? {
        get { state.withLock { $0.webhookURL } }
        set { state.withLock { $0.webhookURL = newValue } }
    }

    /// The types of events that its endpoint is said to be told. What happens is sent there all the same.
    package var webhookEvents: [String] {
        get { state.withLock { $0.webhookEvents } }
        set { state.withLock { $0.webhookEvents = newValue } }
    }

    /// The addresses that events are sent to: the one that there is, if there is one.
    var endpoints: [Endpoint] {
        state.withLock { state in
            state.webhookURL.map { [Endpoint(url: $0, enabledEvents: state.webhookEvents)] } ?? []
        }
    }

    /// In the order in which they were made, like all of these.
    package var sessions: [Session] { look { $0.sessions.all } }
    package var refunds: [Refund] { look { $0.refunds.all } }
    package var events: [Event] { look { $0.events } }
    /// The events that the receiver has not yet answered with a 2xx.
    package var undelivered: [Event] { look { $0.undelivered } }
    /// The calls of the API, also those that were refused.
    package var requests: [Call] { state.withLock { $0.calls } }
    /// The `traceparent` of each call that had one.
    package var traceParents: [String] { state.withLock { $0.traceParents } }

    /// How often, and how much in all, was taken for a client reference: the money that is really gone.
    package func charged(_ clientReferenceID: String) -> (count: Int, amount: Int64) {
        let paid = sessions.filter { $0.clientReferenceID == clientReferenceID && $0.paymentStatus == .paid }
        return (paid.count, paid.reduce(0) { $0 + $1.amountTotal })
    }

    /// How much of a payment was given back and did not return.
    package func refunded(_ paymentIntent: String) -> Int64 { look { $0.refunded(paymentIntent) } }

    // MARK: - What happens

    /// The customer pays, and the money is there.
    @discardableResult
    package func pay(_ sessionID: String) throws -> Session { try act { try $0.pay(sessionID) } }

    /// The customer pays in a way that takes a while; `settle` ends it.
    @discardableResult
    package func payLater(_ sessionID: String) throws -> Session { try act { try $0.pay(sessionID, later: true) } }

    @discardableResult
    package func settle(_ sessionID: String, succeeds: Bool) throws -> Session {
        try act { try $0.settle(sessionID, succeeds: succeeds) }
    }

    @discardableResult
    package func expire(_ sessionID: String) throws -> Session { try act { try $0.expire(sessionID) } }

    /// A refund that had succeeded comes back.
    @discardableResult
    package func failRefund(_ id: String) throws -> Refund { try act { try $0.failRefund(id) } }

    /// Lets the next call that fits go wrong. Faults are taken in the order in which they were planned.
    /// - Parameters:
    ///   - method: in capital letters; nil for any.
    ///   - path: what the path begins with; nil for any.
    package func inject(_ fault: Fault, method: String? = nil, path: String? = nil) {
        state.withLock { state in
            guard state.faults.count < Self.faultsMax else { return }
            state.faults.append(PlannedFault(fault: fault, method: method, path: path))
        }
    }

    // MARK: - One at a time

    /// Changes the account. What is due has expired before, and events are on their way afterwards.
    func act<Value: Sendable>(_ body: (inout Account) throws -> Value) throws -> Value {
        let moment = now()
        return try state.withLock { state in
            defer { dispatch(&state) }
            state.account.advance(to: moment)
            return try body(&state.account)
        }
    }

    private func look<Value: Sendable>(_ read: (Account) -> Value) -> Value {
        let moment = now()
        return state.withLock { state in
            state.account.advance(to: moment)
            dispatch(&state)
            return read(state.account)
        }
    }

    private func dispatch(_ state: inout State) {
        let events = state.account.events
        if delivery == .immediately {
            for event in events[state.dispatchedCount...] { dispatcher.yield(event) }
        }
        state.dispatchedCount = events.count
    }

    // MARK: - Calls

    func note(_ call: Call, traceParent: String?) {
        state.withLock { state in
            if state.calls.count == Self.callsMax { state.calls.removeFirst() }
            state.calls.append(call)
            if let traceParent, state.traceParents.count < Self.callsMax { state.traceParents.append(traceParent) }
        }
    }

    /// Takes the fault that was planned for a call.
    func takeFault(for call: Call) -> Fault? {
        state.withLock { state in
            state.faults.firstIndex { $0.fits(call) }.map { state.faults.remove(at: $0).fault }
        }
    }

    func claimKey(of call: Call) throws -> Reply? { try state.withLock { try $0.keys.claim(call) } }

    func releaseKey(of call: Call) { state.withLock { $0.keys.release(call) } }

    /// Acts on a call and keeps the answer under its key, in one step.
    func perform(_ call: Call, _ body: (inout Account) throws -> Reply) -> Reply {
        let moment = now()
        return state.withLock { state in
            defer { dispatch(&state) }
            state.account.advance(to: moment)
            do {
                let reply = try body(&state.account)
                state.keys.keep(reply, for: call)
                return reply
            } catch {
                let refusal = error as? Refusal ?? .outage(500)
                let reply = Reply(refusal)
                if refusal.isKept {
                    state.keys.keep(reply, for: call)
                } else {
                    state.keys.release(call)
                }
                return reply
            }
        }
    }
}
