import Foundation
import TestSupport
import Testing

/// What parsers were given in the past, and what once broke them: each file of the corpus is read without harm, and read
/// again as it was. The same is done with what a fuzzer makes of these files.
struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    private static func files(of parser: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: parser),
            includingPropertiesForKeys: nil
        )
    }

    @Test("Every parser reads its corpus", arguments: Parser.all.map(\.name))
    func corpus(_ name: String) async throws {
        let parser = try #require(Parser.all.first { $0.name == name })
        let files = try Self.files(of: name)
        #expect(files.count >= 3, "a fuzzer has something to begin with")
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            #expect(bytes.count <= 4096, "\(file.lastPathComponent) is small")
            #expect(throws: Never.self, "\(file.lastPathComponent)") { try parser.check(Input(bytes: bytes)) }
            // Whoever waits for an answer in another test is let in between.
            await Task.yield()
        }
    }

    @Test("Every corpus is a parser's")
    func folders() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(folders.sorted() == Parser.all.map(\.name).sorted())
    }

    /// A slice of what the fuzzer does, the same in every run: files that are cut, doubled and overwritten.
    @Test("Every parser reads its corpus with damage", arguments: Parser.all.map(\.name))
    func damage(_ name: String) async throws {
        let parser = try #require(Parser.all.first { $0.name == name })
        var random = SeededGenerator(seed: 2026)
        for file in try Self.files(of: name).sorted(by: { $0.path < $1.path }) {
            let bytes = Array(try Data(contentsOf: file))
            for _ in 0..<50 {
                let damaged = Self.damaged(bytes, by: &random)
                #expect(throws: Never.self, "\(file.lastPathComponent): \(damaged)") {
                    try parser.check(Input(bytes: damaged))
                }
                await Task.yield()
            }
        }
    }

    private static func damaged(_ bytes: [UInt8], by random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeLast(bytes.count - place)
            case 2: bytes.insert(contentsOf: bytes[place...].prefix(8), at: place)
            default: bytes.remove(at: place)
            }
        }
        return bytes
    }
}
