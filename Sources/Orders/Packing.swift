package import Catalog
package import Commerce

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

/// Everything that is wrong with what was put into a box.
package struct PackingRefusal: Error, Sendable {
    package struct Fault: Equatable, Sendable {
        /// Where in the request, as a JSON Pointer.
        package let pointer: String
        package let code: String
        package let detail: String
    }

    package let faults: [Fault]
}

/// What goes into a box for an order: no wrong thing, none too many, none missing.
struct Packing: Equatable {
    /// What an order goes without from now on.
    struct Dropped: Equatable {
        let line: Int
        let position: Int
        let sku: SKU
        let quantity: Int
    }

    private(set) var items: [Order.Shipment.Item] = []
    private(set) var dropped: [Dropped] = []

    /// Checks what was scanned against what the order still needs.
    /// - Parameters:
    ///   - lots: the lots there are of each component.
    ///   - today: where the shop is.
    init(
        _ request: PackingRequest,
        for order: Order,
        catalog: Catalog,
        lots: [SKU: StockStore.Lots],
        today: CalendarDate
    ) throws(PackingRefusal) {
        var faults: [PackingRefusal.Fault] = []
        func fault(_ pointer: String, _ code: String, _ detail: String) {
            faults.append(PackingRefusal.Fault(pointer: pointer, code: code, detail: detail))
        }
        let open = order.openComponents
        var needed: [SKU: Int] = [:]
        for component in open { needed[component.part.sku, default: 0] += component.left }

        /// What is in the box and not yet assigned to a component, in the order it was scanned.
        var box: [(sku: SKU, lot: String?, quantity: Int)] = []
        for (index, scan) in request.scanned.enumerated() {
            let place = "/scanned/\(index)"
            guard let sku = catalog.sku(scanned: scan.code), let left = needed[sku] else {
                fault(place, "notInOrder", "\(scan.code) does not belong into this box.")
                continue
            }
            guard scan.quantity <= left else {
                fault(place, "tooMany", left == 0 ? "There is one \(sku) too many." : "Only \(left) of \(sku) go in.")
                continue
            }
            let known = lots[sku] ?? StockStore.Lots()
            switch scan.lot.map({ known.expiries[$0] }) {
            case nil where known.mustBeNamed:
                let names = known.expiries.keys.sorted().joined(separator: ", ")
                fault(place, "lotMissing", "Name the lot of \(sku): \(names).")
            case .some(nil): fault(place, "lotUnknown", "There is no lot \(scan.lot ?? "") of \(sku) in stock.")
            case .some(.some(let expires?)) where expires < today:
                fault(place, "lotExpired", "Lot \(scan.lot ?? "") of \(sku) expired on \(expires): take another.")
            default: break
            }
            needed[sku] = left - scan.quantity
            box.append((sku, scan.lot, scan.quantity))
        }
        for (index, sku) in request.without.enumerated()
        where !open.contains(where: { $0.part.sku == sku && !$0.part.isRequired }) {
            fault("/without/\(index)", "notOptional", "The order can't go without \(sku).")
        }
        if request.scanned.isEmpty { fault("/scanned", "missing", "Nothing was scanned.") }

        for component in open {
            var left = component.left
            for index in box.indices where box[index].sku == component.part.sku && box[index].quantity > 0 && left > 0 {
                let taken = min(left, box[index].quantity)
                box[index].quantity -= taken
                left -= taken
                add(component, taken, lot: box[index].lot)
            }
            guard left > 0 else { continue }
            if request.without.contains(component.part.sku), !component.part.isRequired {
                dropped.append(
                    Dropped(
                        line: component.line,
                        position: component.position,
                        sku: component.part.sku,
                        quantity: left
                    )
                )
            } else if !request.isPartial {
                let hint = component.part.isRequired ? "" : " Put it in, or say that the order goes without it."
                fault(
                    "/scanned",
                    "missing",
                    "\(left) of \(component.part.sku) \(left == 1 ? "is" : "are") missing.\(hint)"
                )
            }
        }
        if !faults.isEmpty { throw PackingRefusal(faults: faults) }
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

extension Order {
    /// A component of which something is still to be packed.
    package struct OpenComponent: Sendable {
        package let line: Int
        package let position: Int
        package let part: Component
        package var left: Int { part.quantity - part.packed }

        func item(_ quantity: Int, lot: String?) -> Shipment.Item {
            Shipment.Item(line: line, position: position, sku: part.sku, quantity: quantity, lot: lot)
        }
    }

    /// What is still to be packed, line by line.
    package var openComponents: [OpenComponent] {
        lines.enumerated().flatMap { line in
            line.element.components.enumerated().map {
                OpenComponent(line: line.offset + 1, position: $0.offset + 1, part: $0.element)
            }
        }.filter { $0.left > 0 }
    }

    /// The parcel that is packed and has not left.
    package var waitingShipments: [Shipment] { shipments.filter { $0.shippedAt == nil } }

    /// A parcel's content as it was sold: whole kits where it holds all that one needs, else what is in it.
    package func soldItems(of shipment: Shipment) -> [(sku: SKU, quantity: Int)] {
        lines.enumerated().flatMap { index, line -> [(sku: SKU, quantity: Int)] in
            let items = shipment.items.filter { $0.line == index + 1 }
            let held = line.components.indices.map { position in
                items.filter { $0.position == position + 1 }.reduce(0) { $0 + $1.quantity }
            }
            let whole =
                zip(line.components, held).filter(\.0.isRequired).map { part, held in
                    held * line.quantity / max(part.wanted, 1)
                }.min() ?? 0
            if whole > 0 { return [(line.sku, whole)] }
            return zip(line.components, held).filter { $0.1 > 0 }.map { ($0.0.sku, $0.1) }
        }
    }
}

extension Catalog {
    /// The product that a code at the bench means: a product code in any case, or a barcode.
    package func sku(scanned code: String) -> SKU? {
        let code = code.filter { !$0.isWhitespace }
        if let sku = SKU(rawValue: code.uppercased()), product(sku) != nil { return sku }
        return products.first { $0.barcode == code }?.sku
    }
}
