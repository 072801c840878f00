import ArgumentParser
import StaffCLI

/// `aftercare catalog …`
struct CatalogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog",
        abstract: "Work on what the shop sells.",
        subcommands: StaffCLI.catalogCommands + [CatalogLoad.self]
    )
}
