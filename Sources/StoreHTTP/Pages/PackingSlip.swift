import Catalog
import Commerce
import GuideFormats
import Orders

/// The slip that goes through packing with an order: what is in the box, where it goes, and a code to scan.
struct PackingSlip {
    /// Slips and inserts bound into one document, each on its own A5 sheets.
    static let template = HTMLTemplate(
        Embedded.text("prints.mustache"),
        style: GuideSheet.style(.insert) + Embedded.text("slip.css")
    )
    private static let slip = HTMLTemplate(Embedded.text("slip.mustache"), style: "")

    private let order: Order
    private let notes: [OrderNote]
    private let catalog: Catalog?
    private let day: (Instant) -> CalendarDate
    private let words: PageWords

    /// - Parameters:
    ///   - notes: what was written down about the order.
    ///   - catalog: knows the barcodes; nil for none.
    ///   - day: the shop's date at an instant.
    /// - Throws: where the order's language is unknown.
    init(
        _ order: Order,
        notes: [OrderNote],
        catalog: Catalog?,
        day: @escaping (Instant) -> CalendarDate
    ) throws {
        self.order = order
        self.notes = notes
        self.catalog = catalog
        self.day = day
        words = try PageWords(language: order.details.language)
    }

    static func bound(_ sheets: String) -> String { template.render(["sheets": sheets]) }

    func html() -> String {
        let address = order.details.shippingAddress
        let number = order.number.description
        var values: [String: Any] = [
            "language": words.language, "direction": words.direction, "number": number,
            "code": QRCode.svg(number, label: number) ?? "",
            "placed": words.text(.orderPlaced, ["date": words.date(day(order.placedAt))]),
            "wordTo": words.text(.documentTo), "wordItem": words.text(.documentItem),
            "wordQuantity": words.text(.documentQuantity),
            "address": [
                order.details.customer.name, address.line1, address.line2, address.city, address.region,
                address.postalCode,
                address.country.rawValue,
            ].compactMap(\.self),
            "lines": order.lines.filter { $0.quantity > $0.cancelledQuantity }.map { line in
                [
                    "name": line.name, "quantity": "\(line.quantity - line.cancelledQuantity)",
                    "isKit": line.kind == .kit,
                    "parts": line.components.filter { $0.quantity > $0.cancelled }.map { part in
                        [
                            "name": part.name, "quantity": "\(part.quantity - part.cancelled)",
                            "sku": part.sku.rawValue,
                            "barcode": catalog?.product(part.sku)?.barcode ?? "",
                        ]
                    },
                    "missing": line.components.filter { $0.quantity < $0.wanted }.map { part in
                        words.text(.orderWithout, ["product": part.name])
                    },
                ] as [String: Any]
            },
        ]
        values["shipBy"] = order.shipBy.map { words.text(.slipShipBy, ["date": words.date($0)]) }
        values["method"] = order.shippingMethod
        values["hold"] = order.hold.map { words.text(.slipHold, ["reason": $0.note ?? $0.reason.rawValue]) }
        // What keeps the order now stands there already.
        values["notes"] = notes.filter { $0.kind == .note || $0.at != order.hold?.at }.map { note in
            switch note.kind {
            case .note: words.text(.slipNote, ["text": note.text])
            case .hold: words.text(.slipHeld, ["reason": note.text])
            }
        }
        return Self.slip.render(values)
    }
}
