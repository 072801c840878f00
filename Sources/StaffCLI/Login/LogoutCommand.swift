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

    func act(_ errand: Errand) async throws {
        let wasThere = Login.remove(environment: errand.desk.environment)
        if errand.console.isJSON { return try errand.console.write(lines: ["null"]) }
        try errand.console.say(wasThere ? "Logged out." : "Nobody was logged in.")
        if errand.desk.environment["AFTERCARE_TOKEN"]?.isEmpty == false {
            errand.console.note("AFTERCARE_TOKEN is set, and still logs you in.", .caution)
        }
    }
}
