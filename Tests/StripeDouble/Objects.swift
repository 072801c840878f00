extension StripeDouble {
    /// A checkout session as it was at one moment.
    package struct Session: Sendable, Identifiable {
        package enum Status: String, Sendable, Encodable {
            case open, complete, expired
        }

        package enum PaymentStatus: String, Sendable, Encodable {
            case unpaid, paid
        }

        package let id: String
        package let created: Int64
        package let expiresAt: Int64
        package let amountTotal: Int64
        /// In small letters.
        package let currency: String
        package let clientReferenceID: String?
        package let customerEmail: String?
        package let metadata: [String: String]
        package let paymentIntentMetadata: [String: String]
        package let successURL: String
        package let cancelURL: String?
        /// The page to pay on, while the session is open.
        package internal(set) var url: String?
        package internal(set) var status = Status.open
        package internal(set) var paymentStatus = PaymentStatus.unpaid
        package internal(set) var paymentIntent: String?
        /// Whether a payment that takes its time has failed.
        package internal(set) var hasFailed = false
    }

    /// Money given back, as it was at one moment.
    package struct Refund: Sendable, Identifiable {
        package enum Status: String, Sendable, Encodable {
            case succeeded, failed
        }

        package let id: String
        package let created: Int64
        package let amount: Int64
        package let currency: String
        package let paymentIntent: String
        package let reason: String?
        package let metadata: [String: String]
        package internal(set) var status = Status.succeeded
    }

    /// An address that events are sent to.
    struct Endpoint: Record {
        let id = "we_double"
        let object = "webhook_endpoint"
        let created: Int64 = 0
        let status = "enabled"
        let url: String
        let enabledEvents: [String]

        private enum CodingKeys: String, CodingKey {
            case id, object, created, status, url
            case enabledEvents = "enabled_events"
        }
    }

    /// Something that happened, with the bytes that tell of it.
    package struct Event: Sendable, Identifiable {
        /// What it happened to, as it was then.
        package enum Subject: Sendable, Encodable {
            case session(Session)
            case refund(Refund)

            package func encode(to encoder: any Encoder) throws {
                switch self {
                case .session(let session): try session.encode(to: encoder)
                case .refund(let refund): try refund.encode(to: encoder)
                }
            }
        }

        package let id: String
        package let type: String
        package let created: Int64
        package let subject: Subject
        /// What is signed and sent; a test may tamper with it.
        package var body: [UInt8]

        init(id: String, type: String, created: Int64, subject: Subject) {
            self.id = id
            self.type = type
            self.created = created
            self.subject = subject
            body = jsonBytes(EventBody(id: id, type: type, created: created, data: .init(object: subject)))
        }
    }
}

// MARK: - As JSON

extension StripeDouble.Session: Record {
    private enum CodingKeys: String, CodingKey {
        case id
        case object
        case amountSubtotal = "amount_subtotal"
        case amountTotal = "amount_total"
        case cancelURL = "cancel_url"
        case clientReferenceID = "client_reference_id"
        case created
        case currency
        case customerEmail = "customer_email"
        case expiresAt = "expires_at"
        case livemode
        case metadata
        case mode
        case paymentIntent = "payment_intent"
        case paymentStatus = "payment_status"
        case status
        case successURL = "success_url"
        case url
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode("checkout.session", forKey: .object)
        try container.encode(amountTotal, forKey: .amountSubtotal)
        try container.encode(amountTotal, forKey: .amountTotal)
        try container.encode(cancelURL, forKey: .cancelURL)
        try container.encode(clientReferenceID, forKey: .clientReferenceID)
        try container.encode(created, forKey: .created)
        try container.encode(currency, forKey: .currency)
        try container.encode(customerEmail, forKey: .customerEmail)
        try container.encode(expiresAt, forKey: .expiresAt)
        try container.encode(false, forKey: .livemode)
        try container.encode(metadata, forKey: .metadata)
        try container.encode("payment", forKey: .mode)
        try container.encode(paymentIntent, forKey: .paymentIntent)
        try container.encode(paymentStatus, forKey: .paymentStatus)
        try container.encode(status, forKey: .status)
        try container.encode(successURL, forKey: .successURL)
        try container.encode(url, forKey: .url)
    }
}

extension StripeDouble.Refund: Record {
    private enum CodingKeys: String, CodingKey {
        case id
        case object
        case amount
        case created
        case currency
        case failureReason = "failure_reason"
        case metadata
        case paymentIntent = "payment_intent"
        case reason
        case status
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode("refund", forKey: .object)
        try container.encode(amount, forKey: .amount)
        try container.encode(created, forKey: .created)
        try container.encode(currency, forKey: .currency)
        if status == .failed { try container.encode("unknown", forKey: .failureReason) }
        try container.encode(metadata, forKey: .metadata)
        try container.encode(paymentIntent, forKey: .paymentIntent)
        try container.encode(reason, forKey: .reason)
        try container.encode(status, forKey: .status)
    }
}

/// The money of a session that the customer has paid, or promised to.
struct PaymentIntent: Encodable, Sendable {
    let id: String
    let object = "payment_intent"
    let amount: Int64
    let currency: String
    let livemode = false
    let metadata: [String: String]
    let status: String

    /// - Returns: nil where nobody has tried to pay yet.
    init?(_ session: StripeDouble.Session) {
        guard let id = session.paymentIntent else { return nil }
        self.id = id
        amount = session.amountTotal
        currency = session.currency
        metadata = session.paymentIntentMetadata
        status =
            switch session.paymentStatus {
            case .paid: "succeeded"
            case .unpaid: session.hasFailed ? "requires_payment_method" : "processing"
            }
    }
}

private struct EventBody: Encodable {
    struct Contents: Encodable {
        let object: StripeDouble.Event.Subject
    }

    let id: String
    let object = "event"
    let apiVersion = "2024-06-20"
    let type: String
    let created: Int64
    let livemode = false
    let data: Contents

    private enum CodingKeys: String, CodingKey {
        case id
        case object
        case apiVersion = "api_version"
        case type
        case created
        case livemode
        case data
    }
}
