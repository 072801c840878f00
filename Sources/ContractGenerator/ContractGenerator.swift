import Foundation

/// Makes the contract's pieces into the document that is served and into Swift types:
/// `ContractGenerator TYPES DOCUMENT PIECE...`
@main enum ContractGenerator {
    static func main() throws {
        let arguments = CommandLine.arguments
        do {
            let contract = try Contract(
                arguments.dropFirst(3).map { path in
                    let file = URL(filePath: path).lastPathComponent
                    let text = try String(contentsOfFile: path, encoding: .utf8)
                    return Contract.Piece(file: file, content: try JSONReader.read(text, file: file))
                }
            )
            let types = try SwiftTypes(schemas: contract.schemas).source()
            try write(types, to: arguments[1])
            try write(embedded(try contract.document, examples: contract.examples), to: arguments[2])
        } catch let error as ContractError {
            FileHandle.standardError.write(Data("error: \(error)\n".utf8))
            exit(1)
        }
    }

    /// A file that is written anew is compiled anew, with all that needs its module: one that is right already is left.
    private static func write(_ source: String, to path: String) throws {
        if (try? String(contentsOfFile: path, encoding: .utf8)) == source { return }
        try source.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static func embedded(_ document: JSON, examples: JSON) -> String {
        #####"""
        /// The OpenAPI document.
        package enum Contract {
            /// Every route, field, limit and error, as JSON.
            package static let source = ####"\#####(document.source)"####

            /// The same as its pages show it: tags with their operations, and types, as JSON.
            package static let reference = ####"\#####(Reference(document, examples: examples).content.source)"####

            /// The types of what a storefront asks and is answered, as TypeScript.
            package static let typeScript = ####"""
        \#####(TypeScriptTypes(document).source)
        """####
        }

        """#####
    }
}
