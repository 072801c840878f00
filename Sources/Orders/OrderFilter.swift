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
    package var search: Search?

    package init() {}

    /// A text that is part of the customer's name, e-mail address, phone number or postcode, of the order's number, or of a
    /// parcel's tracking number.
    ///
    /// No index finds a part of something: one that does would make placing an order slower, and every step of it after
    /// that. So each order of a time is read, and there is always a time.
    package struct Search: Sendable {
        /// How many days are read where nobody says from when on.
        package static let days = 365

        package let text: String
        /// Only orders that were placed since are read.
        package let since: Instant

        package init(_ text: String, since: Instant) {
            self.text = text
            self.since = since
        }
    }
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

    /// What it comes to now: its total as it was sold, and what changed since.
    package var comesTo: Money { Money(total.amount + sums.adjusted, total.currency) }

    /// What the total is made of, what changed of it since, and what came in and went back, in minor units.
    package struct Sums: Sendable {
        package let items: Int64
        package let discount: Int64
        package let shipping: Int64
        package let tax: Int64
        /// Whether the prices hold the tax; else it is a part of the total of its own.
        package let isTaxIncluded: Bool
        package let paid: Int64
        package let refunded: Int64
        /// Less than 0 where it comes to less than it was sold for.
        package let adjusted: Int64
        /// The tax in that.
        package let adjustedTax: Int64
    }
}

extension OrderFilter {
    /// How many orders it lets through.
    package var total: Query<Int> {
        var parameters: [any PostgresParameter] = []
        let source = source(&parameters)
        return Query(
            only: Statement(assembled: "\(source.with) SELECT count(*) AS n FROM \(source.table)", parameters)
        ) { try $0.value("n") }
    }

    /// A page of the orders that it lets through, the newest first. The statement's conditions are those that are named, so that
    /// each finds its index.
    /// - Parameter before: the place in the list that the page begins after.
    package func page(before: Int64? = nil, count: Int) -> Query<[OrderSummary]> {
        var parameters: [any PostgresParameter] = []
        let source = source(before: before, &parameters)
        parameters.append(count)
        let newest = "FROM \(source.table) ORDER BY id DESC LIMIT $\(parameters.count)"
        let page =
            search == nil ? "SELECT * \(newest)" : "SELECT * FROM orders WHERE id = ANY (ARRAY(SELECT id \(newest)))"
        let statement = Statement(
            assembled: """
                \(source.with.isEmpty ? "WITH" : source.with + ",") page AS MATERIALIZED (\(page))
                SELECT page.id, number, placed_at, status, payment_status, payment_method, fulfilment_status, ship_by,
                    total_amount, currency, items_amount, discount_amount, shipping_amount, tax_amount, tax_included,
                    paid_amount, refunded_amount, adjusted_amount, CASE WHEN adjustments = 0 THEN 0 ELSE (
                        SELECT sum(tax_amount)::bigint FROM order_adjustment WHERE order_id = page.id) END AS adjusted_tax,
                    line.skus, line.quantities, address_country AS country,
                    hold_reason, mail_undeliverable, erased_at
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
                    refunded: try row.value("refunded_amount"),
                    adjusted: try row.value("adjusted_amount"),
                    adjustedTax: try row.value("adjusted_tax")
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

    /// What a statement selects from, with its values bound. What a search finds is looked for by itself and whole: the
    /// planner takes it for common, and would go through all orders for the first few, the newest first.
    private func source(
        before: Int64? = nil,
        _ parameters: inout [any PostgresParameter]
    ) -> (with: String, table: String) {
        var conditions = conditions(&parameters)
        if let before {
            parameters.append(before)
            conditions.append("orders.id < $\(parameters.count)")
        }
        func matching(_ more: String...) -> String {
            let all = conditions + more
            return all.isEmpty ? "orders" : "orders WHERE " + all.joined(separator: " AND ")
        }
        guard let search else { return ("", matching()) }
        let (order, parcel) = search.conditions(&parameters)
        let found = [order, parcel].compactMap(\.self).map { "SELECT id FROM \(matching($0))" }
        return ("WITH found AS MATERIALIZED (\(found.joined(separator: " UNION ")))", "found")
    }

    /// Its conditions, with its values bound.
    private func conditions(_ parameters: inout [any PostgresParameter]) -> [String] {
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
        return conditions
    }
}

extension OrderFilter.Search {
    /// What people leave out of a phone number or a postcode, or put into it, as they like.
    private static let marks = " -./()"

    /// The text as codes and numbers are compared: without these marks, in capital letters.
    private var bare: String { text.uppercased().filter { !Self.marks.contains($0) } }

    /// That an order is one, or that a parcel of it is, with its values bound. A text of marks alone is in no number.
    fileprivate func conditions(_ parameters: inout [any PostgresParameter]) -> (order: String, parcel: String?) {
        parameters += [since, text]
        let (since, text) = ("$\(parameters.count - 1)", "$\(parameters.count)")
        var parts = ["customer_name", "customer_email"].map { "strpos(lower(\($0)), lower(\(text))) > 0" }
        var parcel: String?
        if !bare.isEmpty {
            parameters.append(bare)
            let code = "$\(parameters.count)"
            func holds(_ column: String) -> String {
                "strpos(translate(upper(\(column)), '\(Self.marks)', ''), \(code)) > 0"
            }
            parts += ["number", "customer_phone", "address_postal_code"].map(holds)
            parcel = """
                placed_at >= \(since) AND orders.id IN (SELECT order_id FROM shipment
                    WHERE shipped_at >= \(since) AND \(holds("tracking_number")))
                """
        }
        return ("placed_at >= \(since) AND (\(parts.joined(separator: " OR ")))", parcel)
    }
}
