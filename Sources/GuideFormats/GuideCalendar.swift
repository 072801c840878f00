public import Commerce
import Crypto
import Encodings
public import UsageGuide

/// The guide as an iCalendar document (RFC 5545, RFC 7986): all-day events that keep their names when they move.
public enum GuideCalendar {
    /// Names these bytes' layout, for entity tags.
    public static let version = 1

    /// When an event's reminder rings: hours and minutes after the event's day began.
    public struct Reminder: Hashable, Sendable {
        private let minutes: Int

        /// A reminder from `HH:MM`, 00:00 to 23:59; nil for anything else.
        public init?(_ text: some StringProtocol) {
            let bytes = Array(text.utf8)
            let digits = bytes.enumerated().filter { $0.offset != 2 }.map { Int($0.element) - 48 }
            guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), digits.allSatisfy((0...9).contains) else {
                return nil
            }
            let (hours, minutes) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
            guard hours < 24, minutes < 60 else { return nil }
            self.init(minutes: hours * 60 + minutes)
        }

        private init(minutes: Int) { self.minutes = minutes }

        /// `HH:MM`
        public var text: String {
            [minutes / 60, minutes % 60].map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":")
        }

        fileprivate var duration: String { "PT\(minutes / 60)H\(minutes % 60)M" }

        /// The times that pages offer beside none, as their templates want them: the full hours of a day that people are
        /// awake, and the one that was chosen.
        public static func times(chosen: Reminder?) -> [[String: Any]] {
            let hours = (6...21).map { Reminder(minutes: $0 * 60) }
            let offered = chosen.map { hours.contains($0) ? hours : [$0] + hours } ?? hours
            return offered.map { ["time": $0.text, "chosen": $0 == chosen] }
        }
    }

    /// One revision's events, and when it was issued.
    public struct Revision: Sendable {
        let issuedAt: Instant
        let document: GuideDocument

        /// A revision from its parts.
        public init(issuedAt: Instant, document: GuideDocument) {
            self.issuedAt = issuedAt
            self.document = document
        }
    }

    /// How long a calendar says of something that it is no more. A reader that takes it from there by its name has to be
    /// told once; the slowest look once a week, and one that was off for a holiday still hears of it.
    static let tombstoneLifetime = Duration.seconds(30 * 86_400)

    /// The calendar of the last of these revisions. What only earlier ones had is told as cancelled for thirty days, so
    /// that it leaves the calendars that took it; and so is all of an order that was cancelled.
    /// - Parameters:
    ///   - revisions: all there are, oldest first; at least one.
    ///   - cancelledAt: when the order was cancelled; nil where it was not.
    ///   - seed: names the order for good without telling which it is.
    public static func render(
        _ revisions: [Revision],
        cancelledAt: Instant? = nil,
        firstName: String,
        content: GuideContent,
        seed: [UInt8],
        reminder: Reminder? = nil,
        now: Instant
    ) -> String {
        // Each revision is one step, and the end of the order is one more.
        var steps = revisions.map { Step(at: $0.issuedAt, entries: entries($0.document)) }
        if let cancelledAt { steps.append(Step(at: cancelledAt, entries: [])) }
        guard let current = steps.last, let document = revisions.last?.document else { return "" }
        var lines = Lines()
        lines.add("BEGIN:VCALENDAR")
        lines.add("VERSION:2.0")
        lines.add("PRODID:-//DermMicro//Aftercare//\(content.language.uppercased())")
        lines.add("CALSCALE:GREGORIAN")
        lines.add("METHOD:PUBLISH")
        lines.add("UID", name(seed, "calendar"))
        lines.add("LAST-MODIFIED:\(stamp(current.at))")
        let title = content.text(.calendarName, ["name": firstName.isolated])
        lines.add("NAME", title)
        lines.add("X-WR-CALNAME", title)
        let description = content.text(cancelledAt == nil ? .calendarDescription : .noteCancelled)
        lines.add("DESCRIPTION", "\(description) \(document.disclaimer)")
        lines.add("COLOR:seagreen")
        lines.add("REFRESH-INTERVAL;VALUE=DURATION:PT6H")
        lines.add("X-PUBLISHED-TTL:PT6H")
        let told = current.entries.map { ($0, isCancelled: false) } + dropped(steps, now: now).map { ($0, true) }
        for (entry, isCancelled) in told {
            lines.add("BEGIN:\(entry.component)")
            lines.add("UID", name(seed, entry.name))
            lines.add("DTSTAMP:\(stamp(current.at))")
            lines.add("LAST-MODIFIED:\(stamp(current.at))")
            lines.add("SEQUENCE:\(steps.count - 1)")
            lines.add("STATUS:\(isCancelled ? "CANCELLED" : entry.status)")
            switch entry {
            case .event(let event): add(event, to: &lines, reminder: isCancelled ? nil : reminder)
            case .datesWanted(let note):
                lines.add("SUMMARY", content.text(.eventUndated))
                if let note { lines.add("DESCRIPTION", note) }
            }
            lines.add("END:\(entry.component)")
        }
        // A calendar holds at least one component (RFC 5545, 3.4). Where there is nothing to tell, that is what its stamps
        // are in.
        if told.isEmpty { for line in Self.universalTime { lines.add(line) } }
        lines.add("END:VCALENDAR")
        return lines.text
    }

    private static let universalTime = [
        "BEGIN:VTIMEZONE", "TZID:UTC", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0000", "END:STANDARD", "END:VTIMEZONE",
    ]

    /// What a calendar holds: days, or the question for their dates.
    private enum Entry {
        case event(GuideDocument.Event)
        case datesWanted(note: String?)

        var name: String {
            switch self {
            case .event(let event): "\(event.session) \(event.kind.rawValue) \(event.ordinal)"
            case .datesWanted: "undated"
            }
        }

        /// As RFC 5545 calls it: a question is a to-do.
        var component: String {
            switch self {
            case .event: "VEVENT"
            case .datesWanted: "VTODO"
            }
        }

        var status: String {
            switch self {
            case .event: "CONFIRMED"
            case .datesWanted: "NEEDS-ACTION"
            }
        }
    }

    /// What the calendar held from a moment on.
    private struct Step {
        let at: Instant
        let entries: [Entry]
    }

    private static func entries(_ document: GuideDocument) -> [Entry] {
        document.status == .undated ? [.datesWanted(note: document.note)] : document.events.map(Entry.event)
    }

    /// The last form of what earlier steps held and the last one does not, while it has to be told.
    private static func dropped(_ steps: [Step], now: Instant) -> [Entry] {
        var seen = Set(steps.last?.entries.map(\.name) ?? [])
        var dropped: [Entry] = []
        for (earlier, later) in zip(steps, steps.dropFirst()).reversed() where now < later.at + tombstoneLifetime {
            for entry in earlier.entries where seen.insert(entry.name).inserted { dropped.append(entry) }
        }
        return dropped
    }

    private static func add(_ event: GuideDocument.Event, to lines: inout Lines, reminder: Reminder?) {
        lines.add("DTSTART;VALUE=DATE:\(day(event.from))")
        lines.add("DTEND;VALUE=DATE:\(day(event.to + 1))")
        lines.add("SUMMARY", event.title)
        lines.add("DESCRIPTION", event.detail)
        lines.add("TRANSP:TRANSPARENT")
        guard let reminder else { return }
        lines.add("BEGIN:VALARM")
        lines.add("ACTION:DISPLAY")
        lines.add("DESCRIPTION", event.title)
        lines.add("TRIGGER:\(reminder.duration)")
        // What is done every day rings every day.
        if event.kind == .ointment || event.kind == .lotion, event.to > event.from {
            lines.add("REPEAT:\(event.to - event.from)")
            lines.add("DURATION:P1D")
        }
        lines.add("END:VALARM")
    }

    /// A name that is the same in every revision and tells nothing to whom the seed is unknown.
    private static func name(_ seed: [UInt8], _ thing: String) -> String {
        let hash = HMAC<SHA256>.authenticationCode(for: Array(thing.utf8), using: SymmetricKey(data: seed))
        return hash.prefix(16).hexadecimal
    }

    private static func day(_ date: CalendarDate) -> String { date.description.filter { $0 != "-" } }

    /// `20261124T120000Z`
    private static func stamp(_ instant: Instant) -> String {
        String(instant.description.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
    }

    /// Content lines: ended by CR LF, folded at 75 octets without cutting a character.
    private struct Lines {
        private(set) var text = ""
        private static let octetsMax = 75

        /// A line whose value is text: escaped.
        mutating func add(_ name: String, _ value: String) {
            var escaped = ""
            for scalar in value.unicodeScalars {
                switch scalar {
                case "\\", ";", ",": escaped += "\\\(scalar)"
                case "\n": escaped += "\\n"
                default: escaped.unicodeScalars.append(scalar)
                }
            }
            add("\(name):\(escaped)")
        }

        /// A line as it is.
        mutating func add(_ line: String) {
            var octets = 0
            for scalar in line.unicodeScalars {
                let width = UTF8.width(scalar)
                if octets + width > Self.octetsMax {
                    text += "\r\n "
                    octets = 1
                }
                text.unicodeScalars.append(scalar)
                octets += width
            }
            text += "\r\n"
        }
    }
}
