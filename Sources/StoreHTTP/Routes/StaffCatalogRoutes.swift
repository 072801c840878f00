import Catalog
import Commerce
import HTTPTypes
import Hummingbird
import JSONFields
import NIOCore
import Orders
import Staff
import StoreAPI

/// The catalog as a reviewed file: read, planned, applied.
struct StaffCatalogRoutes: Sendable {
    let store: Store

    /// A catalog may be larger than any other body.
    private static let octetsMax = 4 << 20

    func add(to router: StaffRouter) {
        router.get("/v1/staff/catalog", .support) { request, _, _ in
            try request.checkQuery("version")
            let version = try request.integer("version", in: 1...Int.max).map(Int64.init)
            guard let stored = try await store.catalogFile(version: version) else {
                throw Problem(.notFound, "There is no catalog of this version.")
            }
            return Response(
                status: .ok,
                headers: [
                    .contentType: "application/json", .cacheControl: "no-store",
                    .eTag: EntityTag.text(Int(stored.version)),
                ],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: stored.document))
            )
        }
        router.post("/v1/staff/catalog/plan", .support) { request, _, _ in
            let plan = try await store.catalogPlan(for: file(request))
            return Response.privateJSON(
                CatalogPlanBody(
                    version: Int(plan.version),
                    changes: plan.changes.map(CatalogChangeBody.init),
                    refusals: plan.refusals.map {
                        FieldErrorBody(pointer: $0.pointer, code: "wouldBreak", detail: $0.detail)
                    }
                )
            )
        }
        router.put("/v1/staff/catalog", .manager) { request, _, member in
            guard let planned = try request.requiredVersions()?.first.map(Int64.init) else {
                throw Problem(.preconditionRequired, "Name the version that was planned against.")
            }
            let file = try await file(request)
            let plan = try await store.catalogPlan(for: file)
            guard plan.version == planned else { throw Problem(.catalogChanged) }
            if !plan.refusals.isEmpty {
                var problem = Problem(.catalogRefused, plan.refusals.first?.detail)
                problem.errors = plan.refusals.map {
                    FieldProblem(pointer: $0.pointer, code: "wouldBreak", detail: $0.detail)
                }
                throw problem
            }
            let applied = try await file.load(into: store.pool, actor: "staff \(member.name)", planned: planned)
            guard let applied else { throw Problem(.catalogChanged) }
            return Response.privateJSON(
                CatalogAppliedBody(
                    version: Int(applied),
                    previous: Int(planned),
                    changes: plan.changes.map(CatalogChangeBody.init)
                )
            )
        }
    }

    private func file(_ request: Request) async throws -> CatalogFile {
        let bytes = try await request.jsonBytes(upTo: Self.octetsMax)
        do throws(DocumentError) {
            return try CatalogFile(bytes)
        } catch {
            throw Problem(error)
        }
    }
}

extension CatalogChangeBody {
    init(_ change: CatalogChange) {
        self.init(
            kind: CatalogChangeKind(rawValue: change.kind.rawValue),
            what: change.what,
            field: change.field,
            old: change.old,
            new: change.new
        )
    }
}
