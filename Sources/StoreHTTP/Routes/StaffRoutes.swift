import Cart
import Catalog
import Commerce
import Foundation
import HTTPTypes
import Hummingbird
import JSONFields
import Orders
import Postgres
import Staff
import StoreAPI

/// What the staff do. Every route says which role it needs, and every act is an event with its actor and request.
struct StaffRoutes: Sendable {
    let store: Store

    /// How long a token may live.
    private static let daysMax = 730

    func add(to router: Router<StoreContext>) {
        router.get("/v1/staff/me") { request, _ in
            try Response.privateJSON(StaffTokenBody(await member(request, .packer)))
        }
        router.get("/v1/staff/tokens") { request, _ in
            _ = try await member(request, .manager)
            let tokens = try await store.staff.tokens()
            return try Response.privateJSON(StaffTokenListBody(data: tokens.map { StaffTokenBody($0) }))
        }
        router.post("/v1/staff/tokens") { request, _ in
            _ = try await member(request, .manager)
            return try await createToken(request)
        }
        router.delete("/v1/staff/tokens/{name}") { request, context in
            _ = try await member(request, .manager)
            let name = context.parameters.get("name")?.removingPercentEncoding ?? ""
            guard try await store.staff.revoke(name: name, now: store.now()) else { throw Problem(.notFound) }
            return Response(status: .noContent)
        }
        router.get("/v1/staff/orders/{number}") { request, context in
            let member = try await member(request, .packer)
            let order = try await order(context)
            try await store.orders.noteView(of: order, by: .staff(member.name, context.requestID), now: store.now())
            return try await answer(order)
        }
        router.post("/v1/staff/orders/{number}/payments") { request, context in
            try await act(request, context, .support) { fields in
                fields.allow("amount", "reference")
                let amount = fields.require("amount") ? fields.object("amount", CheckoutReader.money) : nil
                let reference = fields.checkLine("reference", lengthMax: 200)
                return amount.map { ($0, reference) }
            } perform: { name, asked, key, actor in
                guard let currency = Currency(rawValue: asked.0.currency) else { throw Problem(.invalidRequest) }
                return try await store.orders.recordReceipt(
                    name,
                    amount: Money(asked.0.amount, currency),
                    reference: asked.1,
                    key: key,
                    actor: actor,
                    now: store.now()
                )
            }
        }
        router.post("/v1/staff/orders/{number}/refunds") { request, context in
            try await act(request, context, .manager) { fields in
                Self.refund(fields)
            } perform: { name, asked, key, actor in
                try await store.orders.refund(name, asked, key: key, actor: actor, now: store.now())
            }
        }
        router.post("/v1/staff/orders/{number}/cancellation") { request, context in
            try await act(request, context, .support) { fields in
                fields.allow("reason")
                return fields.require("reason") ? fields.checkLine("reason", lengthMax: 200) : nil
            } perform: { name, reason, key, actor in
                try await store.orders.cancel(name, reason: reason, key: key, actor: actor, now: store.now())
            }
        }
    }

    // MARK: -

    /// Who asks, where their token is live and their role may.
    private func member(_ request: Request, _ role: StaffRole) async throws -> StaffToken {
        let header = request.headers[.authorization] ?? ""
        guard header.lowercased().hasPrefix("bearer "), let secret = StaffSecret(text: String(header.dropFirst(7))),
            let token = try await store.staff.token(secret, now: store.now())
        else {
            var problem = Problem(.unauthorised)
            problem.headers[.wwwAuthenticate] = "Bearer"
            throw problem
        }
        guard token.role >= role else { throw Problem(.forbidden, "This needs the role \(role.rawValue).") }
        return token
    }

    private func number(_ context: StoreContext) throws -> OrderNumber {
        guard let number = context.parameters.get("number").flatMap({ OrderNumber($0) }) else {
            throw Problem(.notFound)
        }
        return number
    }

    private func order(_ context: StoreContext) async throws -> Order {
        guard let order = try await store.orders.order(number(context)) else { throw Problem(.notFound) }
        return order
    }

    private func answer(_ order: Order) async throws -> Response {
        let timeline = try await store.orders.timeline(of: order).map { entry in
            TimelineEntryBody(
                kind: entry.kind,
                at: entry.at.description,
                actor: entry.actor,
                requestId: entry.requestID,
                reason: entry.reason,
                amount: entry.amount.map { MoneyBody(Money($0, order.currency)) }
            )
        }
        return try Response.privateJSON(
            StaffOrderBody(
                OrderBody(order),
                refunded: MoneyBody(Money(order.refunded, order.currency)),
                timeline: timeline
            )
        )
    }

    /// Something that is done to an order once, however often it is sent.
    private func act<Asked: Sendable>(
        _ request: Request,
        _ context: StoreContext,
        _ role: StaffRole,
        read: @escaping @Sendable (Fields) -> Asked?,
        perform: (OrderStore.Name, Asked, OrderStore.ActKey, OrderStore.Actor) async throws -> Order
    ) async throws -> Response {
        let member = try await member(request, role)
        let key = try request.requiredIdempotencyKey()
        let bytes = try await request.jsonBytes()
        let asked = try Fields.request(bytes, read)
        let number = try number(context)
        let path = "\(context.endpointPath ?? "")"
        let canonical = (try? Fields.canonical(bytes)) ?? bytes
        do {
            let order = try await perform(
                .number(number),
                asked,
                OrderStore.ActKey(
                    hash: hash(path, "staff \(member.name)", key),
                    fingerprint: hash(String(decoding: canonical, as: UTF8.self))
                ),
                .staff(member.name, context.requestID)
            )
            await store.sendRefunds(of: order)
            return try await answer(order)
        } catch let refusal as OrderStore.Refusal {
            throw Problem(refusal)
        }
    }

    private static func refund(_ fields: Fields) -> RefundRequest? {
        fields.allow("items", "shipping", "reason")
        var quantities: [SKU: Int] = [:]
        for item in fields.objects(
            "items",
            countMax: 50,
            { item -> (SKU, Int)? in
                item.allow("sku", "quantity")
                guard let sku = item.sku("sku"), item.require("quantity"),
                    let count = item.integer("quantity", in: 1...1000)
                else { return nil }
                return (sku, count)
            }
        ) ?? [] {
            if quantities.updateValue(item.1, forKey: item.0) != nil {
                fields.report("items", "duplicate", "\(item.0) is listed twice.")
            }
        }
        let shipping = fields.flag("shipping") ?? false
        if quantities.isEmpty, !shipping {
            fields.report("items", "missing", "A refund names items, or shipping.")
        }
        guard fields.require("reason"), let reason = fields.checkLine("reason", lengthMax: 200) else { return nil }
        return RefundRequest(quantities: quantities, includesShipping: shipping, reason: reason)
    }

    private func createToken(_ request: Request) async throws -> Response {
        let asked = try Fields.request(try await request.jsonBytes()) { fields -> (String, StaffRole, Int)? in
            fields.allow("name", "role", "days")
            let name = fields.require("name") ? fields.checkLine("name", lengthMax: 60) : nil
            var role: StaffRole?
            if fields.require("role"), let text = fields.text("role") {
                role = StaffRole(rawValue: text)
                if role == nil { fields.report("role", "unknownRole", "A role is packer, support or manager.") }
            }
            let days = fields.integer("days", in: 1...Self.daysMax) ?? 90
            guard let name, let role else { return nil }
            return (name, role, days)
        }
        do {
            let (secret, token) = try await store.staff.create(
                name: asked.0,
                role: asked.1,
                now: store.now(),
                lifetime: .seconds(asked.2 * 86_400)
            )
            return try Response.privateJSON(StaffTokenBody(token, secret: secret), status: .created)
        } catch let error as PostgresError where error.serverError?.constraint == StaffStore.nameConstraint {
            throw Problem(.nameTaken)
        }
    }
}

extension Order {
    /// The one currency of all its amounts.
    fileprivate var currency: Currency { totals.total.currency }
}

extension StaffTokenBody {
    init(_ token: StaffToken, secret: StaffSecret? = nil) {
        self.init(
            name: token.name,
            role: token.role.rawValue,
            createdAt: token.createdAt.description,
            expiresAt: token.expiresAt.description,
            revokedAt: token.revokedAt?.description,
            lastUsedAt: token.lastUsedAt?.description,
            token: secret?.text
        )
    }
}

extension HTTPField.Name {
    static let wwwAuthenticate = HTTPField.Name.of("WWW-Authenticate")
}
