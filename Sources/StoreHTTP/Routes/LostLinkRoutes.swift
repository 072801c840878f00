import Admission
import Commerce
import FoundationEssentials
import HTTPTypes
import Hummingbird
import JSONFields
import Logging
import Orders
import Synchronization

/// The way back for who lost their links: they are mailed again to the order's own address, to no other.
///
/// Whoever asks is answered the same whether there is such an order or not, and as fast: what is found is found after the
/// answer.
final class LostLinkRoutes: Sendable {
    let store: Store
    private let looking = Mutex(0)

    /// So many are looked for at once: a flood of them keeps nobody from buying.
    private static let lookingMax = 16

    init(store: Store) { self.store = store }

    func add(to router: Router<StoreContext>) {
        router.post("/v1/lost-links") { request, context in
            let asked = try Fields.request(await request.jsonBytes(), Asked.init)
            try await self.send(asked, request, context)
            return Response(status: .accepted, headers: [.cacheControl: "no-store"])
        }
        let pages = router.group().add(middleware: ProblemPageMiddleware())
        pages.get("/find") { request, _ in
            let isDone = request.uri.queryParameters["done"] != nil
            return try Self.page(request) { $0.isDone = isDone }
        }
        pages.post("/find") { request, context in
            let form = try await request.form(FindForm.self)
            do {
                try await self.send(
                    try Fields.request(Array(JSONEncoder().encode(form)), Asked.init),
                    request,
                    context
                )
                return Response(status: .seeOther, headers: [.location: "/find?done", .cacheControl: "no-store"])
            } catch let problem as Problem {
                var response = try Self.page(request, status: problem.type.status) { page in
                    page.form = form
                    page.wrongFields = Set(problem.errors?.map { String($0.pointer.dropFirst()) } ?? [])
                }
                response.headers.append(contentsOf: problem.headers)
                return response
            }
        }
    }

    /// An order and the e-mail that it was placed with.
    private struct Asked: Sendable {
        let number: OrderNumber
        let email: EmailAddress

        init?(_ fields: Fields) {
            fields.allow("order", "email")
            let number = (fields.require("order") ? fields.text("order") : nil).flatMap { text in
                let number = OrderNumber(text)
                if number == nil { fields.report("order", "notAnOrderNumber", "One looks like DM-7K4Q-99.") }
                return number
            }
            let email = CheckoutReader.email(fields)
            guard let number, let email else { return nil }
            self.number = number
            self.email = email
        }
    }

    /// - Throws: `Problem` where too many are being looked for, or one address asks too often.
    private func send(_ asked: Asked, _ request: Request, _ context: StoreContext) async throws {
        if let caller = store.settings.countedCaller(request, context) {
            do throws(RateLimiter.Exceeded) {
                _ = try await store.rates.take(store.settings.callerRates.lostLinks, caller, now: store.now())
            } catch {
                throw Problem(error)
            }
        }
        let hasRoom = looking.withLock { count in
            guard count < Self.lookingMax else { return false }
            count += 1
            return true
        }
        guard hasRoom else { throw Problem(.unavailable, "Too many ask at once.") }
        let (store, logger, requestID) = (store, context.logger, context.requestID)
        Task {
            defer { looking.withLock { $0 -= 1 } }
            do {
                try await store.orders.requestLinks(
                    asked.number,
                    email: asked.email,
                    actor: .customer(requestID),
                    now: store.now()
                )
            } catch {
                logger.error("lost links were not looked for", metadata: ["error": "\(type(of: error))"])
            }
        }
    }

    private static func page(
        _ request: Request,
        status: HTTPResponse.Status = .ok,
        _ change: (inout FindPage) -> Void
    ) throws -> Response {
        guard let words = PageWords.all.first else { throw Problem(.notFound) }
        var page = FindPage(words: words)
        change(&page)
        var answer = PageAnswer(html: page.html, FindPage.template)
        answer.isPersonal = true
        return answer.response(to: request, status: status)
    }
}
