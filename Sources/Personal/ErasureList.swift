package import Commerce
import FoundationEssentials
import Glibc
package import Orders
import SystemPackage

/// The erasures of a store, written down beside its database rather than in it: so a database that is put back from an older
/// copy can be brought up to them.
///
/// A text file to which lines are added and nothing else is done: when an order was erased, and its number. With that, nobody
/// can say whose it was.
package struct ErasureList: Sendable {
    /// An order that was erased.
    package struct Entry: Sendable, Hashable {
        package let number: OrderNumber
        package let at: Instant
    }

    private let path: FilePath

    /// - Parameter path: where the file is; made with the first erasure.
    package init(_ path: String) { self.path = FilePath(path) }

    /// All that is written down, the first first. A line that a crash has cut off is passed over.
    package func entries() throws -> [Entry] { Self.entries(in: try text()) }

    /// All that a list's text says.
    static func entries(in text: String) -> [Entry] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let parts = line.split(separator: " ")
            guard parts.count == 2, let at = instant(parts[0]), let number = OrderNumber(String(parts[1])) else {
                return nil
            }
            return Entry(number: number, at: at)
        }
    }

    /// Writes down what another list has.
    package func add(_ other: ErasureList) throws {
        try add(try other.entries().map { (number: $0.number.description, at: $0.at) })
    }

    /// Writes down those that are not there yet, and waits for the disk.
    package func add(_ erased: [OrderErasure.Erased]) throws {
        try add(erased.map { (number: $0.number, at: $0.at) })
    }

    private func add(_ erased: [(number: String, at: Instant)]) throws {
        let text = try text()
        let known = Set(
            text.split(whereSeparator: \.isNewline).compactMap { $0.split(separator: " ").last.map(String.init) }
        )
        let fresh = erased.filter { !known.contains($0.number) }
        guard !fresh.isEmpty else { return }
        let isCutOff = !text.isEmpty && !text.hasSuffix("\n")
        let lines = fresh.map { "\($0.at) \($0.number)\n" }.joined()
        do {
            let file = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .append],
                permissions: [.ownerReadWrite]
            )
            try file.closeAfter {
                try file.writeAll(Array(((isCutOff ? "\n" : "") + lines).utf8))
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        } catch let error as Errno {
            throw ErasureListError.unwritable(path: path.string, reason: "\(error)")
        }
    }

    private func text() throws -> String {
        guard FileManager.default.fileExists(atPath: path.string) else { return "" }
        guard let bytes = FileManager.default.contents(atPath: path.string) else {
            throw ErasureListError.unreadable(path: path.string)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// An instant as `Instant` describes itself; nil for anything else.
    private static func instant(_ text: Substring) -> Instant? {
        guard let match = text.wholeMatch(of: /([0-9-]{10})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z/),
            let date = CalendarDate(match.1), let hours = Int64(match.2), let minutes = Int64(match.3),
            let seconds = Int64(match.4), hours < 24, minutes < 60, seconds < 60
        else { return nil }
        let total = Int64(date.daysSince1970) * 86_400 + hours * 3_600 + minutes * 60 + seconds
        return Instant(microsecondsSince1970: total * 1_000_000)
    }
}

/// Why an erasure is not written down, or not known to be.
package enum ErasureListError: Error, Sendable, Equatable, CustomStringConvertible {
    /// With the system's reason.
    case unwritable(path: String, reason: String)
    case unreadable(path: String)

    /// What happened and what to do.
    package var description: String {
        switch self {
        case .unwritable(let path, let reason):
            """
            what was erased could not be written down in \(path) (\(reason)): make room there and check who may write; a \
            server tries again every hour
            """
        case .unreadable(let path): "\(path) can't be read: check who may read it"
        }
    }
}
