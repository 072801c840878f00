import GuideFormats
import UsageGuide

/// The step to the provider's page. A page of its own: a form that leads to another site would have to be allowed to.
enum PaymentPage {
    private static let template = HTMLTemplate(Embedded.text("continue.mustache"))

    static func answer(to address: String, language: String) throws -> PageAnswer {
        guard let content = GuideContent.newest(language) else { throw Problem(.internalError) }
        return PageAnswer(
            html: template.render([
                "language": content.language, "direction": content.direction, "address": address,
                "title": content.text(.orderPayTitle), "text": content.text(.orderPayContinue),
            ]),
            template
        )
    }
}
