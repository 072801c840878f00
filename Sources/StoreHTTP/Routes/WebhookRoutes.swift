import HTTPTypes
import Hummingbird
import Payments

/// What payment providers tell.
struct WebhookRoutes: Sendable {
    let store: Store

    func add(to router: Router<StoreContext>) {
        router.post("/v1/webhooks/stripe") { request, context in
            // The signature is over the bytes as they came: nothing reads them before it is checked.
            let body = try await request.bytes()
            do {
                try await store.payments.receive(
                    signature: request.headers[.stripeSignature] ?? "",
                    body: body,
                    now: store.now(),
                    requestID: context.requestID
                )
            } catch let forged as ForgedEvent {
                throw Problem(.signatureInvalid, forged.reason)
            }
            return Response(status: .noContent)
        }
    }
}

extension HTTPField.Name {
    static let stripeSignature = HTTPField.Name.of("Stripe-Signature")
}
