import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// The most octets that a body may have.
private let bodyOctetsMax = 64 * 1024

/// The part of Stripe's API that a store needs.
struct APIRoutes: Sendable {
    let double: StripeDouble

    func add(to router: Router<DoubleContext>) {
        router.post("/v1/checkout/sessions") { request, _ in
            try await answer(request) { account, form in Reply(try account.createSession(form)) }
        }
        router.get("/v1/checkout/sessions") { request, _ in
            try await answer(request) { account, form in Reply(try account.listSessions(form)) }
        }
        router.get("/v1/checkout/sessions/{id}") { request, context in
            try await answer(request) { account, _ in Reply(try account.session(context.objectID)) }
        }
        router.post("/v1/checkout/sessions/{id}/expire") { request, context in
            try await answer(request) { account, _ in Reply(try account.expire(context.objectID)) }
        }
        router.get("/v1/payment_intents/{id}") { request, context in
            try await answer(request) { account, _ in Reply(try account.paymentIntent(context.objectID)) }
        }
        router.post("/v1/refunds") { request, _ in
            try await answer(request) { account, form in Reply(try account.createRefund(form)) }
        }
        router.get("/v1/refunds") { request, _ in
            try await answer(request) { account, form in Reply(try account.listRefunds(form)) }
        }
        router.get("/v1/webhook_endpoints") { request, _ in
            let endpoints = double.endpoints
            return try await answer(request) { _, form in
                try form.allow(["limit", "starting_after"])
                return Reply(Page(data: endpoints, hasMore: false))
            }
        }
    }

    /// What every call has in common: its key, its fault, and its one answer.
    private func answer(
        _ request: Request,
        _ act: (inout Account, Form) throws -> Reply
    ) async throws -> Response {
        let form = try await form(request)
        let call = StripeDouble.Call(
            method: request.method.rawValue,
            path: request.uri.path,
            idempotencyKey: request.headers[.idempotencyKey],
            parameters: form.parameters
        )
        double.note(call, traceParent: request.headers[.traceParent])
        guard request.headers[.authorization] == "Bearer \(double.secretKey)" else {
            throw StripeDouble.Refusal.unauthorised
        }
        let fault = double.takeFault(for: call)
        if case .failBefore(let status) = fault { throw StripeDouble.Refusal.outage(status) }
        let earlier = try double.claimKey(of: call)
        if case .delay(let milliseconds) = fault {
            do {
                try await Task.sleep(for: .milliseconds(milliseconds))
            } catch {
                if earlier == nil { double.releaseKey(of: call) }
                throw error
            }
        }
        let reply = earlier ?? double.perform(call) { account in try act(&account, form) }
        switch fault {
        case .failAfter(let status): throw StripeDouble.Refusal.outage(status)
        case .lose: throw ConnectionLoss()
        case .hang(let milliseconds): try await Task.sleep(for: .milliseconds(milliseconds))
        case .delay, .failBefore, nil: break
        }
        return reply.response
    }

    private func form(_ request: Request) async throws -> Form {
        let body = String(buffer: try await request.body.collect(upTo: bodyOctetsMax))
        let isForm = request.headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") ?? false
        guard body.isEmpty || isForm, let form = Form(request.method == .get ? request.uri.query ?? "" : body) else {
            throw StripeDouble.Refusal.malformed
        }
        return form
    }
}

/// Where the customer pays.
struct PayRoutes: Sendable {
    let double: StripeDouble

    func add(to router: Router<DoubleContext>) {
        router.get("/pay/{id}") { _, context in
            let session = try double.act { try $0.session(context.objectID) }
            return Response(
                status: .ok,
                headers: [.contentType: "text/html; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: PayPage.html(session)))
            )
        }
        router.post("/pay/{id}") { request, context in
            let isLater = Form(request.uri.query ?? "")?["later"] == "true"
            let session = try double.act { try $0.pay(context.objectID, later: isLater) }
            let location = session.successURL.replacing("{CHECKOUT_SESSION_ID}", with: session.id)
            return Response(status: .seeOther, headers: [.location: location])
        }
    }
}

/// What the double itself is told and asked.
struct ControlRoutes: Sendable {
    let double: StripeDouble

    func add(to router: Router<DoubleContext>) {
        router.post("/double/faults") { request, _ in
            let bytes = Array(buffer: try await request.body.collect(upTo: bodyOctetsMax))
            guard let body = try? JSONDecoder().decode(FaultBody.self, from: Data(bytes)), let fault = body.fault else {
                throw StripeDouble.Refusal("A fault has a kind, and the milliseconds or the status that belong to it.")
            }
            double.inject(fault, method: body.method, path: body.path)
            return Response(status: .noContent)
        }
        router.post("/double/sessions/{id}/settle") { request, context in
            let succeeds = Form(request.uri.query ?? "")?["succeeds"] != "false"
            return Reply(try double.act { try $0.settle(context.objectID, succeeds: succeeds) }).response
        }
        router.get("/double/state") { _, _ in
            Reply(StateBody(sessions: double.sessions, refunds: double.refunds)).response
        }
    }
}

private struct FaultBody: Decodable {
    enum Kind: String, Decodable {
        case delay, failBefore, failAfter, lose, hang
    }

    let kind: Kind
    let milliseconds: Int?
    let status: Int?
    let method: String?
    let path: String?

    /// Nil where the number that the kind needs is missing or out of bounds.
    var fault: StripeDouble.Fault? {
        let milliseconds = milliseconds.flatMap { (0...600_000).contains($0) ? $0 : nil }
        let status = status.flatMap { (400...599).contains($0) ? $0 : nil }
        return switch kind {
        case .delay: milliseconds.map { .delay(milliseconds: $0) }
        case .failBefore: status.map { .failBefore(status: $0) }
        case .failAfter: status.map { .failAfter(status: $0) }
        case .lose: .lose
        case .hang: milliseconds.map { .hang(milliseconds: $0) }
        }
    }
}

private struct StateBody: Encodable {
    let sessions: [StripeDouble.Session]
    let refunds: [StripeDouble.Refund]
}

extension DoubleContext {
    /// The id in the path.
    fileprivate var objectID: String { parameters.get("id") ?? "" }
}

extension Reply {
    var response: Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if isReplayed { headers[.idempotentReplayed] = "true" }
        return Response(
            status: HTTPResponse.Status(code: status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}

extension HTTPField.Name {
    fileprivate static let idempotencyKey = HTTPField.Name.of("Idempotency-Key")
    fileprivate static let traceParent = HTTPField.Name.of("traceparent")
    fileprivate static let idempotentReplayed = HTTPField.Name.of("Idempotent-Replayed")

    /// A name that is fixed in the source and well formed.
    private static func of(_ name: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name(name.description) else { preconditionFailure("not a header name") }
        return name
    }
}
