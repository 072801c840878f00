import Foundation
import PackagePlugin

/// Makes a target's JSON files, the pieces of the contract, into the document that is served (`Contract.source`) and into
/// the types of its schemas.
@main struct GenerateContract: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? any SourceModuleTarget else { return [] }
        let pieces = target.sourceFiles(withSuffix: "json").map(\.url).sorted { $0.path() < $1.path() }
        let outputs = ["Bodies.swift", "Contract.swift"].map { context.pluginWorkDirectoryURL.appending(path: $0) }
        return [
            .buildCommand(
                displayName: "Making the contract of \(target.name)",
                executable: try context.tool(named: "ContractGenerator").url,
                arguments: (outputs + pieces).map { $0.path() },
                inputFiles: pieces,
                outputFiles: outputs
            )
        ]
    }
}
