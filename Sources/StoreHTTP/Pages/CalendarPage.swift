import GuideFormats
import UsageGuide

/// The way into a calendar: an hour to be reminded at, and every way to take the plan over, with that hour.
enum CalendarPage {
    private static let template = HTMLTemplate(
        Embedded.text("calendar.mustache"),
        style: OrderPage.style,
        sendsForms: true
    )

    /// - Parameters:
    ///   - path: where the page is.
    ///   - feed: the calendar's own address, whole.
    ///   - guide: the guide's page, to go back to; nil for whoever was given the calendar alone.
    /// - Throws: where the language is unknown.
    static func answer(
        language: String,
        path: String,
        feed: String,
        guide: String?,
        reminder: GuideCalendar.Reminder?
    ) throws -> PageAnswer {
        let words = try PageWords(language: language)
        let address = feed + (reminder.map { "?remindAt=\($0.text)" } ?? "")
        // Calendars subscribe to an address of this scheme at a touch; with an s they ask by https from the first time.
        let scheme = address.hasPrefix("https:") ? "webcals" : "webcal"
        var values: [String: Any] = [
            "language": words.language, "direction": words.direction, "title": words.text(.calendarTitle),
            "hint": words.text(.calendarHint), "path": path, "wordRemind": words.text(.pageRemind),
            "wordNoReminder": words.text(.pageRemindNone),
            "reminders": GuideCalendar.Reminder.times(chosen: reminder), "wordChoose": words.text(.calendarChoose),
            "chosen": reminder.map { words.text(.calendarRings, ["time": $0.text]) } ?? words.text(.calendarIsSilent),
            "subscription": scheme + address.drop { $0 != ":" }, "wordSubscribe": words.text(.calendarSubscribe),
            "hintSubscribe": words.text(.calendarSubscribeHint), "wordAddress": words.text(.calendarAddress),
            "hintAddress": words.text(.calendarAddressHint), "address": address, "wordFile": words.text(.calendarFile),
            "hintFile": words.text(.calendarFileHint), "wordSave": words.text(.calendarSave),
        ]
        values["back"] = guide.map { ["address": $0, "text": words.text(.calendarBack)] }
        return PageAnswer(html: template.render(values), template)
    }
}
