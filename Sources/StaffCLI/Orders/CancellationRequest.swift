/// Why an order is cancelled.
struct CancellationRequest: Encodable, Sendable {
    let reason: String
}
