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

    @Argument(help: "A catalog file in JSON.", completion: .file(extensions: ["json"]))
    var file: String
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let bytes = try LocalFile.readJSON(file)
        let planned = try await store.send(CatalogPlan.request(bytes))
        let plan: CatalogPlanBody = try planned.decode()
        if !invocation.console.isJSON { try CatalogPlanSheet.show(plan.changes, on: invocation.console) }
        try CatalogPlan.check(plan)
        if change.dryRun {
            if invocation.console.isJSON { try invocation.console.write(lines: [planned.json()]) }
            return invocation.console.note("Nothing was sent.")
        }
        if plan.changes.isEmpty {
            if invocation.console.isJSON { try invocation.console.write(lines: [planned.json()]) }
            return
        }
        try await invocation.console.confirm("Change the catalog at \(store.login.url)?", unless: confirm.isAgreed)
        var request = StoreRequest.change(.put, .staff("catalog"))
        request.body = bytes
        request.version = plan.version
        try invocation.show(await store.send(request), as: CatalogAppliedBody.self) { applied in
            try invocation.console.say("Version \(applied.version) is in force.", .good)
            invocation.console.note(
                "To undo it: aftercare catalog export --version \(applied.previous) -o FILE, then apply that file."
            )
        }
    }
}
