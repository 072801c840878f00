import StoreAPI

/// A packing list for the eye.
enum PackSheet {
    /// What was written down about the order, where the parcel goes, and what has to go into it.
    static func show(_ list: PackListBody, on console: Console) throws {
        for note in list.notes { try console.say(note.line, .caution) }
        var sheet = FactSheet()
        sheet.add("Order", list.number, .strong)
        sheet.add("Ship by", list.shipBy)
        sheet.add("To", ([list.name] + list.shippingAddress.lines).joined(separator: ", "))
        sheet.add("With", list.shippingMethod)
        sheet.add("Guide", "revision \(list.guideRevision)")
        sheet.add("Yours until", list.lease.map { console.time($0.until) })
        try console.show(sheet)
        try console.write(lines: [""])
        try show(PackingBench(list.components), on: console)
        for parcel in list.parcels { try console.say(parcel.text(on: console), .quiet) }
    }

    /// What became another while the order was packed, so that what was printed before does not belong into the box.
    static func outdated(_ packed: PackListBody, since begun: PackListBody) -> [String] {
        var sentences = packed.notes.dropFirst(begun.notes.count).map(\.line)
        if packed.guideRevision != begun.guideRevision {
            sentences.append(newGuide(packed.guideRevision, of: packed.number))
        }
        if packed.shippingAddress != begun.shippingAddress {
            let address = packed.shippingAddress.text
            sentences.append("The address is \(address) now, print the slip again: \(print(packed.number, "slip"))")
        }
        if packed.name != begun.name {
            sentences.append("It is for \(packed.name) now, print again: \(print(packed.number, "both"))")
        }
        return sentences
    }

    /// What to do where the guide in a box is no longer the present one.
    static func newGuide(_ revision: Int, of number: String) -> String {
        "The guide is revision \(revision) now, print it again: \(print(number, "insert"))"
    }

    private static func print(_ number: String, _ kind: String) -> String {
        "aftercare print \(number) --kind \(kind)"
    }

    /// The list with what is in the box already.
    static func show(_ bench: PackingBench, on console: Console) throws {
        guard !bench.components.isEmpty else { return try console.say("Nothing is left to pack.") }
        try console.show(table(bench))
    }

    static func table(_ bench: PackingBench) -> Table {
        var table = Table([
            .init(""), .init("LEFT", isNumber: true), .init("CODE"), .init("NAME", canShrink: true),
            .init("BARCODE", canGo: true), .init("NOTE", canShrink: true),
        ])
        for (place, component) in bench.components.enumerated() {
            let left = bench.left(at: place)
            var remarks: [String] = []
            if component.tracksLots { remarks.append("lot") }
            if !component.required { remarks.append(bench.isLeftOut(at: place) ? "left out" : "optional") }
            table.add([
                Table.Cell(left == 0 ? "[x]" : "[ ]", left == 0 ? .good : .plain), Table.Cell(left),
                Table.Cell(component.sku, .strong), Table.Cell(component.name),
                Table.Cell(component.barcode ?? ""), Table.Cell(remarks.joined(separator: ", "), .quiet),
            ])
        }
        return table
    }
}
