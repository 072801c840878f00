import GuideFormats
import Links
import Orders

/// The way out of reminders or of offers, for whoever was sent one: a page with one button, or that it is done.
enum UnsubscriptionPage {
    private static let template = HTMLTemplate(
        Embedded.text("unsubscription.mustache"),
        style: OrderPage.style,
        sendsForms: true
    )

    /// What is ended.
    enum Kind {
        case reminders
        case offers

        /// Where a link to its end leads.
        func path(_ token: LinkToken) -> String {
            switch self {
            case .reminders: StorePath.unsubscription(token)
            case .offers: StorePath.endOfOffers(token)
            }
        }
    }

    /// - Parameter action: where the button leads; nil where there is nothing to end.
    /// - Throws: where the order's language is unknown.
    static func answer(_ order: Order, _ kind: Kind, action: String?) throws -> PageAnswer {
        let words = try PageWords(language: order.details.language)
        let (title, ask, done, again, button): (PageSentence, PageSentence, PageSentence, PageSentence, PageSentence) =
            switch kind {
            case .reminders:
                (.unsubscribeTitle, .unsubscribeAsk, .unsubscribeDone, .unsubscribeAgain, .unsubscribeButton)
            case .offers:
                (
                    .unsubscribeOffersTitle, .unsubscribeOffersAsk, .unsubscribeOffersDone, .unsubscribeOffersAgain,
                    .unsubscribeOffersButton
                )
            }
        var values: [String: Any] = [
            "language": words.language, "direction": words.direction, "title": words.text(title),
            "text": words.text(action == nil ? done : ask, ["number": order.number.description]),
            "again": words.text(again), "button": words.text(button),
        ]
        values["action"] = action
        var answer = PageAnswer(html: template.render(values), template)
        answer.isPersonal = true
        return answer
    }
}
