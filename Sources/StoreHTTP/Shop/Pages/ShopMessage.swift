import HTTPTypes
import StoreAPI

/// A page that says one thing, and leads on.
enum ShopMessage {
    private static let template = ShopPage.template("message")

    static func page(
        _ heading: String,
        _ detail: String,
        actions: [(text: String, address: String)],
        status: HTTPResponse.Status
    ) -> ShopPage {
        ShopPage(
            template: template,
            title: heading,
            values: [
                "heading": heading, "detail": detail,
                "actions": actions.enumerated().map {
                    ["text": $0.element.text, "address": $0.element.address, "isGhost": $0.offset > 0]
                        as [String: Any]
                },
            ],
            status: status
        )
    }

    /// A cart whose order was placed before.
    static func ordered(_ order: String, _ words: ShopWords, status: HTTPResponse.Status) -> ShopPage {
        page(
            words.text(.orderedTitle),
            words.text(.orderedDetail),
            actions: [(words.text(.orderedOpen), order), (words.text(.orderedAgain), "/")],
            status: status
        )
    }

    /// What a person is told of a problem that no page can show at its place.
    static func page(of problem: Problem, _ words: ShopWords) -> ShopPage {
        let (heading, detail) =
            switch problem.type {
            case .expired: (words.text(.goneTitle), words.text(.goneDetail))
            case .notFound: (words.text(.missingTitle), words.text(.missingDetail))
            case .unavailable, .requestInFlight: (words.text(.busyTitle), words.text(.busyDetail))
            default: (words.text(.brokenTitle), problem.detail)
            }
        return page(heading, detail, actions: [(words.text(.toKit), "/")], status: problem.type.status)
    }
}
