package import Commerce
package import Postgres

/// Which orders a list holds.
package struct OrderFilter: Sendable {
    package var status: Order.Status?
    package var payment: Order.PaymentStatus?
    package var fulfilment: Order.FulfilmentStatus?
    /// To be sent by then.
    package var shipBy: CalendarDate?
    /// Placed at or after, and before.
    package var placed: (from: Instant?, to: Instant?) = (nil, nil)
    package var email: EmailAddress?
    package var sku: SKU?
    /// Part of the customer's name or of the order's number.
    package var text: String?

    package init() {}
}

/// An order in a list: nothing that says who the customer is.
package struct OrderSummary: Sendable {
    package let id: Int64
    package let number: String
    package let placedAt: Instant
    package let status: String
    package let payment: String
    package let method: String
    package let fulfilment: String
    package let shipBy: CalendarDate?
    package let total: Money
    package let sums: Sums
    package let skus: [String]
    package let quantities: [Int]
    package let country: String
    package let hold: String?
    package let isMailUndeliverable: Bool
    /// When whose it was has been erased; nil where it was not.
    package let erasedAt: Instant?

    /// What the total is made of, and what went back of it, in minor units.
    package struct Sums: Sendable {
        package let items: Int64
        package let discount: Int64
        package let shipping: Int64
        package let tax: Int64
        /// Whether the prices hold the tax; else it is a part of the total of its own.
        package let isTaxIncluded: Bool
        package let paid: Int64
        package let refunded: Int64
    }
}

extension OrderFilter {
    /// How many orders it lets through.
    package var total: Query<Int> {
        var parameters: [any PostgresParameter] = []
        let conditions = conditions(&parameters)
        return Query(
            only: Statement(assembled: "SELECT count(*) AS n FROM orders \(conditions)", parameters)
        ) { try $0.value("n") }
    }

    /// A page of the orders that it lets through, the newest first. The statement's conditions are those that are named, so that
    /// each finds its index.
    /// - Parameter before: the place in the list that the page begins after.
    package func page(before: Int64? = nil, count: Int) -> Query<[OrderSummary]> {
        var parameters: [any PostgresParameter] = []
        var conditions = conditions(&parameters)
        if let before {
            parameters.append(before)
            conditions += (conditions.isEmpty ? "WHERE" : " AND") + " orders.id < $\(parameters.count)"
        }
        parameters.append(count)
        let statement = Statement(
            assembled: """
                WITH page AS MATERIALIZED (SELECT * FROM orders \(conditions) ORDER BY id DESC LIMIT $\(parameters.count))
                SELECT page.id, number, placed_at, status, payment_status, payment_method, fulfilment_status, ship_by,
                    total_amount, currency, items_amount, discount_amount, shipping_amount, tax_amount, tax_included,
                    paid_amount, refunded_amount, line.skus, line.quantities, address_country AS country, hold_reason,
                    mail_undeliverable, erased_at
                FROM page CROSS JOIN LATERAL (SELECT array_agg(sku ORDER BY position) AS skus,
                    array_agg(quantity ORDER BY position) AS quantities FROM order_line WHERE order_id = page.id) AS line
                ORDER BY page.id DESC
                """,
            parameters
        )
        return Query(each: statement) { row in
            OrderSummary(
                id: try row.value("id"),
                number: try row.value("number"),
                placedAt: try row.value("placed_at"),
                status: try row.value("status"),
                payment: try row.value("payment_status"),
                method: try row.value("payment_method"),
                fulfilment: try row.value("fulfilment_status"),
                shipBy: try row.optional("ship_by"),
                total: Money(try row.value("total_amount"), try row.value("currency")),
                sums: OrderSummary.Sums(
                    items: try row.value("items_amount"),
                    discount: try row.value("discount_amount"),
                    shipping: try row.value("shipping_amount"),
                    tax: try row.value("tax_amount"),
                    isTaxIncluded: try row.value("tax_included"),
                    paid: try row.value("paid_amount"),
                    refunded: try row.value("refunded_amount")
                ),
                skus: try row.value("skus"),
                quantities: try row.value("quantities"),
                country: try row.value("country"),
                hold: try row.optional("hold_reason"),
                isMailUndeliverable: try row.value("mail_undeliverable"),
                erasedAt: try row.optional("erased_at")
            )
        }
    }

    /// Its conditions, with its values bound.
    private func conditions(_ parameters: inout [any PostgresParameter]) -> String {
        var conditions: [String] = []
        func add(_ value: (any PostgresParameter)?, _ condition: (String) -> String) {
            guard let value else { return }
            parameters.append(value)
            conditions.append(condition("$\(parameters.count)"))
        }
        add(status) { "status = \($0)" }
        add(payment) { "payment_status = \($0)" }
        add(fulfilment) { "fulfilment_status = \($0)" }
        if shipBy != nil {
            // Of the open ones only: what has left is due no more.
            conditions.append("status = 'placed' AND fulfilment_status IN ('unfulfilled', 'partlyShipped')")
        }
        add(shipBy) { "ship_by <= \($0)" }
        add(placed.from) { "placed_at >= \($0)" }
        add(placed.to) { "placed_at < \($0)" }
        add(email?.rawValue) { "lower(customer_email) = lower(\($0))" }
        add(sku) { "EXISTS (SELECT 1 FROM order_line WHERE order_id = orders.id AND sku = \($0))" }
        add(text) { "(strpos(lower(customer_name), lower(\($0))) > 0 OR strpos(number, upper(\($0))) > 0)" }
        return conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    }
}
