import Commerce
import JSONFields
import StoreAPI
import UsageGuide

/// The dates of a course as the storefront's forms and a clinic's link send them. What they mean is decided by the API
/// that they are sent to.
struct SessionsForm: Sendable {
    /// Whether dates are known, or are to be.
    let isDated: Bool
    /// As they were typed, in the order of time; empty ones are left out.
    private(set) var dates: [String]
    /// How many dates there is room for.
    let rows: Int
    let isFinal: Bool
    let keepDryHours: Int
    private(set) var timeZone: String
    /// Whether the zone is the shop's, for want of a better one.
    private(set) var isZoneGuessed: Bool
    /// The time zone of whoever names none.
    private let shopZone: String
    /// Whether a course without dates is one all the same: none is known yet.
    private var isGivenUndated: Bool
    /// Where each date stood before others were taken out.
    private var places: [Int]
    /// What the forms don't ask, and a course may have all the same.
    private var washIntervalDays: Int?
    private var restDays: Int?

    private static let rowsMin = 2
    /// A date has ten characters; of what is none, so many are shown again.
    private static let charactersMax = 40

    /// - Parameter zone: the time zone of whoever names none.
    init(_ fields: FormFields, zone: String) {
        // A link lists dates in one field, separated by commas; a form has a field for each.
        let typed = fields.all("sessions").flatMap { $0.split(separator: ",") }
            .map { $0.trimmingSpaces().prefix(Self.charactersMax).trimmingSpaces() }.filter { !$0.isEmpty }
        // One more than there can be, so that whoever sends too many is told.
        dates = typed.sorted().prefix(Course.sessionsMax + 1).map(\.self)
        places = Array(dates.indices)
        let named = fields["zone"]?.trimmingSpaces() ?? ""
        shopZone = zone
        timeZone = named.isEmpty ? zone : String(named.prefix(Self.charactersMax))
        isZoneGuessed = named.isEmpty
        isDated = fields["plan"] != "unknown"
        isGivenUndated = !isDated
        isFinal = !["no", "false"].contains(fields["final"])
        keepDryHours = fields["dry"] == "24" ? 24 : 48
        rows = Self.room(for: dates.count, asked: fields["rows"].flatMap { Int($0) } ?? 0)
    }

    /// The course that a cart has, or none.
    init(_ course: CourseBody?, zone: String) {
        dates = course?.sessions ?? []
        places = Array(dates.indices)
        shopZone = zone
        timeZone = course?.timeZone ?? zone
        isZoneGuessed = course == nil
        isDated = course == nil || !dates.isEmpty
        isGivenUndated = course != nil
        isFinal = course?.final ?? true
        keepDryHours = course?.keepDryHours ?? 48
        washIntervalDays = course?.washIntervalDays
        restDays = course?.restDays
        rows = Self.room(for: dates.count, asked: 0)
    }

    private static func room(for count: Int, asked: Int) -> Int {
        min(max(count, asked, rowsMin), Course.sessionsMax)
    }

    /// The course to be sent; nil where nothing is said of one.
    var course: CourseRequest? {
        guard isGivenUndated || !dates.isEmpty else { return nil }
        return CourseRequest(
            timeZone: timeZone,
            sessions: isDated ? dates : [],
            final: isFinal,
            keepDryHours: keepDryHours,
            washIntervalDays: washIntervalDays,
            restDays: restDays
        )
    }

    /// Takes out what is wrong with the course that was sent.
    /// - Returns: the same faults, at the places that the dates had at first.
    mutating func takeOut(_ faults: [FieldProblem]) -> [FieldProblem] {
        var wrong: Set<Int> = []
        var told: [FieldProblem] = []
        var isUsable = !faults.isEmpty
        for fault in faults {
            let parts = fault.pointer.split(separator: "/")
            var place = fault.pointer
            if parts.count == 3, parts[1] == "sessions", let index = Int(parts[2]), dates.indices.contains(index) {
                wrong.insert(index)
                place = "/course/sessions/\(places[index])"
            } else if parts.last == "sessions", dates.count > Course.sessionsMax {
                wrong.formUnion(Course.sessionsMax..<dates.count)
            } else if parts.last == "timeZone", timeZone != shopZone {
                (timeZone, isZoneGuessed) = (shopZone, true)
            } else {
                isUsable = false
            }
            told.append(FieldProblem(pointer: place, code: fault.code, detail: fault.detail))
        }
        if !isUsable {
            wrong.formUnion(dates.indices)
            isGivenUndated = false
        }
        dates = dates.indices.filter { !wrong.contains($0) }.map { dates[$0] }
        places = places.indices.filter { !wrong.contains($0) }.map { places[$0] }
        return told
    }

    /// The same as a form's fields, to be carried along.
    var fields: [(name: String, value: String)] {
        guard course != nil else { return [] }
        return dates.map { ("sessions", $0) } + [
            ("plan", isDated ? "dated" : "unknown"), ("final", isFinal ? "yes" : "no"), ("dry", "\(keepDryHours)"),
            ("zone", timeZone),
        ]
    }
}

extension StringProtocol {
    /// Without spaces on either side.
    func trimmingSpaces() -> String {
        let scalars = String(self).unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
