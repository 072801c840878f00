package import Commerce
package import Orders
package import Postgres

extension MoneyFlow {
    /// What came in and what went back in a span of time, as the ledger has it. A receipt pays what its order came to then,
    /// a refund gives back its adjustment: so each has its rates of tax. What cost nothing moved no money.
    package static func moved(in span: Range<Instant>) -> Query<[MoneyFlow]> {
        let parts = PriceByRate.parts(of: "payment.order_id", at: "payment.sequence", adjustment: "payment.adjustment")
        return Query(
            each: Statement(
                assembled: """
                    WITH entry AS MATERIALIZED (
                        SELECT payment.id, payment.kind = 'receipt' AS is_receipt, payment.amount, part.*
                        FROM payment CROSS JOIN LATERAL \(parts) AS part
                        WHERE payment.at >= $1 AND payment.at < $2 AND payment.amount > 0
                    ), whole AS (
                        SELECT currency, method, count(*) FILTER (WHERE is_receipt) AS receipts,
                            coalesce(sum(amount) FILTER (WHERE is_receipt), 0)::bigint AS received,
                            count(*) FILTER (WHERE NOT is_receipt) AS refunds,
                            coalesce(sum(amount) FILTER (WHERE NOT is_receipt), 0)::bigint AS refunded
                        FROM (SELECT DISTINCT id, is_receipt, amount, currency, method FROM entry) AS once
                        GROUP BY currency, method
                    ), taxed AS (
                        SELECT currency, method, rate,
                            coalesce(sum(net) FILTER (WHERE is_receipt), 0)::bigint AS received_net,
                            coalesce(sum(tax) FILTER (WHERE is_receipt), 0)::bigint AS received_tax,
                            coalesce(sum(net) FILTER (WHERE NOT is_receipt), 0)::bigint AS refunded_net,
                            coalesce(sum(tax) FILTER (WHERE NOT is_receipt), 0)::bigint AS refunded_tax
                        FROM entry GROUP BY currency, method, rate
                    )
                    SELECT whole.*, rates.* FROM whole CROSS JOIN LATERAL (
                        SELECT array_agg(rate ORDER BY rate DESC) AS rates,
                            array_agg(received_net ORDER BY rate DESC) AS received_net,
                            array_agg(received_tax ORDER BY rate DESC) AS received_tax,
                            array_agg(refunded_net ORDER BY rate DESC) AS refunded_net,
                            array_agg(refunded_tax ORDER BY rate DESC) AS refunded_tax
                        FROM taxed WHERE (taxed.currency, taxed.method) = (whole.currency, whole.method)) AS rates
                    ORDER BY whole.currency, whole.method
                    """,
                [span.lowerBound, span.upperBound]
            ),
            read
        )
    }

    @Sendable private static func read(_ row: Row) throws -> MoneyFlow {
        let currency: String = try row.value("currency")
        let method: String = try row.value("method")
        let receipts: Int = try row.value("receipts")
        let received: Int64 = try row.value("received")
        let refunds: Int = try row.value("refunds")
        let refunded: Int64 = try row.value("refunded")
        let rates: [Int] = try row.value("rates")
        let (receivedNet, receivedTax): ([Int64], [Int64]) = (
            try row.value("received_net"), try row.value("received_tax")
        )
        let (refundedNet, refundedTax): ([Int64], [Int64]) = (
            try row.value("refunded_net"), try row.value("refunded_tax")
        )
        return MoneyFlow(
            currency: currency,
            method: method,
            receipts: receipts,
            received: received,
            refunds: refunds,
            refunded: refunded,
            rates: rates.indices.map { index in
                Rate(
                    basisPoints: rates[index],
                    receivedNet: receivedNet[index],
                    receivedTax: receivedTax[index],
                    refundedNet: refundedNet[index],
                    refundedTax: refundedTax[index]
                )
            }
        )
    }
}
