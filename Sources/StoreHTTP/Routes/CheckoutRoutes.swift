import Cart
import Commerce
import HTTPTypes
import Hummingbird
import JSONFields
import Links
import Metrics
import Orders
import Payments
import StoreAPI

/// From a cart to an order.
struct CheckoutRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.post("/v1/carts/{cart}/checkout") { request, context -> Response in
            do {
                let response = try await answer(request, context)
                Self.count("placed")
                return response
            } catch {
                Self.count(AnswerMiddleware.problemType(of: error).rawValue)
                throw error
            }
        }
    }

    private func answer(_ request: Request, _ context: StoreContext) async throws -> Response {
        // Said at once, before anything is read: whoever would wait for too long is better served a little later.
        guard store.checkout.hasRoom else { throw Problem(.unavailable) }
        let key = try request.requiredIdempotencyKey()
        let bytes = try await request.jsonBytes()
        let reader = CheckoutReader(
            methods: store.payments.methods,
            obstacle: store.payments.obstacle,
            offers: store.settings.offers,
            key: key,
            cartVersions: try request.headers[.ifMatch].map(EntityTag.versions) ?? nil
        )
        let asked = try Fields.request(bytes, reader.request)
        let cart = try store.link(.cart, context)
        let order = try await place(asked, cart: cart, actor: .customer(context.requestID))
        return Response.privateJSON(
            OrderBody(order),
            status: .created,
            version: order.guide.courseVersion,
            headers: [.location: StorePath.order(order.token)]
        )
    }

    /// Counts what became of a checkout.
    private static func count(_ outcome: String) {
        Counter(label: "aftercare.checkouts", dimensions: [("outcome", outcome)]).increment()
    }

    /// Places a cart's order, once for a key.
    func place(_ request: OrderRequest, cart: Link, actor: Actor) async throws -> Order {
        do {
            let order = try await store.checkout.place(request, cart: cart, now: store.now(), actor: actor).order
            guard order.comesTo.amount == 0, !order.isPaid else { return order }
            // Where this fails, the same request comes to it again, and so does the maintenance.
            return try await store.payments.store.recordNothingToPay(.id(order.id), actor: actor, now: store.now())
        } catch let error as PlacementError {
            throw problem(error, cart.token)
        }
    }

    private func problem(_ error: PlacementError, _ token: LinkToken) -> Problem {
        switch error {
        case .cartUnknown: return Problem(.notFound)
        case .cartExpired: return Problem(.expired, "This cart has expired; make a new one.")
        case .keyReused: return Problem(.keyReused)
        case .inFlight: return Problem(.requestInFlight)
        case .alreadyOrdered(let order):
            var problem = Problem(.alreadyOrdered)
            problem.order = StorePath.order(order.token)
            return problem
        case .countryDiffers(let wanted):
            return Problem(
                "/shippingAddress/country",
                "countryDiffers",
                "The cart goes to \(wanted.rawValue): change the cart's country, or the address."
            )
        case .regionDiffers(let wanted):
            return Problem(
                "/shippingAddress/region",
                "regionDiffers",
                "The cart goes to \(wanted): change the cart's region, or the address."
            )
        case .limitReached(let detail): return Problem(.limitReached, detail)
        case .currencyDiffers(let wanted):
            return Problem("/expectedTotal/currency", "currencyDiffers", "The cart is priced in \(wanted.rawValue).")
        case .notReady(let problems):
            return Problem(
                fields: problems.map { FieldProblem(pointer: $0.pointer, code: $0.code.rawValue, detail: $0.detail) }
            )
        case .outOfStock(let problems):
            var problem = Problem(.outOfStock, problems.first?.detail)
            problem.errors = problems.map {
                FieldProblem(pointer: $0.pointer, code: $0.code.rawValue, detail: $0.detail)
            }
            return problem
        case .priceChanged(let old, let new):
            var problem = Problem(.priceChanged)
            problem.totals = (MoneyBody(old), MoneyBody(new))
            return problem
        case .cartChanged(let cart, let quote, let catalog):
            return self.problem(.cartChanged, store.body(token, cart, quote, catalog), cart)
        case .notAccepted(let cart, let quote, let catalog):
            return self.problem(.notAccepted, store.body(token, cart, quote, catalog), cart)
        }
    }

    private func problem(_ type: ProblemType, _ current: CartBody, _ cart: Cart) -> Problem {
        var problem = Problem(type)
        problem.current = .cart(current)
        problem.currentVersion = cart.version
        return problem
    }
}
