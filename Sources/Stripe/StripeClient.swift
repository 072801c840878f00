package import AsyncHTTPClient
package import Encodings
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// Why a call has no result.
package enum StripeError: Error, Sendable, CustomStringConvertible {
    /// There was no clear answer, and it may have been done: ask again with the same key.
    case unavailable(String)
    /// Stripe said no for good.
    case refused(status: Int, code: String)

    /// Nothing personal, and no secret.
    package var description: String {
        switch self {
        case .unavailable(let reason): "Stripe did not answer: \(reason)"
        case .refused(let status, let code): "Stripe refused with \(status) \(code)"
        }
    }
}

/// The few calls of Stripe's API that the store makes.
package struct StripeClient: Sendable {
    /// The version of the API whose shapes are read here.
    private static let apiVersion = "2024-06-20"
    private static let octetsMax = 4 << 20
    /// At most this many pages of a list are read.
    private static let pagesMax = 200

    private let client: HTTPClient
    private let baseURL: String
    private let secretKey: Secret
    private let deadline: TimeAmount

    /// - Parameters:
    ///   - baseURL: `https://api.stripe.com`, or a double's.
    ///   - patience: how long an answer may take.
    package init(_ client: HTTPClient, baseURL: String, secretKey: Secret, patience: Duration = .seconds(10)) {
        self.client = client
        self.baseURL = baseURL
        self.secretKey = secretKey
        deadline = TimeAmount(patience)
    }

    package func createSession(_ form: [(String, String)], key: String) async throws(StripeError) -> StripeSession {
        try await send(.POST, "/v1/checkout/sessions", form, key: key)
    }

    package func session(_ id: String) async throws(StripeError) -> StripeSession {
        try await send(.GET, "/v1/checkout/sessions/\(id)")
    }

    package func paymentIntent(_ id: String) async throws(StripeError) -> StripePaymentIntent {
        try await send(.GET, "/v1/payment_intents/\(id)")
    }

    package func expireSession(_ id: String) async throws(StripeError) -> StripeSession {
        try await send(.POST, "/v1/checkout/sessions/\(id)/expire", [])
    }

    package func createRefund(_ form: [(String, String)], key: String) async throws(StripeError) -> StripeRefund {
        try await send(.POST, "/v1/refunds", form, key: key)
    }

    package func refunds(of paymentIntent: String) async throws(StripeError) -> [StripeRefund] {
        try await list("/v1/refunds", [("payment_intent", paymentIntent)], id: \.id)
    }

    /// All that were made since then.
    package func sessions(sinceSeconds: Int64) async throws(StripeError) -> [StripeSession] {
        try await list("/v1/checkout/sessions", [("created[gte]", "\(sinceSeconds)")], id: \.id)
    }

    /// All that were made since then.
    package func refunds(sinceSeconds: Int64) async throws(StripeError) -> [StripeRefund] {
        try await list("/v1/refunds", [("created[gte]", "\(sinceSeconds)")], id: \.id)
    }

    /// The addresses to which the account sends events.
    package func endpoints() async throws(StripeError) -> [StripeEndpoint] {
        try await list("/v1/webhook_endpoints", [], id: \.id)
    }

    // MARK: -

    private func list<Element: Decodable & Sendable>(
        _ path: String,
        _ query: [(String, String)],
        id: (Element) -> String
    ) async throws(StripeError) -> [Element] {
        var all: [Element] = []
        for _ in 0..<Self.pagesMax {
            var query = query + [("limit", "100")]
            if let last = all.last { query.append(("starting_after", id(last))) }
            let page: StripeList<Element> = try await send(.GET, "\(path)?\(Self.form(query))")
            all += page.data
            if !page.hasMore || page.data.isEmpty { return all }
        }
        throw .unavailable("there is more to list than is read at once")
    }

    private func send<Value: Decodable>(
        _ method: HTTPMethod,
        _ path: String,
        _ form: [(String, String)]? = nil,
        key: String? = nil
    ) async throws(StripeError) -> Value {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(secretKey.text)")
        request.headers.add(name: "Stripe-Version", value: Self.apiVersion)
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        if let form {
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: Self.form(form)))
        }
        let status: Int
        let body: Data
        do {
            let response = try await client.execute(request, timeout: deadline)
            status = Int(response.status.code)
            body = Data(buffer: try await response.body.collect(upTo: Self.octetsMax))
        } catch {
            throw .unavailable("\(type(of: error))")
        }
        guard (200..<300).contains(status) else {
            let error = (try? JSONDecoder().decode(StripeErrorBody.self, from: body))?.error
            // 409: the same key is being worked on. 429: too many calls. 401 and 403 are mended in the settings. A key that
            // was used with other words (the shop's address has changed since, say) did its work then.
            if status >= 500 || [401, 403, 409, 429].contains(status) || error?.type == "idempotency_error" {
                throw .unavailable("status \(status) \(error?.type ?? "")")
            }
            throw .refused(status: status, code: error?.code ?? error?.type ?? "")
        }
        do {
            return try JSONDecoder().decode(Value.self, from: body)
        } catch {
            throw .unavailable("its answer could not be read")
        }
    }

    private static func form(_ fields: [(String, String)]) -> String {
        fields.map { "\($0.0.percentEncoded)=\($0.1.percentEncoded)" }.joined(separator: "&")
    }
}

extension Data {
    fileprivate init(buffer: ByteBuffer) { self.init(buffer.readableBytesView) }
}
