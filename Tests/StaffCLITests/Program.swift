import ArgumentParser
import StaffCLI

/// The program as the tests run it.
struct Program: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aftercare",
        abstract: "The staff's commands.",
        subcommands: StaffCLI.commands + [
            ProgramCatalog.self, ProgramToken.self, ProgramReconcile.self, ProgramPersonal.self, Man<Program>.self,
        ]
    )
}

struct ProgramCatalog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog",
        abstract: "What the shop sells.",
        subcommands: StaffCLI.catalogCommands
    )
}

struct ProgramToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "The staff's tokens.",
        subcommands: StaffCLI.tokenCommands
    )
}

struct ProgramPersonal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "personal",
        abstract: "What is held of a person.",
        subcommands: StaffCLI.personalCommands
    )
}

struct ProgramReconcile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Ledger and payment provider.",
        subcommands: StaffCLI.reconcileCommands
    )
}
