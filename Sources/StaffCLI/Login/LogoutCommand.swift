import ArgumentParser

/// `aftercare logout`
struct LogoutCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Forget the login on this machine.",
        discussion: """
            The token stays good elsewhere; "aftercare token revoke" ends it.

            Example: aftercare logout
            """
    )

    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let wasThere = try Login.remove(environment: invocation.context.environment)
        if invocation.console.isJSON { return try invocation.console.write(lines: ["null"]) }
        try invocation.console.say(wasThere ? "Logged out." : "Nobody was logged in.")
        if invocation.context.environment["AFTERCARE_TOKEN"]?.isEmpty == false {
            invocation.console.note("AFTERCARE_TOKEN is set, and still logs you in.", .caution)
        }
    }
}
