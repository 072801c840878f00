import Foundation

/// Writes a Swift file that holds the contents of text files: `EmbedFiles OUTPUT FILE...`
@main enum EmbedFiles {
    static func main() throws {
        let (output, files) = (CommandLine.arguments[1], CommandLine.arguments.dropFirst(2))
        var source = "/// The files of this module's folder that are not Swift, by name.\n"
        source += "enum Embedded {\n    static let files: [String: String] = [\n"
        for file in files {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            source += "\"\(URL(filePath: file).lastPathComponent)\": ####\"\"\"\n\(text)\n\"\"\"####,\n"
        }
        source += """
                ]

                /// A file's text. One that is not there is a mistake of the program.
                static func text(_ name: String) -> String {
                    guard let text = files[name] else { preconditionFailure("\\(name) is not embedded") }
                    return text
                }
            }

            """
        // A file that is written anew is compiled anew, with all that needs its module.
        if (try? String(contentsOfFile: output, encoding: .utf8)) == source { return }
        try source.write(toFile: output, atomically: true, encoding: .utf8)
    }
}
