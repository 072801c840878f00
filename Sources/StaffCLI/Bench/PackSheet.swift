import StoreAPI

/// A packing list for the eye.
enum PackSheet {
    /// Where the parcel goes, and what has to go into it.
    static func show(_ list: PackListBody, on console: Console) throws {
        var sheet = FactSheet()
        sheet.add("Order", list.number, .strong)
        sheet.add("Ship by", list.shipBy)
        sheet.add("To", ([list.name] + list.shippingAddress.lines).joined(separator: ", "))
        sheet.add("With", list.shippingMethod)
        sheet.add("Yours until", list.lease?.until)
        try console.show(sheet)
        try console.write(lines: [""])
        try show(PackingBench(list.components), on: console)
        for parcel in list.parcels { try console.say(parcel.text, .quiet) }
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
