package import ArgumentParser

/// The command line. Here are the commands that need the machine itself.
package struct Aftercare: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "aftercare",
        abstract: "The order backend of the DermMicro aftercare kit.",
        discussion: """
            Settings come from options and from the environment; the README lists them all. With no database named, \
            the store keeps a PostgreSQL of its own in the data folder.
            """,
        subcommands: [
            Serve.self, Migrate.self, CatalogCommand.self, GuideCommand.self, TokenCommand.self, Reconcile.self,
        ]
    )

    package init() {}
}
