public import Commerce
import Synchronization
import SystemPackage

/// A tzdata that cannot be used.
public enum TimeZoneDatabaseError: Error, Sendable, CustomStringConvertible {
    case missing(String)

    /// What is missing and what to install.
    public var description: String {
        switch self {
        case .missing(let path): "\(path) cannot be read: install the system's time zone data (Debian: tzdata)"
        }
    }
}

/// The time zones of the system's tzdata: one source for which names exist and for what day it is there.
///
/// Swift's Foundation brings names and rules of its own, which may differ from the system's, and takes `GMT+3` for a
/// name; so it is not asked.
public final class TimeZoneDatabase: Sendable {
    private let folder: FilePath
    /// The names, by how they are compared.
    private let names: [String: String]
    /// The zones of places, by their IANA names, sorted: what a person chooses from.
    public let places: [String]
    private let loaded = Mutex<[String: TimeZoneRules]>([:])

    /// Reads the list of names.
    /// - Throws: `TimeZoneDatabaseError.missing` where there is no tzdata.
    public init(folder: String = "/usr/share/zoneinfo") throws {
        self.folder = FilePath(folder)
        let index = self.folder.appending("tzdata.zi")
        guard let bytes = try? Self.contents(of: index) else { throw TimeZoneDatabaseError.missing(index.string) }
        var names: [String: String] = [:]
        // `Z NAME …` opens a zone, `L TARGET NAME` is another name for one.
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 3)
            let name =
                fields.count >= 2 && fields[0] == "Z"
                ? fields[1] : fields.count >= 3 && fields[0] == "L" ? fields[2] : nil
            if let name { names[Self.compared(name)] = String(name) }
        }
        self.names = names
        places = names.values.filter { name in Self.continents.contains { name.hasPrefix($0) } }.sorted()
    }

    /// The folders of tzdata that hold places. Others hold offsets, and names that it keeps for old programs.
    private static let continents = [
        "Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
        "Pacific/",
    ]

    /// A zone's IANA name from what somebody typed, in any case, with spaces for underscores and around it; nil for what
    /// tzdata does not have.
    public func name(_ typed: String) -> String? { names[Self.compared(typed)] }

    private static func compared(_ name: some StringProtocol) -> String {
        name.split { $0.isWhitespace || $0 == "_" }.joined(separator: "_").lowercased()
    }

    /// The rules of a zone by its IANA name; nil for a name that tzdata does not have.
    public func rules(for name: String) -> TimeZoneRules? {
        guard names[Self.compared(name)] == name else { return nil }
        return loaded.withLock { loaded in
            if let rules = loaded[name] { return rules }
            let rules = (try? Self.contents(of: folder.appending(name))).flatMap(TimeZoneRules.init(tzif:))
            loaded[name] = rules
            return rules
        }
    }

    /// Today's date in a zone; nil for a name that tzdata does not have.
    public func today(in name: String, at instant: Instant) -> CalendarDate? {
        rules(for: name)?.date(at: instant)
    }

    private static func contents(of path: FilePath) throws -> [UInt8] {
        let descriptor = try FileDescriptor.open(path, .readOnly)
        return try descriptor.closeAfter {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                if count == 0 { return bytes }
                bytes.append(contentsOf: buffer[..<count])
            }
        }
    }
}
