import Catalog
import Commerce
import Hummingbird
import JSONFields
import Payments
import Staff
import StoreAPI

/// What ledger and payment provider differ in: listed, and settled by a person.
struct FindingRoutes: Sendable {
    let store: Store

    private var reader: StaffRequestReader { StaffRequestReader(store: store) }

    func add(to router: StaffRouter) {
        router.get("/v1/staff/findings", .support) { request, _, _ in
            try request.checkQuery("settled")
            let settled = request.uri.queryParameters["settled"] ?? "false"
            guard ["true", "false"].contains(settled) else {
                throw Problem("", "notAFlag", "settled is true or false.")
            }
            let found = try await store.payments.findings.list(settled: settled == "true")
            return Response.privateJSON(FindingListBody(data: found.map(FindingBody.init), next: nil))
        }
        router.post("/v1/staff/findings/{id}/settlement", .manager) { request, context, member in
            let (act, reason) = try await reader.act(request, context, member, needsKey: false) { fields in
                fields.allow("reason")
                return fields.require("reason") ? fields.checkLine("reason", lengthMax: 200) : nil
            }
            let id = context.parameters.get("id").flatMap { Int64($0) }
            guard let id,
                let finding = try await store.payments.findings.settle(
                    id,
                    reason: reason,
                    actor: act.actor,
                    now: act.now
                )
            else { throw Problem(.notFound, "There is no finding of this number.") }
            return Response.privateJSON(FindingBody(finding))
        }
    }
}

extension FindingBody {
    init(_ kept: KeptFinding) {
        self.init(
            id: "\(kept.id)",
            kind: FindingKind(rawValue: kept.finding.kind.rawValue),
            reference: kept.finding.reference,
            order: kept.finding.orderNumber,
            amount: MoneyBody(kept.finding.amount),
            foundAt: kept.foundAt.description,
            settlement: kept.settlement.map {
                SettlementBody(at: $0.at.description, by: $0.by, reason: $0.reason)
            }
        )
    }
}
