@testable import Audit
@testable import Backup
import CivilTime
import Commerce
import Crypto
import FoundationEssentials
import Orders
@testable import Personal

extension Parser {
    /// What is kept beside the database, and read again when the database is lost or doubted.
    static let records = [
        Parser("checkpoints", readCheckpoints), Parser("erasures", readErasures), Parser("archives", readArchive),
        Parser("seals", readSeal),
    ]

    @Sendable private static func readCheckpoints(_ input: Input) throws {
        var reader = Checkpoint.Reader()
        for (number, line) in input.lines.enumerated() {
            guard let checkpoint = try? reader.read(Substring(line), number: number + 1) else { continue }
            // A year of five digits is written, and not read.
            guard Instant(checkpoint.at.description) != nil else { continue }
            var again = Checkpoint.Reader()
            var texts: [String] = []
            for (number, line) in checkpoint.text.split(separator: "\n").enumerated() {
                if let read = try again.read(line, number: number + 1) { texts.append(read.text) }
            }
            try hold(texts == [checkpoint.text], "a checkpoint is read as it is written")
        }
    }

    @Sendable private static func readErasures(_ input: Input) throws {
        let entries = ErasureList.entries(in: input.text)
        let text = entries.map { "\($0.at) \($0.number)\n" }.joined()
        try hold(ErasureList.entries(in: text) == entries, "erasures are read as they are written")
    }

    @Sendable private static func readArchive(_ input: Input) throws {
        let history = LogArchive.history(input.text)
        let lines = input.lines
        for segment in history + lines.compactMap({ LogSegment($0) }) {
            try hold(LogSegment(segment.description) == segment, "a segment is named as it is read")
        }
        let archive = LogArchive(lines)
        let end = archive.newest(from: 1)
        try hold(end == 1 || archive.branches.contains(end), "a timeline that is followed is there")
        for first in [LogSegment(timeline: 1, number: 0)] + history.prefix(8) {
            guard let gap = archive.gap(from: first, to: end, history: history) else { continue }
            try hold(!lines.contains("\(gap).gz"), "what is missing is not there")
        }
    }

    @Sendable private static func readSeal(_ input: Input) throws {
        for whole in [input.bytes, PassphraseSeal.mark + input.bytes] {
            _ = try? PassphraseSeal.parts(of: whole)
            // As if its sum were right: what is behind that is reached too. No passphrase is tried, which takes long.
            let sum = Array(SHA256.hash(data: whole))
            guard let parts = try? PassphraseSeal.parts(of: whole + sum) else { continue }
            let sealed = parts.box.combined.map { Array($0) } ?? []
            try hold(PassphraseSeal.mark + parts.salt + sealed == whole, "a sealed file is read as it is written")
        }
    }
}
