package import Commerce
package import Delivery
import FoundationEssentials
import Glibc
package import Mail
import SystemPackage

/// Mail for a shop that has no relay yet: each message is a file, to be looked at.
package struct MailFolder: MailCarrier {
    private let folder: FilePath

    /// - Parameter folder: where the files go; made with the first one.
    package init(_ folder: String) { self.folder = FilePath(folder) }

    package func send(
        _ message: [UInt8],
        named name: String,
        from sender: MailAddress,
        to recipient: MailAddress
    ) async -> DeliveryOutcome {
        do {
            try write(message, named: name)
            return .delivered()
        } catch {
            return .failed(reason: "the mail's file can't be written (\(error))")
        }
    }

    private static func make(_ folder: FilePath) throws {
        if mkdir(folder.string, 0o700) == 0 || errno == EEXIST { return }
        let parent = folder.removingLastComponent()
        guard errno == ENOENT, parent != folder else { throw Errno(rawValue: errno) }
        try make(parent)
        try make(folder)
    }

    /// Whoever opens it finds the whole of it or nothing.
    private func write(_ message: [UInt8], named name: String) throws {
        try Self.make(folder)
        let draft = folder.appending("." + name)
        let file = try FileDescriptor.open(
            draft,
            .writeOnly,
            options: [.create, .truncate],
            permissions: [.ownerReadWrite]
        )
        _ = try file.closeAfter { try file.writeAll(message) }
        guard rename(draft.string, folder.appending(name + ".eml").string) == 0 else { throw Errno(rawValue: errno) }
    }

    // MARK: - Removing

    /// Removes the messages of some orders, and what was being written of them.
    /// - Parameter numbers: the orders' numbers, with which the files' names begin.
    package func remove(_ numbers: Set<String>) throws {
        for (file, order) in files() where numbers.contains(order) { try remove(file) }
    }

    /// Removes the messages that were written before a moment.
    package func remove(writtenBefore moment: Instant) throws {
        for (file, _) in files() where Self.modified(folder.appending(file)) < Double(moment.secondsSince1970) {
            try remove(file)
        }
    }

    /// Its messages' files, drafts too, each with its order's number: `DM-7K4Q-99-1-placed.eml`.
    private func files() -> [(name: String, order: String)] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
        return entries.compactMap { file in
            file.wholeMatch(of: /\.?(DM[A-Z0-9-]+)-[0-9]+-[A-Za-z]+(\.eml)?/).map { (file, String($0.1)) }
        }
    }

    private func remove(_ file: String) throws {
        guard unlink(folder.appending(file).string) == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
    }

    // MARK: - Reading

    /// The names of its messages, the latest last.
    package func names() -> [String] {
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder.string) else { return [] }
        let written = entries.filter { $0.hasSuffix(".eml") && !$0.hasPrefix(".") }.map { file in
            (name: String(file.dropLast(4)), at: Self.modified(folder.appending(file)))
        }
        return written.sorted { ($0.at, $0.name) < ($1.at, $1.name) }.map(\.name)
    }

    /// A message; nil where there is none of that name.
    package func mail(named name: String) -> StoredMail? {
        guard name.wholeMatch(of: /[A-Za-z0-9-]{1,100}/) != nil,
            let bytes = FileManager.default.contents(atPath: path(of: name))
        else { return nil }
        return StoredMail(Array(bytes))
    }

    /// Where a message's file is.
    package func path(of name: String) -> String { folder.appending(name + ".eml").string }

    private static func modified(_ file: FilePath) -> Double {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.string)
        return (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    }
}
