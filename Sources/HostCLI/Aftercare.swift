package import ArgumentParser
import ProgramVersion
import StaffCLI

/// The command line: the commands of the staff, which need only the store's address, and those that need the machine
/// itself.
package struct Aftercare: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "aftercare",
        abstract: "The order backend of the DermMicro aftercare kit.",
        discussion: """
            Settings come from options and from the environment; Sources/HostCLI/HostCLI.docc/SettingsList.md lists \
            them all. With no database named, the store keeps a PostgreSQL of its own in the data folder.
            """,
        version: "aftercare, \(ProgramVersion.text)",
        groupedSubcommands: [
            CommandGroup(name: "Staff", subcommands: StaffCLI.commands),
            CommandGroup(
                name: "Machine",
                subcommands: [
                    Serve.self, Migrate.self, CatalogCommand.self, TokenCommand.self, ReconcileCommand.self,
                    AuditCommand.self, PersonalCommand.self,
                    GuideCommand.self, MailCommand.self, BackupCommand.self, RestoreCommand.self, DoctorCommand.self,
                    StripeCommand.self,
                    Man<Aftercare>.self,
                ]
            ),
        ]
    )

    package init() {}
}
