import ArgumentParser
import StoreAPI

/// `aftercare catalog plan`
struct CatalogPlan: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a catalog file would change.",
        discussion: "Example: aftercare catalog plan catalog.json"
    )

    @Argument(help: "A catalog file in JSON.", completion: .file(extensions: ["json"]))
    var file: String
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let answer = try await invocation.store().send(Self.request(try LocalFile.readJSON(file)))
        let plan: CatalogPlanBody = try answer.decode()
        try invocation.show(answer, as: CatalogPlanBody.self) {
            try CatalogPlanSheet.show($0.changes, on: invocation.console)
        }
        try Self.check(plan)
    }

    /// Asking what would change changes nothing, so its key need not be kept.
    static func request(_ bytes: [UInt8]) -> StoreRequest {
        var request = StoreRequest.change(.post, .staff("catalog", "plan"))
        request.body = bytes
        request.keepsKey = false
        return request
    }

    /// - Throws: where the store would refuse the file.
    static func check(_ plan: CatalogPlanBody) throws {
        guard plan.refusals.isEmpty else {
            throw StaffError(
                .refused,
                plan.refusals.map(\.detail),
                advice: "The catalog stays as it is until that is put right."
            )
        }
    }
}
