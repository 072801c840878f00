import GuideFormats

/// The step to the provider's page. A page of its own: a form that leads to another site would have to be allowed to.
enum PaymentPage {
    private static let template = HTMLTemplate(Embedded.text("continue.mustache"))

    static func answer(to address: String, language: String) throws -> PageAnswer {
        let words = try PageWords(language: language)
        return PageAnswer(
            html: template.render([
                "language": words.language, "direction": words.direction, "address": address,
                "title": words.text(.orderPayTitle), "text": words.text(.orderPayContinue),
            ]),
            template
        )
    }
}
