import Commerce
import StoreAPI

extension MoneyBody {
    /// The amount as people write it: `45.00 GBP`.
    var text: String { Money.text(amount, currencyCode: currency) }
}

extension CustomerBody {
    /// Who it is and how they are reached, on one line.
    var text: String {
        [name, givenName.map { "called \($0)" }, email, phone].compactMap(\.self).joined(separator: ", ")
    }
}

extension AddressBody {
    /// The address as it is written on a parcel.
    var lines: [String] {
        let town = [city, region, postalCode].compactMap { $0 }.filter { !$0.isEmpty }
        return [line1, line2 ?? "", town.joined(separator: " "), country].filter { !$0.isEmpty }
    }

    /// The address on one line.
    var text: String { lines.joined(separator: ", ") }
}

extension MoneyBackBody {
    /// Who gets how much, and by which way, as a sentence.
    var text: String {
        guard amount.amount > 0 else { return "Nothing goes back; the order comes to \(comesTo.text) then." }
        let way = method == "invoice" ? "by a transfer that you make" : "by \(method), as it was paid"
        return "\(amount.text) goes back to \(to), \(way); the order comes to \(comesTo.text) then."
    }
}

extension OrderNoteBody {
    /// The note with who wrote it: `Note: Rings twice. (staff desk)`.
    var line: String {
        let word =
            switch kind {
            case .hold: "Put on hold"
            case .note, .unknown: "Note"
            }
        return "\(word): \(text) (\(by))"
    }
}

extension [ChoiceItemBody] {
    /// Products and their quantities on one line: `2 DM-KIT, 1 RESTORE-LOTION`.
    var text: String { map { "\($0.quantity) \($0.sku)" }.joined(separator: ", ") }
}

extension ParcelBody {
    /// The parcel on one line: what is in it, and where it is.
    func text(on console: Console) -> String {
        let contents = items.map { "\($0.quantity) \($0.sku)\($0.lot.map { " (lot \($0))" } ?? "")" }
        let shipment =
            shippedAt.map { at in
                [carrier, trackingNumber, console.time(at), trackingUrl].compactMap { $0 }.joined(separator: " ")
            } ?? "waits to be sent"
        return "Parcel \(id): \(contents.joined(separator: ", ")); \(shipment)"
    }
}

extension StockRowBody {
    /// The component's stock in one sentence.
    var text: String { "\(sku): \(onHand) on hand, \(reserved) reserved, \(available) available." }
}
