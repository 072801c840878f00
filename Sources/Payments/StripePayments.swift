package import Commerce
package import Encodings
import FoundationEssentials
package import Orders
import Records
package import Stripe

/// Payment on Stripe's own page. No card data ever comes near the shop.
package struct StripePayments: PaymentProvider {
    private let client: StripeClient
    private let webhookSecrets: [Secret]

    /// - Parameter webhookSecrets: all that are live: two while one takes over from the other.
    package init(_ client: StripeClient, webhookSecrets: [Secret]) {
        self.client = client
        self.webhookSecrets = webhookSecrets
    }

    package var method: Order.PaymentMethod { .stripe }

    package func obstacle(_ total: Money) -> String? { StripeAmount.obstacle(total) }

    package func begin(
        _ attempt: PaymentAttempt,
        from origin: PaymentOrigin,
        returnURL: String
    ) async throws -> PaymentReport {
        let number = origin.order.description
        guard let units = StripeAmount.units(attempt.amount) else {
            throw ProviderError.refused("Stripe has no such amount of \(attempt.amount.currency.rawValue)")
        }
        return try await asking {
            try await client.createSession(
                [
                    ("mode", "payment"), ("client_reference_id", number),
                    ("metadata[attempt]", "\(attempt.id)"),
                ] + origin.metadata("metadata") + origin.metadata("payment_intent_data[metadata]") + [
                    ("line_items[0][quantity]", "1"),
                    ("line_items[0][price_data][currency]", attempt.amount.currency.rawValue.lowercased()),
                    // One line of the whole, so that what is charged is the total to the cent.
                    ("line_items[0][price_data][unit_amount]", "\(units)"),
                    ("line_items[0][price_data][product_data][name]", "Order \(number)"),
                    ("expires_at", "\(attempt.expiresAt.secondsSince1970)"),
                    ("success_url", "\(returnURL)?payment=returned"), ("cancel_url", "\(returnURL)?payment=left"),
                ],
                key: "session-\(origin.installation.id)-\(number)-\(attempt.id)"
            )
        }.report
    }

    package func report(on sessionID: String) async throws -> PaymentReport {
        let session = try await asking { try await client.session(sessionID) }
        guard session.report.status == .processing, let payment = session.paymentIntent else { return session.report }
        // A session says nothing of money that was promised and did not come.
        let intent = try await asking { try await client.paymentIntent(payment) }
        let hasFailed = ["canceled", "requires_payment_method"].contains(intent.status)
        return hasFailed ? session.report(in: Self.failure) : session.report
    }

    /// The event that tells of money that was promised and did not come.
    fileprivate static let failure = "checkout.session.async_payment_failed"

    package func close(_ sessionID: String) async throws -> PaymentReport {
        do {
            return try await asking { try await client.expireSession(sessionID) }.report
        } catch ProviderError.refused {
            // It is not open any more.
            return try await report(on: sessionID)
        }
    }

    package func refund(_ refund: PaymentStore.WaitingRefund) async throws -> ProviderRefund {
        if refund.tries > 0 {
            // Stripe forgets keys after a day: what has arrived before is looked for.
            let known = try await asking { try await client.refunds(of: refund.paymentID) }
            let ours = known.compactMap(\.refund).first { $0.origin == refund.origin && $0.refundID == refund.id }
            if let ours { return ours }
        }
        guard let units = StripeAmount.units(refund.amount) else {
            throw ProviderError.refused("Stripe has no such amount of \(refund.amount.currency.rawValue)")
        }
        let made = try await asking {
            try await client.createRefund(
                [
                    ("payment_intent", refund.paymentID), ("amount", "\(units)"),
                    ("metadata[refund]", "\(refund.id)"),
                ] + refund.origin.metadata("metadata"),
                key: "refund-\(refund.origin.installation.id)-\(refund.origin.order)-\(refund.id)"
            )
        }
        guard let refund = made.refund else { throw ProviderError.unavailable("its refund could not be read") }
        return refund
    }

    package func all(
        since: Instant
    ) async throws -> (sessions: [PaymentReport], refunds: [ProviderRefund]) {
        let sessions = try await asking { try await client.sessions(sinceSeconds: since.secondsSince1970) }
        let refunds = try await asking { try await client.refunds(sinceSeconds: since.secondsSince1970) }
        return (sessions.map(\.report), refunds.compactMap(\.refund))
    }

    package func event(signature: String, body: [UInt8], now: Instant) throws(ForgedEvent) -> ProviderEvent {
        do {
            try StripeSignature.verify(
                header: signature,
                body: body,
                secrets: webhookSecrets,
                nowSeconds: now.secondsSince1970
            )
        } catch {
            switch error {
            case .malformed: throw ForgedEvent(reason: "The header Stripe-Signature is missing or not readable.")
            case .forged: throw ForgedEvent(reason: "The signature fits no secret of this shop.")
            case .stale: throw ForgedEvent(reason: "It was signed more than five minutes ago, or in the future.")
            }
        }
        guard let event = try? JSONDecoder().decode(StripeEvent.self, from: Data(body)) else {
            throw ForgedEvent(reason: "The body is not an event.")
        }
        let content: ProviderEvent.Content =
            switch event.object {
            case .session(let session): .payment(session.report(in: event.type))
            case .refund(let refund): refund.refund?.hasFailed == true ? .failedRefund(providerID: refund.id) : .nothing
            case .other: .nothing
            }
        return ProviderEvent(id: event.id, kind: String(event.type.prefix(100)), content: content)
    }

    private func asking<Value>(
        _ call: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await call()
        } catch let error as StripeError {
            switch error {
            case .unavailable: throw ProviderError.unavailable("\(error)")
            case .refused: throw ProviderError.refused("\(error)")
            }
        }
    }
}

extension PaymentOrigin {
    /// As fields of a form that the provider keeps and tells back.
    fileprivate func metadata(_ name: String) -> [(String, String)] {
        [("\(name)[installation]", installation.id), ("\(name)[order]", order.description)]
    }

    fileprivate init?(_ metadata: [String: String]?) {
        guard let id = metadata?["installation"], let order = metadata?["order"].flatMap({ OrderNumber($0) }) else {
            return nil
        }
        self.init(installation: Installation(id: id), order: order)
    }
}

extension StripeSession {
    fileprivate var report: PaymentReport { report(in: "") }

    /// - Parameter eventType: says what a snapshot alone does not: that a payment which takes days has failed.
    fileprivate func report(in eventType: String) -> PaymentReport {
        let status: PaymentAttempt.Status =
            switch (status, paymentStatus) {
            case (_, "paid"): paymentIntent == nil ? .processing : .succeeded
            case ("expired", _): .expired
            case ("complete", _): eventType == StripePayments.failure ? .failed : .processing
            default: .open
            }
        let amount = amountTotal.flatMap { amount in
            currency.flatMap { Currency(rawValue: $0.uppercased()) }.flatMap { StripeAmount.money(amount, $0) }
        }
        return PaymentReport(
            sessionID: id,
            origin: PaymentOrigin(metadata),
            attemptID: metadata?["attempt"].flatMap { Int64($0) },
            status: status,
            paymentID: paymentIntent,
            amount: amount,
            actionURL: url
        )
    }
}

extension StripeRefund {
    fileprivate var refund: ProviderRefund? {
        guard let currency = Currency(rawValue: currency.uppercased()),
            let amount = StripeAmount.money(amount, currency)
        else { return nil }
        return ProviderRefund(
            id: id,
            amount: amount,
            paymentID: paymentIntent,
            origin: PaymentOrigin(metadata),
            refundID: metadata?["refund"].flatMap { Int64($0) },
            hasFailed: status == "failed" || status == "canceled"
        )
    }
}
