import Admission
import Catalog
import Commerce
import Hummingbird
import JSONFields
import Links
import Orders
import Payments
import StoreAPI

/// Orders and their guides, by the order's link.
struct OrderRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.get("/v1/orders/{token}") { _, context in
            guard let order = try await store.orders.order(.link(store.link(.order, context))) else {
                throw Problem(.notFound)
            }
            return Response.privateJSON(OrderBody(order), version: order.guide.courseVersion)
        }
        router.get("/v1/orders/{token}/guide") { request, context in
            let hasWords = try request.flag("words") ?? true
            guard let order = try await store.orders.order(.link(store.link(.order, context))) else {
                throw Problem(.notFound)
            }
            return Response.privateJSON(try GuideBody(order, hasWords: hasWords), version: order.guide.courseVersion)
        }
        router.get("/v1/orders/{token}/documents") { _, context in
            guard let order = try await store.orders.order(.link(store.link(.order, context))) else {
                throw Problem(.notFound)
            }
            let documents = try await store.payments.store.documents(of: order, now: store.now())
            return Response.privateJSON(
                DocumentListBody(data: documents.map { DocumentBody($0, of: order) }, next: nil)
            )
        }
        router.post("/v1/orders/{token}/payment") { request, context in
            _ = try request.requiredIdempotencyKey()
            let bytes = try await request.jsonBytes(isOptional: true)
            let storefronts = await store.storefronts.ring().origins.filter { $0 != "*" }
            let reader = ReturnAddress(
                allowedOrigins: [ReturnAddress.origin(store.settings.publicURL)] + storefronts.sorted()
            )
            let addresses = try Fields.request(bytes) { fields -> [String]? in
                fields.allow("returnUrl")
                return [reader.read(fields)].compactMap(\.self)
            }
            let link = try store.link(.order, context)
            let (order, action) = try await store.payments.start(
                .link(link),
                returnAddress: addresses.first,
                now: store.now(),
                requestID: context.requestID
            )
            return Response.privateJSON(PaymentStartBody(order, action))
        }
        router.put("/v1/orders/{token}/course") { request, context in
            let bytes = try await request.jsonBytes()
            let link = try store.link(.order, context)
            let versions = try request.requiredVersions()
            let course = try Fields.request(bytes, store.choiceReader(try await store.catalogs.lastSeen()).course)
            let order = try await store.orders.reschedule(
                .link(link),
                to: course,
                versions: versions,
                actor: .customer(context.requestID),
                now: store.now()
            )
            store.pages.forget(order.guideToken)
            return Response.privateJSON(OrderBody(order), version: order.guide.courseVersion)
        }
    }
}
