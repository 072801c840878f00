import CivilTime
import Commerce
import FoundationEssentials
import Testing

/// An instant from its notation in UTC: `2026-11-23T09:12:44Z`.
func instant(_ text: String) throws -> Instant {
    let halves = text.dropLast().split(separator: "T")
    try #require(halves.count == 2)
    let date = try #require(CalendarDate(halves[0]))
    let clock = halves[1].split(separator: ":").compactMap { Int64($0) }
    try #require(clock.count == 3)
    let seconds = Int64(date.daysSince1970) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
    return Instant(microsecondsSince1970: seconds * 1_000_000)
}

/// Where the system keeps its time zones.
let zoneFolder = "/usr/share/zoneinfo"

/// A file of the system's time zone data.
func zoneFile(_ name: String) throws -> [UInt8] {
    [UInt8](try #require(FileManager.default.contents(atPath: "\(zoneFolder)/\(name)")))
}
