import GuideFormats

/// Where somebody who lost their links asks for them.
struct FindPage {
    static let template = HTMLTemplate(Embedded.text("find.mustache"), style: OrderPage.style, sendsForms: true)

    let words: PageWords
    /// What was typed, where it can't be used.
    var form = FindForm(order: "", email: "")
    var wrongFields: Set<String> = []
    var isDone = false

    var html: String {
        func field(_ name: String, _ label: PageSentence, _ value: String, type: String, autocomplete: String)
            -> [String: Any]
        {
            [
                "field": name, "label": words.text(label), "value": value, "type": type, "autocomplete": autocomplete,
                "isWrong": wrongFields.contains(name),
            ]
        }
        var values: [String: Any] = [
            "language": words.language, "direction": words.direction, "heading": words.text(.findTitle),
            "title": (wrongFields.isEmpty ? "" : words.text(.findError) + ": ") + words.text(.findTitle),
            "hint": words.text(.findHint), "button": words.text(.findSend),
            "fields": [
                field("order", .findOrder, form.order, type: "text", autocomplete: "off"),
                field("email", .findEmail, form.email, type: "email", autocomplete: "email"),
            ],
        ]
        if isDone { values["done"] = words.text(.findDone) }
        if !wrongFields.isEmpty {
            let sentences: [(String, PageSentence)] = [("order", .findOrderWrong), ("email", .findEmailWrong)]
            values["faults"] =
                [
                    "heading": words.text(.findError),
                    "list": sentences.filter { wrongFields.contains($0.0) }.map { words.text($0.1) },
                ] as [String: Any]
        }
        return Self.template.render(values)
    }
}

/// An order's number and the e-mail that it was placed with.
struct FindForm: Codable, Sendable {
    let order: String
    let email: String
}
