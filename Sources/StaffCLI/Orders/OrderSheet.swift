import StoreAPI

/// An order for the eye.
enum OrderSheet {
    static func show(_ order: StaffOrderBody, on console: Console) throws {
        try console.show(facts(order, on: console))
        try console.write(lines: [""])
        try console.show(items(order))
        try console.show(sums(order))
        if !order.parcels.isEmpty { try console.write(lines: [""]) }
        for parcel in order.parcels { try console.say(parcel.text(on: console)) }
        try console.write(lines: [""])
        try console.show(timeline(order, on: console))
    }

    private static func facts(_ order: StaffOrderBody, on console: Console) -> FactSheet {
        var sheet = FactSheet()
        sheet.add("Order", order.number, .strong)
        sheet.add("Placed", console.time(order.placedAt))
        sheet.add("Status", order.status.rawValue, Style(order.status))
        sheet.add("Payment", "\(order.payment.status), by \(order.payment.method)", Style(order.payment.status))
        sheet.add("Parcels", order.fulfilment.status.rawValue, Style(order.fulfilment.status))
        sheet.add("Ship by", order.fulfilment.shipBy)
        if let hold = order.hold {
            sheet.add(
                "On hold",
                "\(hold.reason), by \(hold.by), \(console.time(hold.at))\(hold.note.map { ": \($0)" } ?? "")",
                .caution
            )
        }
        if order.mailUndeliverable {
            sheet.add("Mail", "does not arrive: put the address right with aftercare orders customer", .caution)
        }
        sheet.add("Customer", order.customer.text)
        sheet.add("Address", order.shippingAddress.text)
        if let course = order.course {
            let end = course.final ? "the last is the final one" : "more to come"
            sheet.add("Sessions", course.sessions.isEmpty ? nil : "\(course.sessions.joined(separator: ", ")); \(end)")
            sheet.add("Time zone", course.timeZone)
        }
        sheet.add("Reference", order.ref)
        sheet.add("Reminders", order.reminders.map { "by mail at \($0.hour):00" })
        return sheet
    }

    private static func items(_ order: StaffOrderBody) -> Table {
        var table = Table([
            .init("QTY", isNumber: true), .init("CODE"), .init("NAME", canShrink: true), .init("EACH", isNumber: true),
            .init("TOTAL", isNumber: true),
        ])
        for item in order.items {
            let since = [(item.cancelled, "cancelled"), (item.returned, "came back"), (item.lost, "lost")]
                .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
            table.add([
                Table.Cell(item.quantity), Table.Cell(item.sku),
                Table.Cell(item.name + (since.isEmpty ? "" : " (\(since.joined(separator: ", ")))")),
                Table.Cell(item.unitPrice.text), Table.Cell(item.total.text),
            ])
        }
        return table
    }

    private static func sums(_ order: StaffOrderBody) -> FactSheet {
        var sheet = FactSheet()
        if order.totals.discount.amount != 0 { sheet.add("Discount", order.totals.discount.text) }
        sheet.add("Shipping", order.totals.shipping.text)
        sheet.add(order.totals.taxIncluded ? "Tax within" : "Tax", order.totals.tax.text)
        sheet.add("Total", order.totals.total.text, .strong)
        for adjustment in order.adjustments {
            let units = adjustment.items.text
            sheet.add(
                adjustment.cause.rawValue.prefix(1).uppercased() + adjustment.cause.rawValue.dropFirst(),
                adjustment.amount.text + (units.isEmpty ? "" : " for \(units)")
            )
        }
        if !order.adjustments.isEmpty { sheet.add("Comes to", order.comesTo.text, .strong) }
        if order.refunded.amount != 0 { sheet.add("Refunded", order.refunded.text, .caution) }
        return sheet
    }

    private static func timeline(_ order: StaffOrderBody, on console: Console) -> Table {
        var table = Table([
            .init("WHEN"), .init("WHAT"), .init("WHO", canShrink: true), .init("AMOUNT", isNumber: true),
            .init("WHY", canShrink: true),
        ])
        for entry in order.timeline {
            table.add([
                .time(entry.at, console, .quiet), Table.Cell(entry.kind), Table.Cell(entry.actor),
                Table.Cell(entry.amount.map(\.text) ?? ""), Table.Cell(entry.reason ?? ""),
            ])
        }
        return table
    }
}
