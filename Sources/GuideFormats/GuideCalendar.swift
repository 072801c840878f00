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
        let minutes: Int

        /// A reminder from `HH:MM`, 00:00 to 23:59; nil for anything else.
        public init?(_ text: some StringProtocol) {
            let bytes = Array(text.utf8)
            let digits = bytes.enumerated().filter { $0.offset != 2 }.map { Int($0.element) - 48 }
            guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), digits.allSatisfy((0...9).contains) else {
                return nil
            }
            let (hours, minutes) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
            guard hours < 24, minutes < 60 else { return nil }
            self.minutes = hours * 60 + minutes
        }

        fileprivate var duration: String { "PT\(minutes / 60)H\(minutes % 60)M" }
    }

    /// One revision's events, and when it was issued.
    public struct Revision: Sendable {
        public let number: Int
        public let issuedAt: Instant
        public let document: GuideDocument

        /// A revision from its parts.
        public init(number: Int, issuedAt: Instant, document: GuideDocument) {
            self.number = number
            self.issuedAt = issuedAt
            self.document = document
        }
    }

    /// The calendar of the last of these revisions. Events that only earlier ones had are told as cancelled, so that
    /// they leave the calendars that took them; and so are all of an order that was cancelled.
    /// - Parameters:
    ///   - revisions: all there are, oldest first; at least one.
    ///   - seed: names the order for good without telling which it is.
    public static func render(
        _ revisions: [Revision],
        cover: GuideCover,
        content: GuideContent,
        seed: [UInt8],
        reminder: Reminder? = nil
    ) -> String {
        guard let current = revisions.last else { return "" }
        var lines = Lines()
        lines.add("BEGIN:VCALENDAR")
        lines.add("VERSION:2.0")
        lines.add("PRODID:-//DermMicro//Aftercare//\(content.language.uppercased())")
        lines.add("CALSCALE:GREGORIAN")
        lines.add("METHOD:PUBLISH")
        lines.add("UID", name(seed, "calendar"))
        lines.add("LAST-MODIFIED:\(stamp(current.issuedAt))")
        let title = content.text(.calendarName, ["name": cover.firstName.isolated])
        lines.add("NAME", title)
        lines.add("X-WR-CALNAME", title)
        let description = cover.isCancelled ? content.text(.noteCancelled) : content.text(.calendarDescription)
        lines.add("DESCRIPTION", "\(description) \(current.document.disclaimer)")
        lines.add("COLOR:seagreen")
        lines.add("REFRESH-INTERVAL;VALUE=DURATION:PT6H")
        lines.add("X-PUBLISHED-TTL:PT6H")
        // Each revision is one step, and the end of the order is one more.
        let sequence = current.number - (cover.isCancelled ? 0 : 1)
        for event in current.document.events {
            add(
                event,
                to: &lines,
                of: current,
                seed: seed,
                sequence: sequence,
                isCancelled: cover.isCancelled,
                reminder: cover.isCancelled ? nil : reminder
            )
        }
        for event in cancelled(revisions) {
            add(
                event,
                to: &lines,
                of: current,
                seed: seed,
                sequence: sequence,
                isCancelled: true,
                reminder: nil
            )
        }
        // A guide without dates asks for them, as a to-do (RFC 5545 calls it VTODO), and takes the question back once it has
        // them.
        let isUndated = current.document.status == .undated
        if let asked = revisions.last(where: { $0.document.status == .undated })?.document {
            lines.add("BEGIN:VTODO")
            lines.add("UID", name(seed, "undated"))
            lines.add("DTSTAMP:\(stamp(current.issuedAt))")
            lines.add("SEQUENCE:\(sequence)")
            lines.add("STATUS:\(isUndated && !cover.isCancelled ? "NEEDS-ACTION" : "CANCELLED")")
            lines.add("SUMMARY", content.text(.eventUndated))
            if let note = asked.note { lines.add("DESCRIPTION", note) }
            lines.add("END:VTODO")
        }
        lines.add("END:VCALENDAR")
        return lines.text
    }

    /// The last form of each event that earlier revisions had and the last one has not.
    private static func cancelled(_ revisions: [Revision]) -> [GuideDocument.Event] {
        func name(_ event: GuideDocument.Event) -> String { "\(event.session) \(event.kind) \(event.ordinal)" }
        var seen = Set(revisions.last?.document.events.map(name) ?? [])
        var cancelled: [GuideDocument.Event] = []
        for revision in revisions.dropLast().reversed() {
            for event in revision.document.events where seen.insert(name(event)).inserted { cancelled.append(event) }
        }
        return cancelled
    }

    private static func add(
        _ event: GuideDocument.Event,
        to lines: inout Lines,
        of revision: Revision,
        seed: [UInt8],
        sequence: Int,
        isCancelled: Bool,
        reminder: Reminder?
    ) {
        lines.add("BEGIN:VEVENT")
        lines.add("UID", name(seed, "\(event.session) \(event.kind.rawValue) \(event.ordinal)"))
        lines.add("DTSTAMP:\(stamp(revision.issuedAt))")
        lines.add("LAST-MODIFIED:\(stamp(revision.issuedAt))")
        lines.add("SEQUENCE:\(sequence)")
        lines.add("STATUS:\(isCancelled ? "CANCELLED" : "CONFIRMED")")
        lines.add("DTSTART;VALUE=DATE:\(day(event.from))")
        lines.add("DTEND;VALUE=DATE:\(day(event.to + 1))")
        lines.add("SUMMARY", event.title)
        lines.add("DESCRIPTION", event.detail)
        lines.add("TRANSP:TRANSPARENT")
        if let reminder {
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
        lines.add("END:VEVENT")
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
