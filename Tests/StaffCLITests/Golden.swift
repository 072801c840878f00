import Foundation
import Testing

/// What people and scripts see, byte for byte. A difference is a mistake or meant: then the files are written again with
/// AFTERCARE_WRITE_GOLDEN=1, and read before they are committed.
enum Golden {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    private static let writes = ProcessInfo.processInfo.environment["AFTERCARE_WRITE_GOLDEN"] != nil

    static func compare(_ text: String, _ name: String) throws {
        let file = folder.appending(path: name)
        if writes {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            Issue.record("\(name) was written, not compared")
        } else {
            #expect(try Data(contentsOf: file) == Data(text.utf8), "\(name) differs")
        }
    }
}
