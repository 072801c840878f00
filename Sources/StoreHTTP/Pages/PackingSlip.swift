import Catalog
import Commerce
import GuideFormats
import Orders

/// The slip that goes through packing with an order: what is in the box, where it goes, and a code to scan.
struct PackingSlip {
    /// Slips and inserts bound into one document. Each begins on a sheet of its own, so that whoever prints on both sides
    /// hands no customer the slip of another. WeasyPrint does so by itself (`break-before`); Chromium does not leave a
    /// back empty, so for it a slip is taller than one side, and never than two.
    static func template(on paper: Paper) -> HTMLTemplate {
        switch paper {
        case .a4: boundOnA4
        case .letter: boundOnLetter
        }
    }

    private static let boundOnA4 = binding(on: .a4)
    private static let boundOnLetter = binding(on: .letter)
    private static let slip = HTMLTemplate(Embedded.text("slip.mustache"), style: "")

    private static func binding(on paper: Paper) -> HTMLTemplate {
        HTMLTemplate(
            Embedded.text("prints.mustache"),
            style: GuideSheet.insertStyle(on: paper) + Embedded.text("slip.css")
        )
    }

    /// So many millimetres of a sheet's two sides are free for the address and for rows, wherever the first side ends.
    private static let room = 250

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

    static func bound(_ sheets: String, on paper: Paper) -> String {
        template(on: paper).render(["sheets": sheets])
    }

    /// The order's sheets: one, and more where it has many rows.
    func html() -> String {
        let number = order.number.description
        var values: [String: Any] = [
            "language": words.language, "direction": words.direction, "number": number,
            "code": QRCode.svg(number, label: number) ?? "",
            "placed": words.text(.orderPlaced, ["date": words.date(day(order.placedAt))]),
            "wordTo": words.text(.documentTo), "wordItem": words.text(.documentItem),
            "wordQuantity": words.text(.documentQuantity),
            "address": address,
        ]
        values["shipBy"] = order.shipBy.map { words.text(.slipShipBy, ["date": words.date($0)]) }
        values["method"] = order.shippingMethod
        values["hold"] = order.hold.map { words.text(.slipHold, ["reason": $0.note ?? $0.reason.rawValue]) }
        // What keeps the order now stands there already.
        let notes = self.notes.filter { $0.kind == .note || $0.at != order.hold?.at }.map { note in
            switch note.kind {
            case .note: words.text(.slipNote, ["text": note.text])
            case .hold: words.text(.slipHeld, ["reason": note.text])
            }
        }
        let sheets = self.sheets
        return sheets.enumerated().map { index, lines in
            values["lines"] = lines.map(row)
            values["notes"] = index == 0 ? notes : nil
            if sheets.count > 1 {
                values["sheet"] = words.text(.slipSheet, ["number": "\(index + 1)", "count": "\(sheets.count)"])
            }
            return Self.slip.render(values)
        }.joined()
    }

    private var address: [String] {
        let address = order.details.shippingAddress
        return [
            order.details.customer.name, address.line1, address.line2, address.city, address.region, address.postalCode,
            address.country.rawValue,
        ].compactMap(\.self)
    }

    /// What is to be packed, as it is spread over sheets that surely hold it.
    private var sheets: [[Order.Line]] {
        let room = Self.room - address.reduce(0) { $0 + Self.height($1, lineLength: 31) }
        var sheets: [[Order.Line]] = [[]]
        var used = 0
        for line in order.lines where !line.unsent.isEmpty {
            let names = (line.kind == .kit ? [line.name] : []) + line.parts.map(\.name)
            // Beside its name a row has a line for its SKU, or for what is missing, and space.
            let height = names.reduce(0) { $0 + 8 + Self.height($1, lineLength: 19) }
            if used > 0, used + height > room {
                sheets.append([])
                used = 0
            }
            sheets[sheets.count - 1].append(line)
            used += height
        }
        return sheets
    }

    /// The most millimetres that a text takes, where of the widest letter so many fill a line.
    private static func height(_ text: String, lineLength: Int) -> Int { (text.count / lineLength + 1) * 6 }

    private func row(_ line: Order.Line) -> [String: Any] {
        [
            "name": line.name,
            "quantity": "\(min(line.quantity - line.cancelledQuantity, line.unsent.map(\.count).max() ?? 0))",
            "isKit": line.kind == .kit,
            "parts": line.unsent.map { part, count in
                [
                    "name": part.name, "quantity": "\(count)",
                    "sku": part.sku.rawValue,
                    "barcode": catalog?.product(part.sku)?.barcode ?? "",
                ]
            },
            "missing": line.components.filter { $0.quantity < $0.wanted }.map { part in
                words.text(.orderWithout, ["product": part.name])
            },
        ]
    }
}
