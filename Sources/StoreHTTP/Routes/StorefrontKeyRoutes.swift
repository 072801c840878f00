import Admission
import Catalog
import Commerce
import Foundation
import Hummingbird
import JSONFields
import Postgres
import Staff
import StoreAPI

/// The keys of the storefronts: made, listed, revoked.
struct StorefrontKeyRoutes: Sendable {
    let store: Store

    func add(to router: StaffRouter) {
        router.get("/v1/staff/keys", .manager) { _, _, _ in
            let keys = try await store.storefronts.keys()
            return Response.privateJSON(StorefrontKeyListBody(data: keys.map(StorefrontKeyBody.init), next: nil))
        }
        router.post("/v1/staff/keys", .manager) { request, _, _ in try await create(request) }
        router.delete("/v1/staff/keys/{name}", .manager) { _, context, _ in
            let name = context.parameters.get("name")?.removingPercentEncoding ?? ""
            guard try await store.storefronts.revoke(name: name, now: store.now()) else {
                throw Problem(.notFound, "No key of this name is in force.")
            }
            return Response(status: .noContent)
        }
    }

    private struct Asked: Sendable {
        let name: String
        let origins: [String]
        let currency: Currency?
        let country: Country?
        let rate: Int
    }

    private func create(_ request: Request) async throws -> Response {
        let bytes = try await request.jsonBytes()
        let reader = store.choiceReader(try await store.catalogs.current())
        let asked = try Fields.request(bytes) { fields -> Asked? in
            fields.allow("name", "origins", "currency", "country", "requestsPerMinute")
            let name = fields.require("name") ? fields.checkLine("name", lengthMax: 60) : nil
            let origins = Self.origins(fields)
            let rate = fields.integer("requestsPerMinute", in: StorefrontKey.rates) ?? StorefrontKey.standardRate
            let (currency, country) = (reader.currency(fields), reader.country(fields))
            return name.map { Asked(name: $0, origins: origins, currency: currency, country: country, rate: rate) }
        }
        do {
            let key = try await store.storefronts.create(
                name: asked.name,
                origins: asked.origins,
                currency: asked.currency,
                country: asked.country,
                requestsPerMinute: asked.rate,
                now: store.now()
            )
            return Response.privateJSON(StorefrontKeyBody(key), status: .created)
        } catch let error as PostgresError where error.serverError?.constraint == StorefrontKeyStore.nameConstraint {
            throw Problem(.nameTaken)
        } catch StorefrontKeyStore.Refusal.tooMany {
            throw Problem(
                "",
                "tooMany",
                "There are \(StorefrontKeyStore.liveMax) keys, as many as there may be: revoke one first."
            )
        }
    }

    private static func origins(_ fields: Fields) -> [String] {
        let texts = fields.texts("origins", countMax: StorefrontKey.originsMax) ?? []
        for (position, text) in texts.enumerated() {
            if StorefrontKey.origin(text) == nil {
                fields.report(
                    "origins",
                    at: position,
                    "notAnOrigin",
                    "An origin is as a browser sends it, such as https://shop.example, or * for all."
                )
            } else if texts[..<position].contains(text) {
                fields.report("origins", at: position, "duplicate", "This origin is listed already.")
            }
        }
        return texts
    }
}

extension StorefrontKeyBody {
    init(_ key: StorefrontKey) {
        self.init(
            name: key.name,
            key: key.text,
            origins: key.origins,
            currency: key.currency?.rawValue,
            country: key.country?.rawValue,
            requestsPerMinute: key.requestsPerMinute,
            createdAt: key.createdAt.description,
            revokedAt: key.revokedAt?.description
        )
    }
}
