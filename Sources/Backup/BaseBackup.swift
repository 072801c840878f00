package import Commerce
import CivilTime
import FoundationEssentials

/// A copy of the whole database, from which a restore begins: verified, with link key and settings beside it.
package struct BaseBackup: Sendable, Equatable {
    /// Its name: when it was begun, in UTC.
    package let id: String
    package let startedAt: Instant
    /// From then on it can be restored to any moment.
    package let endedAt: Instant
    package let octets: Int64
    /// The first segment of the write-ahead log that a restore needs.
    package let firstSegment: LogSegment
    /// The version of the program that made it.
    package let program: String

    /// `20261126T190000Z`, the name of one that begins then.
    static func id(_ instant: Instant) -> String {
        instant.description.replacing("-", with: "").replacing(":", with: "")
    }
}

extension BaseBackup: Codable {
    private enum CodingKeys: String, CodingKey { case id, startedAt, endedAt, octets, firstSegment, program }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value>(_ key: CodingKeys, _ read: (String) -> Value?) throws -> Value {
            guard let value = read(try container.decode(String.self, forKey: key)) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "malformed")
            }
            return value
        }
        id = try container.decode(String.self, forKey: .id)
        startedAt = try value(.startedAt) { Instant($0) }
        endedAt = try value(.endedAt) { Instant($0) }
        octets = try container.decode(Int64.self, forKey: .octets)
        firstSegment = try value(.firstSegment) { LogSegment($0) }
        program = try container.decode(String.self, forKey: .program)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(startedAt.description, forKey: .startedAt)
        try container.encode(endedAt.precise, forKey: .endedAt)
        try container.encode(octets, forKey: .octets)
        try container.encode(firstSegment.description, forKey: .firstSegment)
        try container.encode(program, forKey: .program)
    }
}
