import ArgumentParser
import Catalog
import FoundationEssentials
import JSONFields
import StaffCLI

/// `aftercare catalog load FILE`: the catalog, made what a file says.
struct CatalogLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Make the catalog what a file says.",
        discussion: """
            All of it or nothing. Products that the file lacks are sold no more; stock that is counted already is left \
            as it is.
            """
    )

    @Argument(help: "A catalog file in JSON.", completion: .file(extensions: ["json"]))
    var file: String
    @OptionGroup var data: DataOptions

    func run() async throws {
        let settings = try Settings(options: data.values, environment: ProcessInfo.processInfo.environment)
        let bytes: [UInt8]
        do { bytes = try LocalFile.read(file) } catch {
            throw HostError.refused(error.sentences.joined(separator: " "))
        }
        let catalog: CatalogFile
        do throws(DocumentError) {
            catalog = try CatalogFile(bytes)
        } catch {
            throw HostError.refused("\(file) \(Self.explain(error))")
        }
        try await Host.with(settings) { host in
            try await host.prepareSchema()
            let refusals = catalog.refusals(
                try await CatalogStore(host.pool).current(),
                CatalogUse(openOrders: [:], carts: [])
            )
            guard refusals.isEmpty else {
                let lines = refusals.map { "  \($0.pointer): \($0.detail)" }.joined(separator: "\n")
                throw HostError.refused("\(file) can't be loaded:\n\(lines)")
            }
            try await catalog.load(into: host.pool)
            say("Loaded \(catalog.productCount) products.")
        }
    }

    private static func explain(_ error: DocumentError) -> String {
        switch error {
        case .malformed: "is not JSON."
        case .fields(let problems):
            "is not a catalog:\n"
                + problems.map { "  \($0.pointer.isEmpty ? "/" : $0.pointer): \($0.detail)" }.joined(separator: "\n")
        }
    }
}
