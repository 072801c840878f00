import Testing

/// An iCalendar text read strictly: its lines end with CR LF, its components are closed in the order in which they
/// were opened.
struct CalendarReader {
    /// A component without those inside it.
    struct Component {
        let kind: String
        fileprivate(set) var lines: [String] = []

        /// The value of a property, escaped as it is; its parameters are passed over.
        func value(_ name: String) -> String? {
            lines.first { $0.prefix { $0 != ":" && $0 != ";" } == name }
                .map { String($0[$0.index(after: $0.firstIndex(of: ":") ?? $0.startIndex)...]) }
        }

        /// The text that a value stands for.
        func text(_ name: String) throws -> String {
            let escaped = try #require(value(name))
            var text = String.UnicodeScalarView()
            var scalars = escaped.unicodeScalars.makeIterator()
            while let scalar = scalars.next() {
                try #require(scalar != "," && scalar != ";", "not escaped in \(escaped)")
                if scalar == "\\" {
                    let marked = scalars.next()
                    let next = try #require(marked, "nothing follows the last mark in \(escaped)")
                    try #require(next == "n" || next == "\\" || next == "," || next == ";", "\(escaped)")
                    text.append(next == "n" ? "\n" : next)
                } else {
                    text.append(scalar)
                }
            }
            return String(text)
        }
    }

    /// The lines as they are sent.
    let folded: [[UInt8]]
    /// The lines as they are meant.
    let lines: [String]
    /// Every component, in the order in which they are closed: the calendar is the last.
    let components: [Component]

    init(_ text: String) throws {
        var folded = Array(text.utf8).split(separator: Array("\r\n".utf8), omittingEmptySubsequences: false)
            .map { Array($0) }
        let rest = folded.popLast()
        try #require(rest == [], "the last line is not ended")
        self.folded = folded

        var unfolded: [[UInt8]] = []
        for line in folded {
            try #require(!line.contains(13) && !line.contains(10), "a line is ended by half")
            if line.first == UInt8(ascii: " ") {
                try #require(!unfolded.isEmpty)
                unfolded[unfolded.count - 1] += line.dropFirst()
            } else {
                unfolded.append(line)
            }
        }
        lines = unfolded.map { String(decoding: $0, as: UTF8.self) }

        var open: [Component] = []
        var closed: [Component] = []
        for line in lines {
            if line.hasPrefix("BEGIN:") {
                open.append(Component(kind: String(line.dropFirst(6))))
            } else if line.hasPrefix("END:") {
                let last = open.popLast()
                let component = try #require(last, "\(line) closes nothing")
                try #require(line == "END:\(component.kind)")
                closed.append(component)
            } else {
                try #require(!open.isEmpty, "\(line) is in no component")
                open[open.count - 1].lines.append(line)
            }
        }
        try #require(open.isEmpty, "not everything is closed")
        try #require(closed.last?.kind == "VCALENDAR")
        components = closed
    }

    var calendar: Component { components[components.count - 1] }
    var events: [Component] { components.filter { $0.kind == "VEVENT" } }
    var tasks: [Component] { components.filter { $0.kind == "VTODO" } }
    var alarms: [Component] { components.filter { $0.kind == "VALARM" } }

    /// The events with a status, as their names, from the first day to the one after the last, and their sequence.
    func lines(_ status: String) -> [String] {
        events.filter { $0.value("STATUS") == status }.map { event in
            ["DTSTART", "DTEND", "SEQUENCE", "SUMMARY"].compactMap(event.value).joined(separator: " ")
        }
    }

    /// What the events are called for good.
    var names: [String] { events.compactMap { $0.value("UID") } }
}
