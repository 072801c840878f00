import Commerce
package import Postgres
package import UsageGuide

/// A course as six columns of a table, all there or all NULL.
package enum CourseColumns {
    /// The columns, in the order of `parameters`.
    package static let names = "time_zone, sessions, is_final, keep_dry_hours, wash_interval_days, rest_days"

    /// The values of a course.
    package static func parameters(_ course: Course?) -> [any PostgresParameter] {
        [
            course?.timeZone, course?.sessions, course?.isFinal, course?.choices.keepDryHours,
            course?.choices.washIntervalDays, course?.choices.restDays,
        ]
    }

    /// The course of a row.
    package static func course(_ row: Row) throws(PostgresError) -> Course? {
        guard let timeZone: String = try row.optional("time_zone") else { return nil }
        let choices = ArtistChoices(
            keepDryHours: try row.value("keep_dry_hours"),
            washIntervalDays: try row.value("wash_interval_days"),
            restDays: try row.value("rest_days")
        )
        guard let choices else { throw .misuse("a course in the database has choices that its checks do not allow") }
        return Course(
            timeZone: timeZone,
            sessions: try row.value("sessions"),
            isFinal: try row.value("is_final"),
            choices: choices
        )
    }
}
