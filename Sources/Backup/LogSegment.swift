/// A segment of PostgreSQL's write-ahead log, 16 MiB of one timeline: `000000010000000000000002`.
package struct LogSegment: Hashable, Sendable, CustomStringConvertible {
    /// Each recovery that comes to an end begins another one.
    package let timeline: UInt32
    /// How many there are before it, on all timelines.
    package let number: UInt64

    package init(timeline: UInt32, number: UInt64) {
        self.timeline = timeline
        self.number = number
    }

    /// A segment from its name; nil for the name of anything else.
    package init?(_ name: some StringProtocol) {
        guard name.utf8.count == 24, name.allSatisfy(\.isHexDigit), let timeline = UInt32(name.prefix(8), radix: 16),
            let high = UInt64(name.dropFirst(8).prefix(8), radix: 16), let low = UInt64(name.suffix(8), radix: 16),
            low < Self.perFile
        else { return nil }
        self.init(timeline: timeline, number: high * Self.perFile + low)
    }

    /// The segment in which a place of the log lies, such as `0/3000060`.
    package init?(timeline: UInt32, place: some StringProtocol) {
        let halves = place.split(separator: "/")
        guard halves.count == 2, let high = UInt32(halves[0], radix: 16), let low = UInt32(halves[1], radix: 16) else {
            return nil
        }
        self.init(timeline: timeline, number: UInt64(high) * Self.perFile + UInt64(low) / Self.octets)
    }

    private static let octets: UInt64 = 16 << 20
    private static let perFile = (1 << 32) / octets

    package var description: String {
        [UInt64(timeline), number / Self.perFile, number % Self.perFile]
            .map { part in
                let text = String(part, radix: 16, uppercase: true)
                return String(repeating: "0", count: 8 - text.utf8.count) + text
            }
            .joined()
    }
}
