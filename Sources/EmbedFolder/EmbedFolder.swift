import Foundation
import PackagePlugin

/// Carries a target's files that are neither Swift nor documentation inside the program: a migration, a language or a
/// template is added by adding its file. They are read as `Embedded.files`, by name.
@main struct EmbedFolder: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? any SourceModuleTarget else { return [] }
        let files = target.sourceFiles.map(\.url).filter { !["swift", "docc"].contains($0.pathExtension) }
        let output = context.pluginWorkDirectoryURL.appending(path: "Embedded.swift")
        return [
            .buildCommand(
                displayName: "Embedding the files of \(target.name)",
                executable: try context.tool(named: "EmbedFiles").url,
                arguments: [output.path()] + files.map { $0.path() }.sorted(),
                inputFiles: files,
                outputFiles: [output]
            )
        ]
    }
}
