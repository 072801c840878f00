import Commerce
import StoreAPI
import UsageGuide

/// The dates of a course as the storefront's forms and a clinic's link send them. What they mean is decided by the API
/// that they are sent to.
struct SessionsForm: Sendable {
    /// Whether it says anything of a course, also that no date is known.
    let isGiven: Bool
    /// Whether dates are known, or are to be.
    let isDated: Bool
    /// As they were typed, in the order of time; empty ones are left out.
    let dates: [String]
    /// How many dates there is room for.
    let rows: Int
    let isFinal: Bool
    let keepDryHours: Int
    let timeZone: String
    /// Whether the zone is the shop's, for want of a better one.
    let isZoneGuessed: Bool
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
            .map { String($0.trimmingSpaces().prefix(Self.charactersMax)) }.filter { !$0.isEmpty }
        // One more than there can be, so that whoever sends too many is told.
        dates = typed.sorted().prefix(Course.sessionsMax + 1).map(\.self)
        let named = fields["zone"]?.trimmingSpaces() ?? ""
        timeZone = named.isEmpty ? zone : String(named.prefix(Self.charactersMax))
        isZoneGuessed = named.isEmpty
        isDated = fields["plan"] != "unknown"
        isGiven = !isDated || !dates.isEmpty
        isFinal = !["no", "false"].contains(fields["final"])
        keepDryHours = fields["dry"] == "24" ? 24 : 48
        rows = Self.room(for: dates.count, asked: fields["rows"].flatMap { Int($0) } ?? 0)
    }

    /// The course that a cart has, or none.
    init(_ course: CourseBody?, zone: String) {
        dates = course?.sessions ?? []
        timeZone = course?.timeZone ?? zone
        isZoneGuessed = course == nil
        isDated = course == nil || !dates.isEmpty
        isGiven = course != nil
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
        guard isGiven else { return nil }
        return CourseRequest(
            timeZone: timeZone,
            sessions: isDated ? dates : [],
            final: isFinal,
            keepDryHours: keepDryHours,
            washIntervalDays: washIntervalDays,
            restDays: restDays
        )
    }

    /// The same as a form's fields, to be carried along.
    var fields: [(name: String, value: String)] {
        guard isGiven else { return [] }
        return dates.map { ("sessions", $0) } + [
            ("plan", isDated ? "dated" : "unknown"), ("final", isFinal ? "yes" : "no"), ("dry", "\(keepDryHours)"),
            ("zone", timeZone),
        ]
    }
}

extension StringProtocol {
    fileprivate func trimmingSpaces() -> String {
        let scalars = String(self).unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
