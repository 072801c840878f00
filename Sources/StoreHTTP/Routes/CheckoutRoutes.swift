import Cart
import Commerce
import HTTPTypes
import Hummingbird
import JSONFields
import Links
import Orders
import Payments
import StoreAPI

/// From a cart to an order.
struct CheckoutRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.post("/v1/carts/{cart}/checkout") { request, context in
            // Said at once, before anything is read: whoever would wait for too long is better served a little later.
            guard store.orders.hasRoom else { throw Problem(.unavailable) }
            let key = try request.requiredIdempotencyKey()
            let bytes = try await request.jsonBytes()
            let body = try Fields.request(bytes) { [methods = store.payments.methods] fields in
                CheckoutReader.body(fields, methods: methods)
            }
            let token = try context.token("cart")
            let order = try await place(
                body,
                key: key,
                versions: request.headers[.ifMatch].map(EntityTag.versions) ?? nil,
                cart: token,
                actor: .customer(context.requestID)
            )
            return try Response.privateJSON(
                OrderBody(order),
                status: .created,
                version: order.guide.revision,
                headers: [.location: StorePath.order(order.token)]
            )
        }
    }

    /// Places a cart's order, once for a key.
    func place(
        _ body: CheckoutBody,
        key: String,
        versions: Set<Int>?,
        cart: Token,
        actor: OrderStore.Actor
    ) async throws -> Order {
        do {
            return try await store.orders.place(
                request(body, key: key, versions: versions),
                cart: cart,
                now: store.now(),
                actor: actor
            ).order
        } catch let refusal as OrderRequest.Refusal {
            throw problem(refusal, cart)
        }
    }

    private func request(_ body: CheckoutBody, key: String, versions: Set<Int>?) throws -> OrderRequest {
        // The reader has checked all of these.
        guard let email = EmailAddress(rawValue: body.customer.email),
            let shipping = PostalAddress(body.shippingAddress),
            let method = Order.PaymentMethod(rawValue: body.payment.method),
            let currency = Currency(rawValue: body.expectedTotal.currency)
        else { throw Problem(.invalidRequest) }
        return OrderRequest(
            customer: Order.Customer(name: body.customer.name, email: email, phone: body.customer.phone),
            shippingAddress: shipping,
            billingAddress: body.billingAddress.flatMap(PostalAddress.init),
            paymentMethod: method,
            expectedTotal: Money(body.expectedTotal.amount, currency),
            accepted: Set(body.accept),
            language: body.language,
            keyHash: Array(hash(key).prefix(OrderRequest.hashOctets)),
            fingerprint: Array(fingerprint(body).prefix(OrderRequest.hashOctets)),
            cartVersions: versions
        )
    }

    /// What a request asks for, as a hash that spacing and the order of fields don't change. What is absent is an empty
    /// text: no field may be blank.
    private func fingerprint(_ body: CheckoutBody) -> [UInt8] {
        func parts(_ address: AddressBody?) -> [String] {
            guard let address else { return ["nowhere"] }
            return [
                "somewhere", address.line1, address.line2 ?? "", address.city, address.region ?? "", address.postalCode,
                address.country,
            ]
        }
        let customer = body.customer
        return hash(
            [customer.name, customer.email, customer.phone ?? ""] + parts(body.shippingAddress)
                + parts(body.billingAddress)
                + [
                    body.payment.method, "\(body.expectedTotal.amount)", body.expectedTotal.currency,
                    body.accept.joined(separator: ","), body.language,
                ]
        )
    }

    private func problem(_ refusal: OrderRequest.Refusal, _ token: Token) -> Problem {
        switch refusal {
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
            return self.problem(.cartChanged, CartBody(token, cart, quote, catalog: catalog), cart)
        case .notAccepted(let cart, let quote, let catalog):
            return self.problem(.notAccepted, CartBody(token, cart, quote, catalog: catalog), cart)
        }
    }

    private func problem(_ type: ProblemType, _ current: CartBody, _ cart: Cart) -> Problem {
        var problem = Problem(type)
        problem.current = .cart(current)
        problem.currentVersion = cart.version
        return problem
    }
}
