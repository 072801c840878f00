import FoundationEssentials

extension StripeDouble {
    /// Why a request is refused, in the form that Stripe gives its errors.
    package struct Refusal: Error, Sendable, Encodable {
        package let status: Int
        package let type: String
        package let code: String?
        package let parameter: String?
        package let message: String
        /// Whether the refusal is the answer to every later request with the same key. What was never acted on, because
        /// a parameter was wrong, may be sent again with the key.
        let isKept: Bool

        init(
            status: Int = 400,
            type: String = "invalid_request_error",
            code: String? = nil,
            parameter: String? = nil,
            isKept: Bool = true,
            _ message: String
        ) {
            self.status = status
            self.type = type
            self.code = code
            self.parameter = parameter
            self.isKept = isKept
            self.message = message
        }

        static func missing(_ parameter: String) -> Refusal {
            Refusal(code: "parameter_missing", parameter: parameter, isKept: false, "\(parameter) is needed.")
        }

        static func invalid(_ parameter: String, _ wanted: String) -> Refusal {
            Refusal(code: "parameter_invalid", parameter: parameter, isKept: false, "\(parameter) is \(wanted).")
        }

        static func unknown(_ kind: String, _ id: String, parameter: String) -> Refusal {
            Refusal(status: 404, code: "resource_missing", parameter: parameter, "There is no \(kind) '\(id)'.")
        }

        /// An outage that a test asked for.
        static func outage(_ status: Int) -> Refusal {
            Refusal(status: status, type: "api_error", isKept: false, "Something went wrong on the double's side.")
        }

        static let unauthorised = Refusal(status: 401, isKept: false, "The API key is missing or not the double's.")
        static let malformed = Refusal(isKept: false, "The request is not well-formed form encoding.")
        static let tooLarge = Refusal(status: 413, isKept: false, "The body is too large.")
        static let full = Refusal(
            status: 429,
            code: "rate_limit",
            isKept: false,
            "The double keeps \(Account.countMax) objects of a kind; start a new one."
        )

        private enum CodingKeys: String, CodingKey {
            case error
            case type
            case code
            case parameter = "param"
            case message
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            var error = container.nestedContainer(keyedBy: CodingKeys.self, forKey: .error)
            try error.encode(type, forKey: .type)
            try error.encodeIfPresent(code, forKey: .code)
            try error.encodeIfPresent(parameter, forKey: .parameter)
            try error.encode(message, forKey: .message)
        }
    }
}

/// An answer of the API, as it is kept under an idempotency key.
struct Reply: Sendable {
    let status: Int
    let body: [UInt8]
    /// Whether it was given before.
    var isReplayed = false

    init(_ value: some Encodable, status: Int = 200) {
        self.status = status
        body = jsonBytes(value)
    }

    init(_ refusal: StripeDouble.Refusal) { self.init(refusal, status: refusal.status) }
}

/// The JSON of one of the double's values: text, whole numbers and no more, so that it always has one. It is laid out
/// over lines, as Stripe's is, so that nobody who checks a signature gets away with encoding what they decoded.
func jsonBytes(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { preconditionFailure("the value has no JSON") }
    return Array(data)
}
