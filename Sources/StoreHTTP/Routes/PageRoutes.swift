import CivilTime
import Commerce
import GuideFormats
import HTTPTypes
import Hummingbird
import Links
import Orders
import UsageGuide

/// What people open in a browser or subscribe to: the guide in all its forms, and the order's page.
struct PageRoutes: Sendable {
    let store: Store
    private var pages: GuidePages { store.pages }

    func add(to router: Router<StoreContext>) {
        let pages = router.group().add(middleware: ProblemPageMiddleware())
        pages.get("/g/{token}") { request, context in
            let (token, guide) = try await guide(context)
            let course = guide.issued.guide.plan.course
            let today = course.flatMap { store.timeZones.today(in: $0.timeZone, at: store.now()) }
            return try self.pages.page(token, guide, on: today).response(to: request)
        }
        pages.get("/g/{token}/guide.txt") { request, context in
            try self.pages.text(await guide(context).1).response(to: request)
        }
        pages.get("/g/{token}/calendar") { request, context in
            let (token, guide) = try await guide(context)
            let path = StorePath.guidePage(token)
            return try CalendarPage.answer(
                language: guide.issued.content.language,
                path: "\(path)/calendar",
                feed: "\(store.settings.publicURL)\(path)/guide.ics",
                guide: path,
                reminder: try reminder(request)
            ).response(to: request)
        }
        pages.get("/c/{token}") { request, context in
            let link = try store.link(.calendar, context)
            guard let guide = try await store.orders.guide(.calendar, link) else { throw Problem(.notFound) }
            return try CalendarPage.answer(
                language: guide.issued.content.language,
                path: StorePath.calendarPage(link.token),
                feed: store.settings.publicURL + StorePath.calendar(link.token),
                guide: nil,
                reminder: try reminder(request)
            ).response(to: request)
        }
        pages.get("/g/{token}/guide.ics") { request, context in
            try await calendar(request, context, .guide)
        }
        pages.get("/c/{token}.ics") { request, context in
            try await calendar(request, context, .calendar)
        }
        pages.get("/g/{token}/worker.js") { request, context in
            let (token, _) = try await guide(context)
            let worker = PageAnswer(
                bytes: GuideApp.worker,
                type: "text/javascript; charset=utf-8",
                policy: GuideApp.workerPolicy
            )
            var response = worker.response(to: request)
            // The page is one step above its worker.
            response.headers[.serviceWorkerAllowed] = StorePath.guidePage(token)
            return response
        }
        pages.get("/g/{token}/guide.webmanifest") { request, context in
            let (token, guide) = try await guide(context)
            let manifest = try GuideApp.manifest(guide.issued.content, path: StorePath.guidePage(token))
            return PageAnswer(bytes: manifest, type: "application/manifest+json").response(to: request)
        }
        for (name, icon, type) in [
            ("icon.svg", GuideApp.icon, "image/svg+xml"), ("icon.png", GuideApp.iconImage, "image/png"),
        ] {
            pages.get("/g/{token}/\(name)") { request, context in
                _ = try await guide(context)
                return PageAnswer(bytes: icon, type: type).response(to: request)
            }
        }
        for kind in GuideSheet.Kind.allCases {
            let name = kind == .insert ? "insert" : "sheet"
            pages.get("/g/{token}/\(name)") { request, context in
                let (token, guide) = try await guide(context)
                return try self.pages.sheet(kind, token, guide).response(to: request)
            }
            pages.get("/g/{token}/\(name).pdf") { request, context in
                let (token, guide) = try await guide(context)
                let sheet = try self.pages.sheet(kind, token, guide)
                let known = request.knows(PageAnswer.tag(sheet, store.printer.format))
                let pdf = known ? [] : try await store.printer.pdf(Array(buffer: sheet.body), named: sheet.entityTag)
                return PageAnswer(bytes: pdf, type: "application/pdf", madeFrom: sheet, named: store.printer.format)
                    .response(to: request)
            }
        }
        OrderPageRoutes(store: store).add(to: pages)
        ReminderRoutes(store: store).addPages(to: pages)
    }

    private func guide(_ context: StoreContext) async throws -> (LinkToken, SharedGuide) {
        let link = try store.link(.guide, context)
        guard let guide = try await pages.guide(link) else { throw Problem(.notFound) }
        return (link.token, guide)
    }

    private func calendar(_ request: Request, _ context: StoreContext, _ purpose: LinkPurpose) async throws -> Response
    {
        let link = try store.link(purpose, context)
        let reminder = try reminder(request)
        guard let (guide, history) = try await store.orders.history(purpose, link) else { throw Problem(.notFound) }
        return try pages.calendar(guide, history, reminder: reminder, now: store.now()).response(to: request)
    }

    /// When to be reminded, as was asked; nil for never, which a form says with nothing.
    private func reminder(_ request: Request) throws -> GuideCalendar.Reminder? {
        // Whoever passes a link on adds what it likes: another parameter is nobody's mistake.
        guard let asked = request.uri.queryParameters["remindAt"], !asked.isEmpty else { return nil }
        guard let reminder = GuideCalendar.Reminder(asked) else {
            throw Problem("", "notATime", "remindAt is a time of day such as 07:00.")
        }
        return reminder
    }
}

extension HTTPField.Name {
    fileprivate static let serviceWorkerAllowed = HTTPField.Name.of("Service-Worker-Allowed")
}

/// Tells a person with a browser what went wrong in a page rather than in JSON.
struct ProblemPageMiddleware: RouterMiddleware {
    typealias Context = StoreContext

    func handle(
        _ request: Request,
        context: StoreContext,
        next: @concurrent (Request, StoreContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            guard request.headers[.accept]?.contains("text/html") == true, let problem = Problem(of: error),
                let page = ProblemPage.page(of: problem.type)
            else { throw error }
            var response = page.response(to: request, status: problem.type.status)
            response.headers[.vary] = "Accept"
            return response
        }
    }
}
