/// A place where a customer pays, as Stripe describes it.
package struct StripeSession: Decodable, Sendable {
    package let id: String
    package let url: String?
    /// `open`, `complete` or `expired`.
    package let status: String?
    /// `paid`, `unpaid` or `no_payment_required`.
    package let paymentStatus: String?
    package let paymentIntent: String?
    package let amountTotal: Int64?
    /// In lower case.
    package let currency: String?
    package let metadata: [String: String]?
    package let created: Int64?

    private enum CodingKeys: String, CodingKey {
        case id, url, status, currency, metadata, created
        case paymentStatus = "payment_status"
        case paymentIntent = "payment_intent"
        case amountTotal = "amount_total"
    }
}

/// The money of a session, once the customer has paid or promised it.
package struct StripePaymentIntent: Decodable, Sendable {
    package let id: String
    /// Among others `processing`, `succeeded`, `requires_payment_method` and `canceled`.
    package let status: String
}

/// Money that goes back.
package struct StripeRefund: Decodable, Sendable {
    package let id: String
    package let amount: Int64
    package let currency: String
    package let paymentIntent: String?
    /// `pending`, `requires_action`, `succeeded`, `failed` or `canceled`.
    package let status: String?
    package let metadata: [String: String]?
    package let created: Int64?

    private enum CodingKeys: String, CodingKey {
        case id, amount, currency, status, metadata, created
        case paymentIntent = "payment_intent"
    }
}

/// An address to which Stripe sends events.
package struct StripeEndpoint: Decodable, Sendable, Equatable {
    package let id: String
    package let url: String
    /// `enabled` or `disabled`.
    package let status: String
    /// The types of events that are sent there; `*` for nearly all.
    package let enabledEvents: [String]

    package init(id: String, url: String, status: String, enabledEvents: [String]) {
        self.id = id
        self.url = url
        self.status = status
        self.enabledEvents = enabledEvents
    }

    private enum CodingKeys: String, CodingKey {
        case id, url, status
        case enabledEvents = "enabled_events"
    }
}

/// A page of a list, newest first.
package struct StripeList<Element: Decodable & Sendable>: Decodable, Sendable {
    package let data: [Element]
    package let hasMore: Bool

    private enum CodingKeys: String, CodingKey {
        case data
        case hasMore = "has_more"
    }
}

/// Something that happened, as Stripe tells it.
package struct StripeEvent: Decodable, Sendable {
    /// What it happened to.
    package enum Object: Sendable {
        case session(StripeSession)
        case refund(StripeRefund)
        /// Something that the shop has no use for.
        case other
    }

    package let id: String
    package let type: String
    package let object: Object

    private enum CodingKeys: String, CodingKey { case id, type, data }
    private enum DataKeys: String, CodingKey { case object }
    private struct Kind: Decodable { let object: String? }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        type = try container.decode(String.self, forKey: .type)
        let data = try container.nestedContainer(keyedBy: DataKeys.self, forKey: .data)
        object =
            switch try data.decode(Kind.self, forKey: .object).object {
            case "checkout.session": .session(try data.decode(StripeSession.self, forKey: .object))
            case "refund": .refund(try data.decode(StripeRefund.self, forKey: .object))
            default: .other
            }
    }
}

struct StripeErrorBody: Decodable {
    struct Detail: Decodable {
        let type: String?
        let code: String?
    }
    let error: Detail
}
