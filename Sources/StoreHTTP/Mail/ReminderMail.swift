import Commerce
import Links
import Orders
import Reminders
import UsageGuide

/// What a reminder says: what it is of, and what the guide says of that day, in the guide's own sentences.
struct ReminderMail {
    let subject: String
    let paragraphs: [String]
    /// Where reminders are ended.
    let unsubscription: LinkToken

    /// - Parameters:
    ///   - kinds: what is to be said, of one day.
    ///   - date: that day, by the customer's own calendar.
    /// - Throws: where the guide's sentences or the order's language are unknown.
    init(_ kinds: [Reminder.Kind], on date: CalendarDate, of order: Order, unsubscription: LinkToken) throws {
        let words = try PageWords(language: order.details.language)
        let (content, document) = try order.guide.document()
        let sessions = order.guide.guide.plan.course?.sessions ?? []
        let leads = kinds.map { kind in
            switch kind {
            case .wash: words.text(.mailWashToday)
            case .lotion: words.text(.mailLotionToday)
            case .end: words.text(.mailEndToday)
            case .session:
                sessions.count > 1
                    ? words.text(
                        .mailSessionTomorrow,
                        ["ordinal": content.ordinal((sessions.firstIndex(of: date + 1) ?? 0) + 1)]
                    ) : words.text(.mailOnlySessionTomorrow)
            }
        }
        subject = leads.joined(separator: " · ")
        var paragraphs: [String] = []
        if kinds.contains(where: { $0 != .session }), let day = document.days.first(where: { $0.date == date }) {
            paragraphs.append(content.date(date, .dateWeekday) + ": " + day.label + ".")
            paragraphs += day.steps.map { "\($0.title). \($0.detail)" }
            paragraphs += day.cautions.map { "\($0.title) (\($0.until)). \($0.detail)" }
        }
        if kinds.contains(.end) {
            paragraphs.append(content.text(.pageForGood) + ":")
            paragraphs += document.forGood
        }
        if kinds.contains(.session) {
            let session = sessions.firstIndex(of: date + 1) ?? 0
            paragraphs.append("\(content.date(date + 1, .dateWeekday)): \(document.sessions[session].what).")
            paragraphs.append(content.text(.pagePrepare) + ":")
            paragraphs += document.prepare
        }
        self.paragraphs = paragraphs + [words.text(.mailReminded, ["number": order.number.description])]
        self.unsubscription = unsubscription
    }
}
