import Foundation
import PackagePlugin

/// Tells a target from which commit it is built, as `Commit.name`.
@main struct EmbedCommit: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = context.package.directoryURL
        let output = context.pluginWorkDirectoryURL.appending(path: "Commit.swift")
        // What changes with each commit and each checkout.
        let signs = ["HEAD", "logs/HEAD"].map { folder.appending(path: ".git/" + $0) }
        return [
            .buildCommand(
                displayName: "Reading the commit",
                executable: try context.tool(named: "ReadCommit").url,
                arguments: [folder.path(), output.path()],
                inputFiles: signs.filter { FileManager.default.fileExists(atPath: $0.path()) },
                outputFiles: [output]
            )
        ]
    }
}
