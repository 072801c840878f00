import CivilTime
package import Commerce
import FoundationEssentials

/// Something that was counted in the live database and in the restored one, at the same point of the log.
package struct DrillFigure: Codable, Sendable, Equatable {
    package let name: String
    package let live: String
    package let restored: String

    package init(name: String, live: String, restored: String) {
        self.name = name
        self.live = live
        self.restored = restored
    }

    /// The figures of both beside each other; what one of them lacks is a dash.
    package static func compare(
        live: [(name: String, value: String)],
        restored: [(name: String, value: String)]
    ) -> [DrillFigure] {
        let known = live.map(\.name)
        return (known + restored.map(\.name).filter { !known.contains($0) }).map { name in
            func value(_ figures: [(name: String, value: String)]) -> String {
                figures.first { $0.name == name }?.value ?? "-"
            }
            return DrillFigure(name: name, live: value(live), restored: value(restored))
        }
    }
}

/// What a drill found: the only proof that backups can be restored.
package struct DrillReport: Sendable, Equatable {
    /// The backup that was restored.
    package let backup: String
    package let startedAt: Instant
    package let endedAt: Instant
    /// How large the backup is.
    package let octets: Int64
    /// How long the restore took, up to a database that answers.
    package let restoreSeconds: Double
    /// How much would have been lost at most with the machine, when the drill began.
    package let secondsBehind: Int
    package let figures: [DrillFigure]
    /// What is wrong with the restored shop; empty where nothing is.
    package let faults: [String]
    /// When a drill was good the last time, this one included; nil for never.
    package private(set) var lastGoodAt: Instant?

    package init(
        backup: BaseBackup,
        startedAt: Instant,
        endedAt: Instant,
        restoreSeconds: Double,
        secondsBehind: Int,
        figures: [DrillFigure],
        faults: [String]
    ) {
        self.backup = backup.id
        self.startedAt = startedAt
        self.endedAt = endedAt
        octets = backup.octets
        self.restoreSeconds = restoreSeconds
        self.secondsBehind = secondsBehind
        self.figures = figures
        self.faults =
            faults
            + figures.filter { $0.live != $0.restored }
            .map { "\($0.name) differ: \($0.live) live, \($0.restored) restored" }
        lastGoodAt = self.faults.isEmpty ? endedAt : nil
    }

    /// The same, by what was known before it.
    func after(_ earlier: DrillReport?) -> DrillReport {
        var report = self
        if !isGood { report.lastGoodAt = earlier?.lastGoodAt }
        return report
    }

    /// Whether what was restored is what there was.
    package var isGood: Bool { faults.isEmpty }
}

extension DrillReport: Codable {
    private enum CodingKeys: String, CodingKey {
        case backup, startedAt, endedAt, octets, restoreSeconds, secondsBehind, figures, faults, isGood, lastGoodAt
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func instant(_ key: CodingKeys) throws -> Instant {
            guard let instant = Instant(try container.decode(String.self, forKey: key)) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "no instant")
            }
            return instant
        }
        backup = try container.decode(String.self, forKey: .backup)
        startedAt = try instant(.startedAt)
        endedAt = try instant(.endedAt)
        octets = try container.decode(Int64.self, forKey: .octets)
        restoreSeconds = try container.decode(Double.self, forKey: .restoreSeconds)
        secondsBehind = try container.decode(Int.self, forKey: .secondsBehind)
        figures = try container.decode([DrillFigure].self, forKey: .figures)
        faults = try container.decode([String].self, forKey: .faults)
        lastGoodAt = try container.decodeIfPresent(String.self, forKey: .lastGoodAt).flatMap { Instant($0) }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(backup, forKey: .backup)
        try container.encode(startedAt.description, forKey: .startedAt)
        try container.encode(endedAt.description, forKey: .endedAt)
        try container.encode(octets, forKey: .octets)
        try container.encode(restoreSeconds, forKey: .restoreSeconds)
        try container.encode(secondsBehind, forKey: .secondsBehind)
        try container.encode(figures, forKey: .figures)
        try container.encode(faults, forKey: .faults)
        try container.encode(isGood, forKey: .isGood)
        try container.encode(lastGoodAt?.description, forKey: .lastGoodAt)
    }

    /// As the file beside the backups holds it, and `--json` prints it.
    package var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self))
        }
    }
}
