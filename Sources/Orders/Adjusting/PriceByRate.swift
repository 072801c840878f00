/// The price of an order by rate of tax, as a subquery for whoever has money of it to account for.
package enum PriceByRate {
    /// What an order came to when an entry of its log was written, or what one adjustment took off it: `currency`,
    /// `method`, `rate` in basis points, `net` and `tax`, for each rate that comes to something. The parameters are
    /// columns of the query that this is joined to.
    /// - Parameters:
    ///   - order: the order's id.
    ///   - sequence: the entry of the log: what was adjusted before it counts.
    ///   - adjustment: the adjustment that is meant alone; NULL for all of the price.
    package static func parts(of order: String, at sequence: String, adjustment: String) -> String {
        """
        (SELECT currency, payment_method AS method, part.rate, sum(part.gross - part.tax)::bigint AS net,
            sum(part.tax)::bigint AS tax
        FROM orders CROSS JOIN LATERAL (
            SELECT tax_basis_points, total_amount - discount_amount + CASE WHEN tax_included THEN 0 ELSE tax_amount END,
                tax_amount
            FROM order_line WHERE order_id = orders.id AND \(adjustment) IS NULL
            UNION ALL SELECT shipping_tax_basis_points,
                shipping_amount + CASE WHEN tax_included THEN 0 ELSE shipping_tax_amount END, shipping_tax_amount
            WHERE \(adjustment) IS NULL
            UNION ALL SELECT changed.tax_basis_points, changed.amount, changed.tax_amount
            FROM order_adjustment AS whole JOIN order_adjustment_part AS changed
                ON (changed.order_id, changed.adjustment) = (whole.order_id, whole.ordinal)
            WHERE whole.order_id = orders.id AND whole.sequence < \(sequence) AND \(adjustment) IS NULL
            UNION ALL SELECT taken.tax_basis_points, -taken.amount, -taken.tax_amount
            FROM order_adjustment_part AS taken WHERE (taken.order_id, taken.adjustment) = (orders.id, \(adjustment))
        ) AS part (rate, gross, tax)
        WHERE orders.id = \(order) GROUP BY currency, payment_method, part.rate HAVING sum(part.gross) <> 0)
        """
    }
}
