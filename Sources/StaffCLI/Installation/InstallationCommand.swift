import ArgumentParser
import StoreAPI

/// `aftercare installation`
struct InstallationCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "installation",
        abstract: "Show how the store is set up, and how far its logs are proven.",
        discussion: """
            Settings that are secret are named, and never shown. What is not listed is as it is where nobody says otherwise.

            Example: aftercare installation
            """
    )

    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let answer = try await invocation.store().send(.get(.staff("installation")))
        try invocation.show(answer, as: InstallationBody.self) { installation in
            var sheet = FactSheet()
            for setting in installation.settings {
                sheet.add(setting.name, setting.value ?? "set, and secret", setting.value == nil ? .quiet : .plain)
            }
            sheet.add(
                "Last checkpoint",
                installation.checkpoint.map { "\(invocation.console.time($0.at)), of \($0.checkpoints)" } ?? "none",
                installation.checkpoint == nil ? .caution : .plain
            )
            try invocation.console.show(sheet)
        }
    }
}
