extension StripeDouble {
    /// A call of the API as it came in. With an idempotency key, only the very same call is let in again.
    package struct Call: Sendable, Hashable {
        package let method: String
        package let path: String
        package let idempotencyKey: String?
        /// What was sent along, under its names in brackets.
        package let parameters: [String: String]
    }

    /// What goes wrong with one call.
    package enum Fault: Sendable, Hashable {
        /// It is acted on and answered late. While it waits, its idempotency key is in use.
        case delay(milliseconds: Int)
        /// It is answered with a status and not acted on; its key is still free.
        case failBefore(status: Int)
        /// It is acted on and answered with a status. With its key, the true answer can still be had.
        case failAfter(status: Int)
        /// It is acted on, and the connection closes without an answer.
        case lose
        /// It is acted on at once and answered late.
        case hang(milliseconds: Int)
    }
}

/// A fault that waits for the first call that it fits.
struct PlannedFault: Sendable {
    let fault: StripeDouble.Fault
    let method: String?
    let path: String?

    func fits(_ call: StripeDouble.Call) -> Bool {
        (method ?? call.method) == call.method && call.path.hasPrefix(path ?? "")
    }
}

/// What was answered under which idempotency key.
struct IdempotencyKeys: Sendable {
    private static let countMax = 10_000

    private struct Entry: Sendable {
        let call: StripeDouble.Call
        /// Nil while the call runs.
        var reply: Reply?
    }

    private var entries: [String: Entry] = [:]
    /// The keys, oldest first.
    private var order: [String] = []

    /// Takes a call's key for as long as the call runs.
    /// - Returns: what was answered to the call before, if it was.
    mutating func claim(_ call: StripeDouble.Call) throws -> Reply? {
        guard let key = Self.key(call) else { return nil }
        guard key.count <= 255 else { throw StripeDouble.Refusal.invalid("Idempotency-Key", "at most 255 characters") }
        guard let entry = entries[key] else {
            if order.count == Self.countMax { entries[order.removeFirst()] = nil }
            order.append(key)
            entries[key] = Entry(call: call)
            return nil
        }
        guard entry.call == call else {
            throw StripeDouble.Refusal(
                type: "idempotency_error",
                isKept: false,
                "The key '\(key)' was first used for something else."
            )
        }
        guard var reply = entry.reply else {
            throw StripeDouble.Refusal(
                status: 409,
                type: "idempotency_error",
                code: "idempotency_key_in_use",
                isKept: false,
                "The first request with the key '\(key)' is still running."
            )
        }
        reply.isReplayed = true
        return reply
    }

    mutating func keep(_ reply: Reply, for call: StripeDouble.Call) {
        if let key = Self.key(call) { entries[key]?.reply = reply }
    }

    /// Frees the key of a call that was not acted on.
    mutating func release(_ call: StripeDouble.Call) {
        guard let key = Self.key(call), entries.removeValue(forKey: key) != nil else { return }
        order.removeAll { $0 == key }
    }

    /// Reading is idempotent without a key.
    private static func key(_ call: StripeDouble.Call) -> String? { call.method == "POST" ? call.idempotencyKey : nil }
}
