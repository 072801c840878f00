/// What came in and what went back of one currency by one method of payment, in all and by rate of tax: minor units.
package struct MoneyFlow: Sendable, Codable, Equatable {
    /// The part that was taxed at one rate, without its tax and the tax itself.
    package struct Rate: Sendable, Codable, Equatable {
        package let basisPoints: Int
        package let receivedNet: Int64
        package let receivedTax: Int64
        package let refundedNet: Int64
        package let refundedTax: Int64

        package init(
            basisPoints: Int,
            receivedNet: Int64,
            receivedTax: Int64,
            refundedNet: Int64,
            refundedTax: Int64
        ) {
            self.basisPoints = basisPoints
            self.receivedNet = receivedNet
            self.receivedTax = receivedTax
            self.refundedNet = refundedNet
            self.refundedTax = refundedTax
        }
    }

    package let currency: String
    /// An `Order.PaymentMethod`.
    package let method: String
    /// How many receipts there were, and what they come to; the same of refunds.
    package let receipts: Int
    package let received: Int64
    package let refunds: Int
    package let refunded: Int64
    /// The highest rate first. Their parts come to all that was received and refunded.
    package let rates: [Rate]

    package init(
        currency: String,
        method: String,
        receipts: Int,
        received: Int64,
        refunds: Int,
        refunded: Int64,
        rates: [Rate]
    ) {
        self.currency = currency
        self.method = method
        self.receipts = receipts
        self.received = received
        self.refunds = refunds
        self.refunded = refunded
        self.rates = rates
    }
}
