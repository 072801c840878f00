import FoundationEssentials
import GuideFormats
import HTTPTypes
import Hummingbird
import Mail

/// Mail that goes nowhere, shown to whoever works on this machine as those would see it that it is for.
struct MailRoutes: Sendable {
    private static let template = HTMLTemplate(
        Embedded.text("mails.mustache"),
        style: OrderPage.style + Embedded.text("mails.css"),
        framesOwnPages: true
    )
    /// A mail's page may show itself and its own style, in our frame.
    private static let mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"

    let folder: MailFolder

    func add(to router: Router<StoreContext>) {
        let pages = router.group("/dev/mail").add(middleware: ProblemPageMiddleware())
        pages.get("") { request, _ in
            try Self.checkHost(request)
            let mails = folder.names().reversed().compactMap { name in folder.mail(named: name).map { (name, $0) } }
            let rows = mails.map { name, mail in
                ["name": name, "subject": mail.subject, "to": mail.to, "date": mail.date]
            }
            let hint = "What customers would be written, were there a relay. Reload to see what has come."
            return Self.answer(["title": "Mail", "hint": hint, "list": ["mails": rows]], request)
        }
        pages.get("/{name}") { request, context in
            let (name, mail) = try mail(request, context)
            let facts = [("From", mail.from), ("To", mail.to), ("Subject", mail.subject), ("Date", mail.date)]
            let files = mail.files.enumerated().map { index, file in
                ["name": name, "index": "\(index)", "file": "\(file.name), \(file.type)"]
            }
            let values: [String: Any] = [
                "name": name, "facts": facts.map { ["label": $0, "text": $1] }, "files": files, "plain": mail.plain,
            ]
            return Self.answer(["title": mail.subject, "hint": mail.to, "mail": values], request)
        }
        pages.get("/{name}/page") { request, context in
            let page = PageAnswer(
                bytes: Array(try mail(request, context).mail.html.utf8),
                type: "text/html; charset=utf-8",
                policy: Self.mailPolicy
            )
            return Self.personal(page, request)
        }
        pages.get("/{name}/files/{index}") { request, context in
            let files = try mail(request, context).mail.files
            guard let index = context.parameters.get("index").flatMap({ Int($0) }), files.indices.contains(index) else {
                throw Problem(.notFound)
            }
            return Self.personal(
                PageAnswer(
                    bytes: files[index].bytes,
                    type: files[index].type + (files[index].type.hasPrefix("text/") ? "; charset=utf-8" : "")
                ),
                request
            )
        }
    }

    private func mail(_ request: Request, _ context: StoreContext) throws -> (name: String, mail: StoredMail) {
        try Self.checkHost(request)
        guard let name = context.parameters.get("name"), let mail = folder.mail(named: name) else {
            throw Problem(.notFound)
        }
        return (name, mail)
    }

    /// Another site whose name was pointed at this machine is told nothing.
    private static func checkHost(_ request: Request) throws {
        let name = /(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?/
        guard (request.head.authority ?? "").wholeMatch(of: name) != nil else { throw Problem(.notFound) }
    }

    private static func answer(_ values: [String: Any], _ request: Request) -> Response {
        personal(PageAnswer(html: template.render(values), template), request)
    }

    private static func personal(_ page: PageAnswer, _ request: Request) -> Response {
        var page = page
        page.isPersonal = true
        return page.response(to: request)
    }
}
