/// A course of care as it is sent: what is not said, the store decides.
struct CourseRequest: Encodable, Sendable, Hashable {
    let timeZone: String
    let sessions: [String]
    var final: Bool?
    var keepDryHours: Int?
    var washIntervalDays: Int?
    var restDays: Int?
}
