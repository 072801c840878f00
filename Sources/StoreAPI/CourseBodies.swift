/// The course of care, as the client tells it.
package struct CourseBody: Codable, Sendable, Hashable {
    package let timeZone: String
    package let sessions: [String]
    package let final: Bool
    package let keepDryHours: Int
    package let washIntervalDays: Int
    package let restDays: Int

    package init(
        timeZone: String,
        sessions: [String],
        final: Bool,
        keepDryHours: Int,
        washIntervalDays: Int,
        restDays: Int
    ) {
        self.timeZone = timeZone
        self.sessions = sessions
        self.final = final
        self.keepDryHours = keepDryHours
        self.washIntervalDays = washIntervalDays
        self.restDays = restDays
    }
}
