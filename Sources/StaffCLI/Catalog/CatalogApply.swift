import ArgumentParser
import StoreAPI

/// `aftercare catalog apply`
struct CatalogApply: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Make the catalog what a file says.",
        discussion: """
            Shows what changes and asks first. Customers see it at once.

            Example: aftercare catalog apply catalog.json
            """
    )

    @Argument(help: "A catalog file in JSON.")
    var file: String
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func act(_ errand: Errand) async throws {
        let store = try errand.store()
        let bytes = try CatalogFileReader.bytes(file)
        let planned = try await store.send(CatalogPlan.request(bytes))
        let plan: CatalogPlanBody = try planned.decode()
        if !errand.console.isJSON { try CatalogPlanSheet.show(plan.changes, on: errand.console) }
        try CatalogPlan.check(plan)
        if change.dryRun {
            if errand.console.isJSON { try errand.console.write(lines: [planned.json()]) }
            return errand.console.note("Nothing was sent.")
        }
        if plan.changes.isEmpty {
            if errand.console.isJSON { try errand.console.write(lines: [planned.json()]) }
            return
        }
        try await errand.console.confirm("Change the catalog at \(store.login.url)?", unless: confirm.isAgreed)
        var request = StoreRequest.act(.put, .staff("catalog"))
        request.body = bytes
        request.version = plan.version
        try errand.show(await store.send(request), as: CatalogAppliedBody.self) { applied in
            try errand.console.say("Version \(applied.version) is in force.", .good)
            errand.console.note("Back: aftercare catalog export --version \(applied.previous) -o FILE, and apply that.")
        }
    }
}
