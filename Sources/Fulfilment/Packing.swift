package import Catalog
package import Commerce
import Orders

/// What the bench says is in a box.
package struct PackingRequest: Sendable {
    package struct Scan: Sendable {
        /// A product code or a barcode.
        package let code: String
        package let quantity: Int
        package let lot: String?

        package init(code: String, quantity: Int, lot: String?) {
            self.code = code
            self.quantity = quantity
            self.lot = lot
        }
    }

    package let scanned: [Scan]
    /// Optional components that the order goes without.
    package let without: [SKU]
    /// Whether the rest follows in another box.
    package let isPartial: Bool

    package init(scanned: [Scan], without: [SKU], isPartial: Bool) {
        self.scanned = scanned
        self.without = without
        self.isPartial = isPartial
    }
}

/// What goes into a box for an order: no wrong thing, none too many, none missing.
package struct Packing: Sendable {
    /// Something that is wrong with what was put into a box.
    package struct Mistake: Equatable, Sendable {
        /// Where in the request, as a JSON Pointer.
        package let pointer: String
        package let code: String
        package let detail: String
    }

    private(set) var items: [Order.Shipment.Item] = []
    /// What the order goes without from now on.
    private(set) var dropped: [(component: Order.OpenComponent, quantity: Int)] = []

    /// Checks what was scanned against what the order still needs.
    /// - Parameters:
    ///   - lots: the lots there are of each component.
    ///   - waiting: how many units of each lot lie in parcels that wait.
    ///   - today: where the shop is.
    init(
        _ request: PackingRequest,
        for order: Order,
        catalog: Catalog,
        lots: [SKU: StockStore.Lots],
        waiting: [SKU: [String: Int]],
        today: CalendarDate
    ) throws(FulfilmentError) {
        var mistakes: [Mistake] = []
        func report(_ pointer: String, _ code: String, _ detail: String) {
            mistakes.append(Mistake(pointer: pointer, code: code, detail: detail))
        }
        let open = order.openComponents
        var needed: [SKU: Int] = [:]
        for component in open { needed[component.part.sku, default: 0] += component.left }

        /// What is in the box and not yet assigned to a component, in the order it was scanned.
        var box: [(sku: SKU, lot: String?, quantity: Int)] = []
        var taken = waiting
        for (index, scan) in request.scanned.enumerated() {
            let place = "/scanned/\(index)"
            guard let sku = catalog.sku(scanned: scan.code), let left = needed[sku] else {
                report(place, "notInOrder", "\(scan.code) does not belong into this box.")
                continue
            }
            guard scan.quantity <= left else {
                report(place, "tooMany", left == 0 ? "There is one \(sku) too many." : "Only \(left) of \(sku) go in.")
                continue
            }
            let known = lots[sku] ?? StockStore.Lots()
            switch scan.lot.map({ known.expiries[$0] }) {
            case nil where known.mustBeNamed:
                let names = known.expiries.keys.sorted().joined(separator: ", ")
                report(place, "lotMissing", "Name the lot of \(sku): \(names).")
            case .some(nil): report(place, "lotUnknown", "There is no lot \(scan.lot ?? "") of \(sku) in stock.")
            case .some(.some(let expires?)) where expires < today:
                report(place, "lotExpired", "Lot \(scan.lot ?? "") of \(sku) expired on \(expires): take another.")
            default:
                let lot = scan.lot ?? ""
                taken[sku, default: [:]][lot, default: 0] += scan.quantity
                if let count = known.counts[lot], let taken = taken[sku]?[lot], taken > count {
                    let left = max(0, count - taken + scan.quantity)
                    let which = lot.isEmpty ? "\(sku) without a lot" : "lot \(lot) of \(sku)"
                    report(place, "lotTooFew", "Only \(left) of \(which) can be packed: take another, or count it.")
                }
            }
            needed[sku] = left - scan.quantity
            box.append((sku, scan.lot, scan.quantity))
        }
        for (index, sku) in request.without.enumerated()
        where !open.contains(where: { $0.part.sku == sku && !$0.part.isRequired }) {
            report("/without/\(index)", "notOptional", "The order can't go without \(sku).")
        }
        let isAllDropped = open.allSatisfy { !$0.part.isRequired && request.without.contains($0.part.sku) }
        if request.scanned.isEmpty, !isAllDropped { report("/scanned", "missing", "Nothing was scanned.") }

        // What is required is filled first: of an optional thing the order may go without, of the other it may not.
        for component in open.filter(\.part.isRequired) + open.filter({ !$0.part.isRequired }) {
            var left = component.left
            for index in box.indices where box[index].sku == component.part.sku && box[index].quantity > 0 && left > 0 {
                let taken = min(left, box[index].quantity)
                box[index].quantity -= taken
                left -= taken
                add(component, taken, lot: box[index].lot)
            }
            guard left > 0 else { continue }
            if request.without.contains(component.part.sku), !component.part.isRequired {
                dropped.append((component, left))
            } else if !request.isPartial {
                let hint = component.part.isRequired ? "" : " Put it in, or say that the order goes without it."
                report(
                    "/scanned",
                    "missing",
                    "\(left) of \(component.part.sku) \(left == 1 ? "is" : "are") missing.\(hint)"
                )
            }
        }
        if !mistakes.isEmpty { throw .wrongContents(mistakes) }
    }

    private mutating func add(_ component: Order.OpenComponent, _ quantity: Int, lot: String?) {
        if let index = items.firstIndex(where: {
            ($0.line, $0.position, $0.lot) == (component.line, component.position, lot)
        }) {
            let earlier = items.remove(at: index)
            items.insert(component.item(earlier.quantity + quantity, lot: lot), at: index)
        } else {
            items.append(component.item(quantity, lot: lot))
        }
    }
}

extension Catalog {
    /// The product that a code at the bench means: a product code in any case, or a barcode.
    package func sku(scanned code: String) -> SKU? {
        let code = code.filter { !$0.isWhitespace }
        if let sku = SKU(rawValue: code.uppercased()), product(sku) != nil { return sku }
        guard let number = GTIN(code) else { return nil }
        return products.first { $0.barcode.flatMap { GTIN($0) } == number }?.sku
    }
}
