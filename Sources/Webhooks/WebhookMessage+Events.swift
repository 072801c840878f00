package import Commerce
import Encodings
package import Orders
package import StandardWebhooks
import StoreAPI

extension WebhookMessage {
    private init(_ body: WebhookEventBody, id: String) { self.init(id: id, body: JSONWriter.bytes(body)) }

    /// What an entry of the feed is as a message: it says nothing of whose order it is.
    package init(_ entry: OrderFeed.Entry) {
        let body = WebhookEventBody(
            type: entry.kind,
            timestamp: entry.at.description,
            data: WebhookEventDataBody(
                number: "\(entry.number)",
                order: entry.order,
                sequence: entry.sequence,
                amount: entry.amount.map(MoneyBody.init(webhook:)),
                state: WebhookOrderStateBody(
                    status: OrderStatus(rawValue: entry.state.status),
                    payment: PaymentStatus(rawValue: entry.state.payment),
                    fulfilment: FulfilmentStatus(rawValue: entry.state.fulfilment),
                    total: MoneyBody(webhook: entry.state.total),
                    refunded: MoneyBody(webhook: entry.state.refunded),
                    comesTo: MoneyBody(webhook: entry.state.comesTo)
                )
            )
        )
        self.init(body, id: body.messageID)
    }

    /// A message that nothing happened for, to try an endpoint.
    /// - Parameter key: of the request: sent again, it is the same message.
    package static func test(_ type: String, key: [UInt8], currency: Currency, _ now: Instant) -> WebhookMessage {
        let none = MoneyBody(webhook: Money(0, currency))
        let body = WebhookEventBody(
            type: type,
            timestamp: now.description,
            data: WebhookEventDataBody(
                number: "0",
                order: "DM-TEST",
                sequence: 1,
                amount: nil,
                state: WebhookOrderStateBody(
                    status: .placed,
                    payment: .unpaid,
                    fulfilment: .unfulfilled,
                    total: none,
                    refunded: none,
                    comesTo: none
                ),
                test: true
            )
        )
        return WebhookMessage(body, id: "test_\(key.hexadecimal)")
    }
}

extension MoneyBody {
    fileprivate init(webhook money: Money) { self.init(amount: money.amount, currency: money.currency.rawValue) }
}
