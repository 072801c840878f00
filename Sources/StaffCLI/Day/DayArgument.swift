import ArgumentParser
import Commerce

/// A day as it is typed.
struct DayArgument: ExpressibleByArgument, Sendable, Hashable {
    let text: String

    init?(argument: String) {
        guard let date = CalendarDate(argument) else { return nil }
        text = date.description
    }
}
