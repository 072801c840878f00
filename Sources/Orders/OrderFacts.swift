import Catalog
package import Commerce
package import Postgres

/// What others' acts write into an order's own rows: statements for the transaction of `perform`, each with its entry in
/// the log where it is one.
package enum OrderFacts {
    // MARK: - Money

    /// The whole of it was paid.
    package static func paid(_ order: Order, at now: Instant, by actor: Actor) -> [Statement] {
        [
            Statement("UPDATE orders SET payment_status = 'paid', paid_amount = total_amount WHERE id = $1", order.id),
            OrderLog.entry(.paid, of: order.id, at: now, by: actor, amount: order.totals.total.amount),
        ]
    }

    /// The customer has paid, and the money is on its way.
    package static func paymentAuthorised(_ order: Order, at now: Instant, by actor: Actor) -> [Statement] {
        [
            Statement("UPDATE orders SET payment_status = 'authorised' WHERE id = $1", order.id),
            OrderLog.entry(.paymentAuthorised, of: order.id, at: now, by: actor, amount: order.totals.total.amount),
        ]
    }

    /// Its payment failed: its stock is free again.
    package static func paymentFailed(_ order: Order, at now: Instant, by actor: Actor) -> [Statement] {
        [Statement("UPDATE orders SET payment_status = 'failed', stock_held = false WHERE id = $1", order.id)]
            + (order.isStockHeld ? [StockStore.release(order.reserved)] : [])
            + [OrderLog.entry(.paymentFailed, of: order.id, at: now, by: actor)]
    }

    /// It takes its stock again where it gave it up. Too little stock violates `StockStore.reservationConstraint`.
    package static func stockTaken(_ order: Order) -> [Statement] {
        order.isStockHeld
            ? []
            : [
                StockStore.reserve(order.reserved),
                Statement("UPDATE orders SET stock_held = true WHERE id = $1", order.id),
            ]
    }

    /// Some of what was paid goes back, for units and shipping.
    /// - Parameter quantities: how many more units of each product have been given back.
    package static func refunded(
        _ order: Order,
        amount: Int64,
        quantities: [SKU: Int],
        includesShipping: Bool,
        reason: String,
        at now: Instant,
        by actor: Actor
    ) -> [Statement] {
        let lines = quantities.map { ($0.key, $0.value) }
        return [
            Statement(
                """
                UPDATE orders SET refunded_amount = refunded_amount + $2, shipping_refunded = shipping_refunded OR $3,
                    payment_status = CASE WHEN refunded_amount + $2 = paid_amount THEN 'refunded' ELSE 'partlyRefunded' END
                WHERE id = $1
                """,
                order.id,
                amount,
                includesShipping
            ),
            Statement(
                """
                UPDATE order_line SET refunded_quantity = refunded_quantity + part.quantity
                FROM unnest($2::text[], $3::bigint[]) AS part (sku, quantity)
                WHERE order_id = $1 AND order_line.sku = part.sku
                """,
                order.id,
                lines.map(\.0),
                lines.map(\.1)
            ),
            OrderLog.entry(.refunded, of: order.id, at: now, by: actor, reason: reason, amount: amount),
        ]
    }

    /// Units of it are never sent.
    static func unitsCancelled(_ order: Order, _ cancellations: [Order.Cancellation]) -> [Statement] {
        let parts = cancellations.flatMap { line in line.components.map { (line: line.line, part: $0) } }
        return [
            Statement(
                """
                UPDATE order_line SET cancelled_quantity = cancelled_quantity + part.quantity
                FROM unnest($2::bigint[], $3::bigint[]) AS part (line, quantity)
                WHERE order_id = $1 AND position = part.line
                """,
                order.id,
                cancellations.map(\.line),
                cancellations.map(\.quantity)
            ),
            Statement(
                """
                UPDATE order_component AS part SET cancelled = part.cancelled + gone.quantity
                FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS gone (line, position, quantity)
                WHERE order_id = $1 AND (part.line, part.position) = (gone.line, gone.position)
                """,
                order.id,
                parts.map(\.line),
                parts.map(\.part.position),
                parts.map(\.part.quantity)
            ),
        ]
    }

    // MARK: - The order

    /// It is over, unpaid or with its money on the way back: its stock and its codes are free again.
    package static func cancelled(_ order: Order, reason: String, at now: Instant, by actor: Actor) -> [Statement] {
        [
            Statement(
                """
                UPDATE orders SET status = 'cancelled', stock_held = false,
                    payment_status = CASE WHEN $2 THEN 'void' ELSE payment_status END
                WHERE id = $1
                """,
                order.id,
                order.paymentStatus.mayBecome(.void)
            )
        ] + (order.isStockHeld ? [StockStore.release(order.reserved)] : []) + [
            Statement("DELETE FROM discount_redemption WHERE order_id = $1", order.id),
            Statement("DELETE FROM sample_claim WHERE order_id = $1", order.id),
            OrderLog.entry(.cancelled, of: order.id, at: now, by: actor, reason: reason),
        ]
    }

    /// There is nothing more to do for it.
    package static func completed(_ order: Order, at now: Instant, by actor: Actor) -> [Statement] {
        guard order.status.mayBecome(.completed) else { return [] }
        return [
            Statement("UPDATE orders SET status = 'completed' WHERE id = $1", order.id),
            OrderLog.entry(.completed, of: order.id, at: now, by: actor),
        ]
    }

    /// It goes elsewhere, or somebody else hears of it. The log says which of the two; what it was and is stands nowhere
    /// but in the order.
    static func contactChanged(
        _ order: Order,
        to contact: Contact,
        at now: Instant,
        by actor: Actor
    ) -> [Statement] {
        let parts = [
            contact.address == order.contact.address ? nil : "address",
            contact.email == order.contact.email ? nil : "e-mail",
        ]
        return [
            Statement(
                """
                UPDATE orders SET customer_email = $2, address_line1 = $3, address_line2 = $4, address_city = $5,
                    address_postal_code = $6, mail_undeliverable = mail_undeliverable AND customer_email = $2
                WHERE id = $1
                """,
                order.id,
                contact.email.rawValue,
                contact.address.line1,
                contact.address.line2,
                contact.address.city,
                contact.address.postalCode
            ),
            OrderLog.entry(
                .contactChanged,
                of: order.id,
                at: now,
                by: actor,
                reason: parts.compactMap(\.self).joined(separator: " and ")
            ),
        ]
    }

    /// Mail to the customer came back for good. The first one says so.
    package static func mailUndeliverable(_ order: Order, reason: String, at now: Instant, by actor: Actor)
        -> [Statement]
    {
        if order.isMailUndeliverable { return [] }
        return [
            Statement("UPDATE orders SET mail_undeliverable = true WHERE id = $1", order.id),
            OrderLog.entry(.mailUndeliverable, of: order.id, at: now, by: actor, reason: reason),
        ]
    }

    /// Whether an order's customer wants to be reminded.
    package static func wantsReminders(_ order: Int64) -> Query<Bool> {
        Query(first: Statement("SELECT reminder_hour IS NOT NULL AS wants FROM orders WHERE id = $1", order)) {
            try $0.value("wants", as: Bool.self)
        }.map { $0 ?? false }
    }

    /// Its customer wants to be reminded, or at another hour, or no more.
    package static func remindersChanged(
        _ order: Order,
        to reminders: Order.Reminders?,
        at now: Instant,
        by actor: Actor
    ) -> [Statement] {
        [
            Statement("UPDATE orders SET reminder_hour = $2 WHERE id = $1", order.id, reminders?.hour),
            OrderLog.entry(
                .remindersChanged,
                of: order.id,
                at: now,
                by: actor,
                reason: reminders?.text ?? "no more"
            ),
        ]
    }

    /// Its customer takes offers by the words of a version, or no more.
    package static func offersChanged(
        _ order: Order,
        to wording: String?,
        at now: Instant,
        by actor: Actor
    ) -> Statement {
        OrderLog.entry(.offersChanged, of: order.id, at: now, by: actor, reason: OrderLog.reason(ofOffers: wording))
    }

    /// It is kept from being packed.
    package static func held(_ order: Order, _ hold: Order.Hold, by actor: Actor) -> [Statement] {
        [
            Statement(
                """
                UPDATE orders SET hold_reason = $2, hold_note = $3, hold_by = $4, hold_at = $5 WHERE id = $1
                """,
                order.id,
                hold.reason,
                hold.note,
                hold.by,
                hold.at
            ), OrderLog.entry(.held, of: order.id, at: hold.at, by: actor, reason: hold.note ?? hold.reason.rawValue),
        ]
    }

    /// It may be packed again.
    package static func released(_ order: Order, at now: Instant, by actor: Actor) -> [Statement] {
        [
            Statement(
                """
                UPDATE orders SET hold_reason = NULL, hold_note = NULL, hold_by = NULL, hold_at = NULL WHERE id = $1
                """,
                order.id
            ), OrderLog.entry(.released, of: order.id, at: now, by: actor),
        ]
    }
}
