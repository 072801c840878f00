import Commerce
import GuideFormats
import StoreAPI

/// Everything that is held of a person, as a page to be read and printed: what the export says, in tables.
struct PersonalPage {
    static let template = HTMLTemplate(Embedded.text("personal.mustache"), style: Embedded.text("personal.css"))

    let export: PersonalExportBody

    func html() -> String {
        let count = export.orders.count
        return Self.template.render([
            "email": export.email, "madeAt": Self.moment(export.madeAt),
            "count": count == 1 ? "one order" : "\(count) orders",
            "orders": export.orders.map { record in
                ["number": record.order.number, "tables": Self.tables(record)] as [String: Any]
            },
        ])
    }

    /// What the page says of an order. A table without rows is left out.
    private static func tables(_ record: PersonalRecordBody) -> [[String: Any]] {
        let order = record.order
        return [
            facts("Who", who(order)), facts("The order", whole(order)),
            table("The guide", ["Revision", "Issued", "Sessions", "Time zone", "Choices"], record.guides.map(cells)),
            table(
                "Invoices and credit notes",
                ["Number", "Issued", "Total", "To", "Kept until"],
                record.documents.map {
                    [$0.number, moment($0.issuedAt), $0.total.text, $0.buyer.joined(separator: ", "), $0.keptUntil]
                }
            ),
            table(
                "Money",
                ["When", "What", "Amount", "Written beside it"],
                record.payments.map {
                    [moment($0.at), $0.kind == "receipt" ? "came in" : "went back", $0.amount.text, $0.reference ?? ""]
                }
            ),
            table(
                "Tries to pay",
                ["When", "Through", "How it ended", "The provider's name for it"],
                record.attempts.map { [moment($0.at), $0.provider, $0.status, $0.session ?? ""] }
            ),
            table(
                "Parcels",
                ["Packed", "Sent", "Carrier", "Tracking number"],
                order.parcels.map {
                    [
                        moment($0.packedAt), $0.shippedAt.map(moment) ?? "", $0.carrier ?? "",
                        $0.trackingNumber ?? "",
                    ]
                }
            ),
            table(
                "What happened, and who looked",
                ["When", "What", "By", "Why"],
                order.timeline.map { [moment($0.at), words($0.kind), $0.actor, $0.reason ?? ""] }
            ),
            table(
                "Mails",
                ["When", "About", "Outcome"],
                record.mails.map { [moment($0.at), words($0.about), $0.sent ? "sent" : "could not be sent"] }
            ),
            table(
                "What mail and other systems answered",
                ["When", "To", "About", "Outcome", "Answer"],
                // That reminders were planned is told to nobody outside.
                record.deliveries.filter { $0.channel != "reminders" }.map {
                    [moment($0.at), $0.channel, words($0.type), $0.outcome.rawValue, $0.answer ?? $0.reason ?? ""]
                }
            ),
            table(
                "Reminders",
                ["Day", "Hour", "Time zone", "About", "State"],
                record.reminders.map { [$0.date, "\($0.hour):00", $0.timeZone, words($0.about), words($0.state)] }
            ),
            table(
                "Offers by mail",
                ["When", "Said", "Words", "Where"],
                record.offers.map { [moment($0.at), $0.given ? "yes" : "no more", $0.wording ?? "", words($0.source)] }
            ),
        ].compactMap(\.self)
    }

    private static func who(_ order: StaffOrderBody) -> [(String, String?)] {
        [
            ("Name", order.customer.name), ("Called", order.customer.givenName), ("E-mail", order.customer.email),
            ("Phone", order.customer.phone), ("Address", address(order.shippingAddress)),
            ("Billing address", order.billingAddress.map(address)), ("Language", order.language),
            ("Appointment's reference", order.ref),
            ("Reminded at", order.reminders.map { "\($0.hour):00" }),
        ]
    }

    private static func whole(_ order: StaffOrderBody) -> [(String, String?)] {
        [
            ("Placed", moment(order.placedAt)), ("Status", words(order.status.rawValue)),
            ("Payment", "\(words(order.payment.status.rawValue)), by \(order.payment.method)"),
            ("Items", order.items.map { "\($0.quantity) × \($0.name)" }.joined(separator: ", ")),
            ("Total", order.totals.total.text),
            ("Agreed to", order.accepted.isEmpty ? nil : order.accepted.map(words).joined(separator: ", ")),
            ("Codes", order.discountCodes.isEmpty ? nil : order.discountCodes.joined(separator: ", ")),
            (
                "On hold",
                order.hold.map { [words($0.reason.rawValue), $0.note].compactMap(\.self).joined(separator: ": ") }
            ),
        ]
    }

    private static func cells(_ guide: PersonalGuideBody) -> [String] {
        let course = guide.course
        return [
            "\(guide.revision)", moment(guide.issuedAt), course?.sessions.joined(separator: ", ") ?? "none",
            course?.timeZone ?? "",
            course.map {
                "\($0.keepDryHours) h dry, wash every \($0.washIntervalDays) days, \($0.restDays) days of rest"
            } ?? "",
        ]
    }

    private static func address(_ address: AddressBody) -> String {
        [address.line1, address.line2, address.city, address.region, address.postalCode, address.country]
            .compactMap(\.self).joined(separator: ", ")
    }

    private static func facts(_ caption: String, _ facts: [(String, String?)]) -> [String: Any]? {
        [
            "caption": caption,
            "rows": facts.compactMap { name, value in
                value.map { ["name": name, "cells": [$0]] as [String: Any] }
            },
        ]
    }

    private static func table(_ caption: String, _ head: [String], _ rows: [[String]]) -> [String: Any]? {
        guard !rows.isEmpty else { return nil }
        return ["caption": caption, "head": ["names": head], "rows": rows.map { ["cells": $0] }]
    }

    /// `2026-11-24 12:00`, of an instant in UTC.
    private static func moment(_ instant: String) -> String {
        "\(instant.prefix(10)) \(instant.dropFirst(11).prefix(5)) UTC"
    }

    /// A word of the contract's, as a person reads it: `partlyRefunded` is `partly refunded`.
    private static func words(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            text += letter.isUppercase && !text.isEmpty ? " \(letter.lowercased())" : String(letter)
        }
    }
}

extension MoneyBody {
    fileprivate var text: String {
        Currency(rawValue: currency).map { Money(Int64(amount), $0).text } ?? "\(amount) \(currency)"
    }
}
