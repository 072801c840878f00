import Foundation

/// Writes a Swift file that names the commit of a folder: `ReadCommit FOLDER OUTPUT`. Sources without a repository, as in
/// an archive, are of an unknown one.
@main enum ReadCommit {
    static func main() throws {
        let (folder, output) = (CommandLine.arguments[1], CommandLine.arguments[2])
        let git = Process()
        git.executableURL = URL(filePath: "/usr/bin/env")
        git.arguments = ["git", "-C", folder, "rev-parse", "--short=12", "HEAD"]
        let said = Pipe()
        git.standardOutput = said
        git.standardError = FileHandle.nullDevice
        try git.run()
        let bytes = try said.fileHandleForReading.readToEnd() ?? Data()
        git.waitUntilExit()
        let name =
            git.terminationStatus == 0 ? String(decoding: bytes, as: UTF8.self).prefix { $0.isHexDigit } : "unknown"
        let source = """
            enum Commit {
                static let name = "\(name)"
            }

            """
        if (try? String(contentsOfFile: output, encoding: .utf8)) == source { return }
        try source.write(toFile: output, atomically: true, encoding: .utf8)
    }
}
