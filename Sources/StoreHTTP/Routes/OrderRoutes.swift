import Catalog
import Commerce
import Hummingbird
import JSONFields
import Orders
import Payments
import StoreAPI

/// Orders and their guides, by the order's link.
struct OrderRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.get("/v1/orders/{token}") { _, context in
            guard let order = try await store.orders.order(context.token("token")) else { throw Problem(.notFound) }
            return try Response.privateJSON(OrderBody(order), version: order.guide.revision)
        }
        router.get("/v1/orders/{token}/guide") { _, context in
            guard let order = try await store.orders.order(context.token("token")) else { throw Problem(.notFound) }
            return try Response.privateJSON(GuideBody(order), version: order.guide.revision)
        }
        router.get("/v1/orders/{token}/documents") { _, context in
            guard let order = try await store.orders.order(context.token("token")) else { throw Problem(.notFound) }
            let documents = try await store.orders.documents(of: order, now: store.now())
            return try Response.privateJSON(
                DocumentListBody(data: documents.map { DocumentBody($0, of: order) }, next: nil)
            )
        }
        router.post("/v1/orders/{token}/payment") { request, context in
            _ = try request.requiredIdempotencyKey()
            let bytes = try await request.jsonBytes(isOptional: true)
            _ = try Fields.request(bytes) { fields -> Bool? in
                fields.allow()
                return true
            }
            let token = try context.token("token")
            let (order, action) = try await store.payments.start(token, now: store.now(), requestID: context.requestID)
            return try Response.privateJSON(PaymentStartBody(order, action))
        }
        router.put("/v1/orders/{token}/course") { request, context in
            let bytes = try await request.jsonBytes()
            let token = try context.token("token")
            let versions = try request.requiredVersions()
            let course = try Fields.request(bytes, store.choiceReader(try await store.catalogs.latest()).course)
            let order = try await store.orders.reschedule(
                .link(token),
                to: course,
                versions: versions,
                actor: .customer(context.requestID),
                now: store.now()
            )
            store.pages.forget(order.guideToken)
            return try Response.privateJSON(OrderBody(order), version: order.guide.revision)
        }
    }
}

extension Problem {
    init(_ refusal: OrderStore.Refusal) {
        switch refusal {
        case .unknown: self.init(.notFound)
        case .changed(let order):
            self.init(.courseChanged)
            current = .order(OrderBody(order))
            currentVersion = order.guide.revision
        case .cancelled: self.init(.courseClosed, "The order was cancelled.")
        case .over(let last): self.init(.courseClosed, "The plan ended on \(last).")
        case .tooOften: self.init(.courseClosed, "The dates have been changed too often; the shop can help.")
        case .packed: self.init(.courseClosed, "Packing has begun, or the order was cancelled.")
        case .alreadyPaid: self.init(.paymentRefused, "The order has been paid, or is void.")
        case .paidElsewhere(let method):
            self.init(.paymentRefused, "This order is paid by \(method.rawValue), not like this.")
        case .outOfStock:
            self.init(.outOfStock, "What the order holds went to others after its payment failed.")
        case .tooManyPayments: self.init(.paymentRefused, "The payment was tried too often; the shop can help.")
        case .paymentClosed:
            self.init(.paymentRefused, "The payment could not be started; try it again, or ask the shop.")
        case .notPaid: self.init(.paymentRefused, "The order has not been paid, or all of it has gone back.")
        case .otherAmount(let total):
            self.init(
                "/amount",
                "otherAmount",
                "The order is paid as a whole: \(total.text)."
            )
        case .nothingToRefund:
            self.init("/items", "nothingToRefund", "The order does not hold so much, or it has gone back already.")
        case .leased(let holder): self.init(ProblemType.leased, holder.map { "\($0) packs it at this moment." })
        case .notPackable(let why): self.init(.notPackable, why)
        case .notShippable(let why): self.init(.notShippable, why)
        }
    }
}

extension Problem {
    init(_ refusal: PackingRefusal) {
        self.init(
            fields: refusal.faults.map { FieldProblem(pointer: $0.pointer, code: $0.code, detail: $0.detail) }
        )
    }

    init(_ refusal: StockStore.Refusal) {
        switch refusal {
        case .unknown: self.init(.notFound, "The shop keeps no stock of this.")
        case .tooFew: self.init(.stockTooLow)
        case .expiryDiffers(let known):
            self.init("/expires", "expiryDiffers", "This lot is known to expire on \(known): one lot has one date.")
        case .moved(let count): self.init(.stockMoved, "There are \(count) now, by the store's count.")
        }
    }
}
