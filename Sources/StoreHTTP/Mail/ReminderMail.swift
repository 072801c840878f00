import Commerce
import Links
import Orders
import Reminders
import UsageGuide

/// What a reminder or an offer says: of a reminder what it is of, and what the guide says of that day, in the guide's own
/// sentences; of an offer which bottles are used up.
struct ReminderMail {
    let subject: String
    let paragraphs: [String]
    /// What is offered, with where the shop has it. No mail reminds and offers.
    private(set) var offered: [(name: String, path: String)] = []
    /// What ends such mails, with where it leads.
    let wayOut: (name: String, path: String)

    /// - Parameters:
    ///   - kinds: what is to be said, of one day.
    ///   - date: that day, by the customer's own calendar.
    /// - Throws: where the guide's sentences or the order's language are unknown.
    init(_ kinds: [Reminder.Kind], on date: CalendarDate, of order: Order, unsubscription: LinkToken) throws {
        let words = try PageWords(language: order.details.language)
        let (content, document) = try order.guide.document()
        let sessions = order.guide.guide.plan.course?.sessions ?? []
        let leads = kinds.compactMap { kind -> String? in
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
            case .ointmentRefill, .shampooRefill, .lotionRefill: nil
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
        wayOut = (words.text(.mailUnsubscribe), StorePath.unsubscription(unsubscription))
    }

    /// An offer of the bottles that are used up.
    /// - Throws: where the order's language is unknown.
    init(offering kinds: [Reminder.Kind], of order: Order, unsubscription: LinkToken) throws {
        let words = try PageWords(language: order.details.language)
        let guide = order.guide.guide
        let products = kinds.compactMap { $0.refilledUse.flatMap { guide.product(for: $0) } }
        subject = products.map { words.text(.mailRefillSubject, ["product": $0.name]) }.joined(separator: " · ")
        paragraphs =
            products.map { words.text(.mailRefill, ["product": $0.name]) }
            + [words.text(.mailOffered, ["number": order.number.description])]
        wayOut = (words.text(.mailUnsubscribeOffers), StorePath.endOfOffers(unsubscription))
        offered = products.map { (words.text(.mailRefillShop, ["product": $0.name]), StorePath.product($0.sku)) }
    }
}
