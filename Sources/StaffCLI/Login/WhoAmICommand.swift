import ArgumentParser
import StoreAPI

/// `aftercare whoami`
struct WhoAmICommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Show who is logged in, and where.",
        discussion: "Example: aftercare whoami"
    )

    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        try invocation.show(await store.send(.get(.staff("me"))), as: StaffTokenBody.self) { me in
            var sheet = FactSheet()
            sheet.add("Name", me.name, .strong)
            sheet.add("Role", me.role.rawValue)
            sheet.add("Store", store.login.url)
            sheet.add("Until", invocation.console.time(me.expiresAt))
            try invocation.console.show(sheet)
        }
    }
}
