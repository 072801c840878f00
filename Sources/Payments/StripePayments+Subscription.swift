package import Stripe

extension StripePayments {
    /// The path of a store at which Stripe's events arrive.
    package static let eventsPath = "/v1/webhooks/stripe"

    /// The types of events that the store acts on.
    package static let events = [
        "checkout.session.completed", "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed", "checkout.session.expired", "refund.failed",
    ]

    /// What is wrong with where Stripe sends its events, a sentence for each fault with what to do; empty where nothing is.
    /// - Parameter url: where they arrive.
    package static func subscriptionFaults(_ endpoints: [StripeEndpoint], url: String) -> [String] {
        let ours = endpoints.filter { $0.url == url }
        guard !ours.isEmpty else {
            let others = endpoints.isEmpty ? "it has none" : "it has \(endpoints.map(\.url).joined(separator: ", "))"
            return [
                "Stripe has no endpoint \(url) (\(others)): add it there, for the events \(events.joined(separator: ", "))."
            ]
        }
        let enabled = ours.filter { $0.status == "enabled" }
        if enabled.isEmpty { return ["Stripe has disabled the endpoint \(url): enable it there."] }
        let told = Set(enabled.flatMap(\.enabledEvents))
        let missing = told.contains("*") ? [] : events.filter { !told.contains($0) }
        var faults: [String] = []
        if !missing.isEmpty {
            faults.append("The endpoint \(url) is not told \(missing.joined(separator: ", ")): add these events to it.")
        }
        if enabled.count > 1 {
            faults.append(
                "Stripe has \(enabled.count) endpoints \(url): remove all but one, and keep its signing secret."
            )
        }
        return faults
    }
}
