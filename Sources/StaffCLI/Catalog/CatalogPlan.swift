import ArgumentParser
import StoreAPI

/// `aftercare catalog plan`
struct CatalogPlan: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a catalog file would change.",
        discussion: "Example: aftercare catalog plan catalog.json"
    )

    @Argument(help: "A catalog file in JSON.")
    var file: String
    @OptionGroup var common: CommonOptions

    func act(_ errand: Errand) async throws {
        let answer = try await errand.store().send(Self.request(try CatalogFileReader.bytes(file)))
        let plan: CatalogPlanBody = try answer.decode()
        try errand.show(answer, as: CatalogPlanBody.self) { try CatalogPlanSheet.show($0.changes, on: errand.console) }
        try Self.check(plan)
    }

    /// Asking what would change changes nothing, so its key need not be kept.
    static func request(_ bytes: [UInt8]) -> StoreRequest {
        var request = StoreRequest.act(.post, .staff("catalog", "plan"))
        request.body = bytes
        request.keepsKey = false
        return request
    }

    /// - Throws: where the store would refuse the file.
    static func check(_ plan: CatalogPlanBody) throws {
        guard plan.refusals.isEmpty else {
            throw StaffError(.refused, plan.refusals, advice: "The catalog stays as it is until that is put right.")
        }
    }
}
