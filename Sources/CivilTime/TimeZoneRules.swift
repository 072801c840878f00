public import Commerce

/// When a time zone's clocks stood where, as its tzdata file says (RFC 8536).
public struct TimeZoneRules: Sendable {
    private let transitions: [Int64]
    /// The offset from each transition on.
    private let offsets: [Int]
    /// The offset before the first transition.
    private let firstOffset: Int
    /// The rule for all time after the last transition, if the file gives one.
    private let footer: RecurringRule?

    /// Rules from the bytes of a compiled tzdata file, version 2 or later; nil when they are not that.
    public init?(tzif bytes: [UInt8]) {
        var reader = Reader(bytes)
        guard let legacy = Header(&reader), legacy.version >= UInt8(ascii: "2") else { return nil }
        guard reader.skip(legacy.bodyLength(timeSize: 4)), let header = Header(&reader) else { return nil }

        var transitions: [Int64] = []
        for _ in 0..<header.timeCount {
            guard let time = reader.integer(8) else { return nil }
            transitions.append(time)
        }
        guard let indices = reader.take(header.timeCount) else { return nil }
        var types: [Int] = []
        for _ in 0..<header.typeCount {
            guard let offset = reader.integer(4), reader.skip(2) else { return nil }
            types.append(Int(Int32(truncatingIfNeeded: offset)))
        }
        guard indices.allSatisfy({ Int($0) < types.count }), let firstOffset = types.first else { return nil }
        guard reader.skip(header.characterCount + header.leapCount * 12 + header.indicatorCount) else { return nil }
        guard let rest = reader.take(reader.remaining), rest.count >= 2, rest.first == UInt8(ascii: "\n"),
            rest.last == UInt8(ascii: "\n")
        else { return nil }

        self.transitions = transitions
        self.firstOffset = firstOffset
        offsets = indices.map { types[Int($0)] }
        let rule = String(decoding: rest.dropFirst().dropLast(), as: UTF8.self)
        footer = RecurringRule(rule)
        if footer == nil && !rule.isEmpty { return nil }
    }

    /// Seconds that local clocks are ahead of UTC at an instant.
    public func offset(at instant: Instant) -> Int {
        let seconds = instant.secondsSince1970
        guard let last = transitions.last, seconds < last else {
            return footer?.offset(at: seconds) ?? offsets.last ?? firstOffset
        }
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? firstOffset : offsets[low - 1]
    }

    /// How many minutes of the day have passed at an instant.
    public func minutes(at instant: Instant) -> Int {
        let local = instant.secondsSince1970 + Int64(offset(at: instant))
        return Int(((local % 86_400) + 86_400) % 86_400) / 60
    }

    /// The date on local calendars at an instant.
    public func date(at instant: Instant) -> CalendarDate {
        let local = instant.secondsSince1970 + Int64(offset(at: instant))
        return CalendarDate(daysSince1970: Int32(local >= 0 ? local / 86_400 : (local - 86_399) / 86_400))
    }

    /// When local clocks show an hour of a day. Where they show it twice, it is the first time; where they skip it, the
    /// moment that it would have been had they not been put forward.
    public func instant(on date: CalendarDate, hour: Int) -> Instant {
        let local = Int64(date.daysSince1970) * 86_400 + Int64(hour) * 3600
        func instant(_ offset: Int) -> Instant { Instant(microsecondsSince1970: (local - Int64(offset)) * 1_000_000) }
        // No offset is a day or more, and no clock is changed twice within two days.
        let before = offset(at: instant(0) + .seconds(-86_400))
        let after = offset(at: instant(0) + .seconds(86_400))
        let shown = [before, after].map { (offset: $0, instant: instant($0)) }.filter {
            offset(at: $0.instant) == $0.offset
        }
        return shown.map(\.instant).min() ?? instant(before)
    }

    private struct Header {
        let version: UInt8
        let utcCount, standardCount, leapCount, timeCount, typeCount, characterCount: Int

        init?(_ reader: inout Reader) {
            guard let magic = reader.take(4), Array(magic) == Array("TZif".utf8) else { return nil }
            guard let version = reader.take(1)?.first, reader.skip(15) else { return nil }
            var counts: [Int] = []
            for _ in 0..<6 {
                guard let count = reader.integer(4), count >= 0 else { return nil }
                counts.append(Int(count))
            }
            self.version = version
            (utcCount, standardCount, leapCount) = (counts[0], counts[1], counts[2])
            (timeCount, typeCount, characterCount) = (counts[3], counts[4], counts[5])
        }

        var indicatorCount: Int { standardCount + utcCount }

        func bodyLength(timeSize: Int) -> Int {
            timeCount * (timeSize + 1) + typeCount * 6 + characterCount + leapCount * (timeSize + 4) + indicatorCount
        }
    }

    private struct Reader {
        private let bytes: [UInt8]
        private var position = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var remaining: Int { bytes.count - position }

        mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard count >= 0, count <= remaining else { return nil }
            defer { position += count }
            return bytes[position..<position + count]
        }

        mutating func skip(_ count: Int) -> Bool { take(count) != nil }

        mutating func integer(_ size: Int) -> Int64? {
            take(size).map { bytes in
                let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                return size == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
            }
        }
    }
}
