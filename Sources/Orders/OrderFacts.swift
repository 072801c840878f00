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
            Statement(
                "UPDATE orders SET payment_status = 'paid', paid_amount = total_amount + adjusted_amount WHERE id = $1",
                order.id
            ),
            OrderLog.entry(.paid, of: order.id, at: now, by: actor, amount: order.comesTo.amount),
        ]
    }

    /// The customer has paid, and the money is on its way.
    package static func paymentAuthorised(_ order: Order, at now: Instant, by actor: Actor) -> [Statement] {
        [
            Statement("UPDATE orders SET payment_status = 'authorised' WHERE id = $1", order.id),
            OrderLog.entry(.paymentAuthorised, of: order.id, at: now, by: actor, amount: order.comesTo.amount),
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

    // MARK: - The order

    /// It is over, and comes to nothing any more: its stock and its codes are free again, and none of it is ever sent.
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
            ), Statement("UPDATE order_line SET cancelled_quantity = quantity WHERE order_id = $1", order.id),
            Statement("UPDATE order_component SET cancelled = quantity WHERE order_id = $1", order.id),
        ] + (order.isStockHeld ? [StockStore.release(order.reserved)] : []) + [
            Statement("DELETE FROM discount_redemption WHERE order_id = $1", order.id),
            Statement("DELETE FROM sample_claim WHERE order_id = $1", order.id),
            OrderLog.entry(.cancelled, of: order.id, at: now, by: actor, reason: reason),
        ]
    }

    /// How far it has come once its units are so: the one writer of how it stands. Paid and delivered, or back, it is
    /// complete; with something to be sent again it is not.
    package static func standing(
        _ order: Order,
        with units: UnitCount,
        isDelivered: Bool? = nil,
        isPaid: Bool? = nil,
        at now: Instant,
        by actor: Actor
    ) -> [Statement] {
        let fulfilment = units.fulfilmentStatus(isDelivered: isDelivered ?? (order.deliveredAt != nil))
        let isOver = (fulfilment == .delivered || fulfilment == .returned) && (isPaid ?? order.isPaid)
        let status: Order.Status = order.status == .cancelled ? .cancelled : isOver ? .completed : .placed
        guard fulfilment != order.fulfilmentStatus || status != order.status else { return [] }
        let event: OrderEvent? = status == order.status ? nil : status == .completed ? .completed : .reopened
        return [
            Statement(
                "UPDATE orders SET fulfilment_status = $2, status = $3 WHERE id = $1",
                order.id,
                fulfilment,
                status
            )
        ] + (event.map { [OrderLog.entry($0, of: order.id, at: now, by: actor)] } ?? [])
    }

    /// It goes elsewhere, or to somebody who is called or reached in another way. The log says which of these; what it was
    /// and is stands nowhere but in the order.
    static func contactChanged(
        _ order: Order,
        to contact: Contact,
        at now: Instant,
        by actor: Actor
    ) -> [Statement] {
        let (customer, address) = (contact.customer, contact.address)
        let former = order.contact.customer
        let parts = [
            (customer.name, customer.givenName) == (former.name, former.givenName) ? nil : "name",
            customer.email == former.email ? nil : "e-mail",
            customer.phone == former.phone ? nil : "phone",
            address == order.contact.address ? nil : "address",
        ]
        return [
            Statement(
                """
                UPDATE orders SET customer_name = $2, customer_given_name = $3, customer_email = $4, customer_phone = $5,
                    address_line1 = $6, address_line2 = $7, address_city = $8, address_postal_code = $9,
                    mail_undeliverable = mail_undeliverable AND customer_email = $4
                WHERE id = $1
                """,
                order.id,
                customer.name,
                customer.givenName,
                customer.email.rawValue,
                customer.phone,
                address.line1,
                address.line2,
                address.city,
                address.postalCode
            ),
            OrderLog.entry(
                .contactChanged,
                of: order.id,
                at: now,
                by: actor,
                reason: parts.compactMap(\.self).joined(separator: ", ")
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
