import GuideFormats
import Orders

/// The way out of reminders, for whoever was sent one: a page with one button, or that it is done.
enum UnsubscriptionPage {
    private static let template = HTMLTemplate(
        Embedded.text("unsubscription.mustache"),
        style: OrderPage.style,
        sendsForms: true
    )

    /// - Parameter action: where the button leads; nil where there is nothing to end.
    /// - Throws: where the order's language is unknown.
    static func answer(_ order: Order, action: String?) throws -> PageAnswer {
        let words = try PageWords(language: order.details.language)
        var values: [String: Any] = [
            "language": words.language, "direction": words.direction, "title": words.text(.unsubscribeTitle),
            "text": words.text(
                action == nil ? .unsubscribeDone : .unsubscribeAsk,
                ["number": order.number.description]
            ),
            "again": words.text(.unsubscribeAgain), "button": words.text(.unsubscribeButton),
        ]
        values["action"] = action
        var answer = PageAnswer(html: template.render(values), template)
        answer.isPersonal = true
        return answer
    }
}
