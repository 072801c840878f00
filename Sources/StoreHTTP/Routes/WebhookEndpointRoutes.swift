import Catalog
import Commerce
import Delivery
import Encodings
import Foundation
import Hummingbird
import JSONFields
import Orders
import Records
import Staff
import StandardWebhooks
import StoreAPI
import Webhooks

/// Where other systems are told what happens: kept by managers.
struct WebhookEndpointRoutes: Sendable {
    let store: Store
    private var reader: StaffRequestReader { StaffRequestReader(store: store) }

    func add(to router: StaffRouter) {
        router.get("/v1/staff/webhooks", .manager) { _, _, _ in
            let now = store.now()
            let endpoints = try await store.webhooks.endpoints()
            return Response.privateJSON(
                WebhookEndpointListBody(data: endpoints.map { WebhookEndpointBody($0, now: now) }, next: nil)
            )
        }
        router.post("/v1/staff/webhooks", .manager) { request, context, member in
            let (act, wanted) = try await wanted(request, context, member)
            do {
                let made = try await store.webhooks.create(wanted, key: act.key, now: act.now)
                return try answer(made, act, status: .created)
            } catch WebhookError.tooMany(let most) {
                throw Problem("", "tooMany", "There are \(most) endpoints, as many as there may be: remove one first.")
            }
        }
        router.get("/v1/staff/webhooks/{id}", .manager) { _, context, _ in try await answer(endpoint(context)) }
        router.put("/v1/staff/webhooks/{id}", .manager) { request, context, member in
            let (_, wanted) = try await wanted(request, context, member)
            return try await answer(store.webhooks.change(id(context), to: wanted))
        }
        router.delete("/v1/staff/webhooks/{id}", .manager) { _, context, _ in
            guard try await store.webhooks.remove(id(context), now: store.now()) else { throw Self.noSuchEndpoint }
            return Response(status: .noContent)
        }
        router.post("/v1/staff/webhooks/{id}/secret", .manager) { request, context, member in
            let act = try await reader.act(request, context, member)
            return try answer(try await store.webhooks.rotate(id(context), key: act.key, now: act.now), act)
        }
        router.post("/v1/staff/webhooks/{id}/resumption", .manager) { request, context, member in
            let act = try await reader.act(request, context, member)
            return try await answer(store.webhooks.resume(id(context), now: act.now))
        }
        router.get("/v1/staff/webhooks/{id}/attempts", .manager) { request, context, _ in
            try await attempts(request, context)
        }
        router.post("/v1/staff/webhooks/resends", .manager) { request, context, member in
            try await resend(request, context, member)
        }
        router.post("/v1/staff/webhooks/tests", .manager) { request, context, member in
            try await test(request, context, member)
        }
    }

    private static var noSuchEndpoint: Problem { Problem(.notFound, "There is no endpoint of this id.") }

    private func id(_ context: StoreContext) throws -> Int64 { try Self.id(context.parameters.get("id") ?? "") }

    private static func id(_ text: String) throws -> Int64 {
        guard let id = Int64(text), id > 0 else { throw noSuchEndpoint }
        return id
    }

    private func endpoint(_ context: StoreContext) async throws -> WebhookEndpoint {
        try await endpoint(id(context))
    }

    private func endpoint(_ id: Int64) async throws -> WebhookEndpoint {
        guard let endpoint = try await store.webhooks.endpoint(id) else { throw Self.noSuchEndpoint }
        return endpoint
    }

    private func answer(_ endpoint: WebhookEndpoint?) throws -> Response {
        guard let endpoint else { throw Self.noSuchEndpoint }
        return Response.privateJSON(WebhookEndpointBody(endpoint, now: store.now()))
    }

    /// The answer that shows a secret, the one time that it is shown.
    private func answer(
        _ made: (endpoint: WebhookEndpoint, secret: WebhookSecret)?,
        _ act: StaffRequestReader.Act,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        guard let made else { throw Self.noSuchEndpoint }
        let body = WebhookEndpointBody(made.endpoint, secret: made.secret, now: act.now)
        return Response.privateJSON(body, status: status)
    }

    // MARK: - What an endpoint is to be

    private func wanted(
        _ request: Request,
        _ context: StoreContext,
        _ member: StaffToken
    ) async throws -> (StaffRequestReader.Act, WantedEndpoint) {
        let allowsPrivate = store.settings.allowsPrivateWebhooks
        return try await reader.act(request, context, member, needsKey: false) { fields in
            fields.allow("url", "types", "description")
            let url = fields.require("url") ? fields.webhookURL("url", allowsPrivate: allowsPrivate) : nil
            let types = fields.eventTypes("types")
            let description = fields.checkLine("description", lengthMax: 200)
            return url.map { WantedEndpoint(url: $0, description: description, types: types) }
        }
    }

    private func attempts(_ request: Request, _ context: StoreContext) async throws -> Response {
        try request.checkQuery("limit")
        let limit = try request.integer("limit", in: 1...500) ?? 50
        let attempts = try await DeliveryStore(store.orders)
            .attempts(of: nil, on: endpoint(context).channel, count: limit)
        let entries = try await store.feed.first(
            of: OrderEvent.allCases,
            in: attempts.map { ($0.orderID, $0.sequence...$0.sequence) }
        )
        return Response.privateJSON(
            WebhookAttemptListBody(
                data: zip(attempts, entries).map {
                    WebhookAttemptBody($0, $1, order: store.orders.number(of: $0.orderID))
                },
                next: nil
            )
        )
    }

    // MARK: - Telling again

    private struct Resend: Sendable {
        let endpoint: String?
        let event: String?
        let since: Instant?
    }

    private func resend(_ request: Request, _ context: StoreContext, _ member: StaffToken) async throws -> Response {
        let (act, asked) = try await reader.act(request, context, member, needsKey: false) { fields -> Resend? in
            fields.allow("endpoint", "event", "since")
            let event = fields.text("event")
            if event == nil, !fields.has("since") {
                fields.report("event", "missing", "Name an event, or since when all are told again.")
            }
            if event != nil, fields.has("since") {
                fields.report("since", "tooMany", "Name an event or since when, not both.")
            }
            return Resend(endpoint: fields.text("endpoint"), event: event, since: fields.instant("since"))
        }
        var endpoints = try await endpoints(asked.endpoint)
        var entry: OrderFeed.Entry?
        if let event = asked.event {
            let found = try await self.event(event)
            endpoints = endpoints.filter { $0.hears(found.kind) }
            if endpoints.isEmpty, asked.endpoint != nil {
                throw Problem("/endpoint", "notTold", "This endpoint is not told events of the type \(found.kind).")
            }
            entry = found
        }
        try await store.webhooks.resend(entry, since: asked.since, to: endpoints, key: act.key, now: act.now)
        return Response.privateJSON(WebhookResendBody(endpoints: endpoints.map { "\($0.id)" }))
    }

    /// The endpoint of an id, or all.
    private func endpoints(_ id: String?) async throws -> [WebhookEndpoint] {
        guard let id else { return try await store.webhooks.endpoints() }
        return [try await endpoint(Self.id(id))]
    }

    /// An event by its number, or by what its message is called.
    private func event(_ text: String) async throws -> OrderFeed.Entry {
        let unknown = Problem(
            "/event",
            "unknownValue",
            "There is no such event: it is a number, an order and its sequence (DM-7K4Q-99/3), or a webhook-id."
        )
        try await store.feed.extend()
        if let number = Int64(text) {
            guard let entry = try await store.feed.entry(number) else { throw unknown }
            return entry
        }
        guard let (order, sequence) = WebhookEventBody.event(named: text), let number = OrderNumber(order),
            let entry = try await store.feed.entry(of: store.orders.id(.number(number)), sequence)
        else { throw unknown }
        return entry
    }

    // MARK: - Trying it

    private func test(_ request: Request, _ context: StoreContext, _ member: StaffToken) async throws -> Response {
        let (act, asked) = try await reader.act(request, context, member, needsKey: false) {
            fields -> (type: String, endpoint: String?)? in
            fields.allow("type", "endpoint")
            guard fields.require("type"), let type = fields.text("type") else { return nil }
            if OrderEvent(rawValue: type) == nil { fields.report("type", "unknownValue", Fields.knownTypes) }
            return (type, fields.text("endpoint"))
        }
        var endpoints = try await endpoints(asked.endpoint)
        if asked.endpoint == nil { endpoints = endpoints.filter { $0.state == .active && $0.hears(asked.type) } }
        let message = WebhookMessage.test(asked.type, key: act.key.scope, currency: store.settings.currency, act.now)
        let answers = await withTaskGroup(of: (Int64, WebhookTestBody).self) { group in
            for endpoint in endpoints {
                group.addTask { [sender = store.webhookSender] in
                    let begun = ContinuousClock.now
                    let reply = await sender.send(message, to: endpoint, now: act.now)
                    let time = (ContinuousClock.now - begun).components
                    let milliseconds = Int(time.seconds * 1000 + time.attoseconds / 1_000_000_000_000_000)
                    return (endpoint.id, WebhookTestBody(endpoint, message, reply, milliseconds: milliseconds))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        return Response.privateJSON(
            WebhookTestListBody(data: answers.sorted { $0.0 < $1.0 }.map(\.1), next: nil)
        )
    }
}

extension Fields {
    /// What to say where somebody names a type of event that there is not.
    fileprivate static var knownTypes: String {
        "There is no such type of event; there is \(OrderEvent.allCases.map(\.rawValue).joined(separator: ", "))."
    }

    /// The address of an endpoint; nil where it is absent or not one (which is reported).
    fileprivate func webhookURL(_ name: String, allowsPrivate: Bool) -> WebhookURL? {
        guard let text = text(name) else { return nil }
        do {
            return try WebhookURL(text, allowsPrivate: allowsPrivate)
        } catch {
            switch error {
            case .malformed:
                report(
                    name,
                    "notAURL",
                    "An address is https, a host in ASCII and a path, with no password and no fragment, at most 1000 characters."
                )
            case .notEncrypted:
                report(name, "notEncrypted", "The address must begin with https://: messages say what the shop sells.")
            case .notPublic(let purpose):
                report(name, "notPublic", "The address must be one of the public internet; this one is \(purpose).")
            }
            return nil
        }
    }

    /// Types of events, each once; nil where they are absent or wrong (which is reported).
    fileprivate func eventTypes(_ name: String) -> [OrderEvent]? {
        guard let texts = texts(name, countMax: 100) else { return nil }
        if texts.isEmpty { report(name, "tooFew", "Name a type of event, or leave the field out for all.") }
        var types: [OrderEvent] = []
        for (position, text) in texts.enumerated() {
            guard let type = OrderEvent(rawValue: text) else {
                report(name, at: position, "unknownValue", Self.knownTypes)
                continue
            }
            if !types.contains(type) { types.append(type) }
        }
        return types
    }

    /// A moment; nil where it is absent or not one (which is reported).
    fileprivate func instant(_ name: String) -> Instant? {
        guard let text = text(name) else { return nil }
        // Four digits of a year, and a day and a time that there are: Foundation takes more, up to what no number holds.
        let form = /([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+\-][0-9]{2}:[0-9]{2})/
        guard let match = text.wholeMatch(of: form), CalendarDate(match.1) != nil,
            let date = try? Date(text, strategy: .iso8601)
        else {
            report(name, "notAnInstant", "This is no moment in RFC 3339, such as 2026-11-24T09:00:00Z.")
            return nil
        }
        return Instant(microsecondsSince1970: Int64(date.timeIntervalSince1970) * 1_000_000)
    }
}

extension WebhookEndpointBody {
    init(_ endpoint: WebhookEndpoint, secret: WebhookSecret? = nil, now: Instant) {
        self.init(
            id: "\(endpoint.id)",
            url: endpoint.url.text,
            description: endpoint.description,
            types: endpoint.types?.map(\.rawValue),
            state: WebhookState(rawValue: endpoint.state.rawValue),
            stateReason: endpoint.stateReason,
            stateSince: endpoint.stateSince.description,
            failingSince: endpoint.failingSince?.description,
            formerSecretUntil: endpoint.formerSecretUntil(now: now)?.description,
            createdAt: endpoint.createdAt.description,
            secret: secret?.text.text
        )
    }
}

extension WebhookAttemptBody {
    init(_ attempt: DeliveryStore.Attempt, _ entry: OrderFeed.Entry?, order: OrderNumber) {
        self.init(
            event: "\(order)/\(attempt.sequence)",
            type: entry?.kind ?? "",
            attempt: attempt.attempt,
            at: attempt.at.description,
            milliseconds: attempt.milliseconds,
            outcome: DeliveryAttemptOutcome(rawValue: attempt.outcome),
            status: attempt.answer?.status,
            reason: attempt.reason,
            answer: attempt.answer?.text
        )
    }
}

extension WebhookTestBody {
    init(_ endpoint: WebhookEndpoint, _ message: WebhookMessage, _ reply: WebhookReply, milliseconds: Int) {
        self.init(
            endpoint: "\(endpoint.id)",
            id: message.id,
            milliseconds: milliseconds,
            status: reply.status,
            reason: reply.failure,
            answer: reply.text
        )
    }
}
