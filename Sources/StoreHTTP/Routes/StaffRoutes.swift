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

/// The staff themselves: who somebody is, and the tokens.
struct StaffRoutes: Sendable {
    let store: Store

    /// How long a token may live.
    private static let daysMax = 730

    func add(to router: Router<StoreContext>) {
        let router = StaffRouter(router: router, reader: StaffRequestReader(store: store))
        router.get("/v1/staff/me", .packer) { _, _, member in Response.privateJSON(StaffTokenBody(member)) }
        router.get("/v1/staff/tokens", .manager) { _, _, _ in
            let tokens = try await store.staff.tokens()
            return Response.privateJSON(StaffTokenListBody(data: tokens.map { StaffTokenBody($0) }, next: nil))
        }
        router.post("/v1/staff/tokens", .manager) { request, _, _ in
            try await createToken(request)
        }
        router.delete("/v1/staff/tokens/{name}", .manager) { _, context, _ in
            let name = context.parameters.get("name")?.removingPercentEncoding ?? ""
            guard try await store.staff.revoke(name: name, now: store.now()) else { throw Problem(.notFound) }
            return Response(status: .noContent)
        }
        router.get("/v1/staff/installation", .manager) { _, _, _ in
            let checkpoint = try store.settings.lastCheckpoint()
            return Response.privateJSON(
                InstallationBody(
                    settings: store.settings.shown.map { ShownSettingBody(name: $0.name, value: $0.value) },
                    checkpoint: checkpoint.map {
                        ShownCheckpointBody(at: $0.at.description, checkpoints: $0.count)
                    }
                )
            )
        }
        StorefrontKeyRoutes(store: store).add(to: router)
        StaffOrderListRoutes(store: store).add(to: router)
        StaffOrderRoutes(store: store).add(to: router)
        FulfilmentRoutes(store: store).add(to: router)
        ReturnRoutes(store: store).add(to: router)
        StockRoutes(store: store).add(to: router)
        StaffCatalogRoutes(store: store).add(to: router)
        FindingRoutes(store: store).add(to: router)
        PersonalRoutes(store: store).add(to: router)
        EventRoutes(store: store).add(to: router)
        DeliveryRoutes(store: store).add(to: router)
        WebhookEndpointRoutes(store: store).add(to: router)
    }

    private func createToken(_ request: Request) async throws -> Response {
        let asked = try Fields.request(try await request.jsonBytes()) {
            fields -> (name: String, role: StaffRole, days: Int)? in
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
                name: asked.name,
                role: asked.role,
                now: store.now(),
                lifetime: .seconds(asked.days * 86_400)
            )
            return Response.privateJSON(StaffTokenBody(token, secret: secret), status: .created)
        } catch let error as PostgresError where error.serverError?.constraint == StaffStore.nameConstraint {
            throw Problem(.nameTaken)
        }
    }
}

extension StaffTokenBody {
    init(_ token: StaffToken, secret: StaffSecret? = nil) {
        self.init(
            name: token.name,
            role: Role(rawValue: token.role.rawValue),
            createdAt: token.createdAt.description,
            expiresAt: token.expiresAt.description,
            revokedAt: token.revokedAt?.description,
            lastUsedAt: token.lastUsedAt?.description,
            token: secret?.text
        )
    }
}
