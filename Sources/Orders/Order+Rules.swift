package import Commerce
package import UsageGuide

/// What an order's facts mean, as pure functions.
extension Order {
    /// Its sessions, as its guide has them; nil where the customer gave none.
    package var course: Course? { guide.guide.plan.course }

    /// Whether its money has come, whatever of it went back since.
    package var isPaid: Bool { [.paid, .partlyRefunded, .refunded].contains(paymentStatus) }

    /// Whether customer and address may still be corrected, and the order cancelled: until packing starts.
    package var canBeCorrected: Bool { status == .placed && fulfilmentStatus == .unfulfilled && packedAt == nil }

    /// The SKUs that are in the order: to be sent, on their way, or with the customer.
    package static func bought(_ lines: [Line]) -> Set<SKU> {
        Set(lines.flatMap(\.parts).filter { $0.quantity - $0.cancelled > $0.returned + $0.lost }.map(\.sku))
    }

    /// How many of each component the order holds back from the stock: what has not left yet.
    package var reserved: [(sku: SKU, quantity: Int)] {
        var reserved: [SKU: Int] = [:]
        for part in lines.flatMap(\.parts) {
            reserved[part.sku, default: 0] += part.quantity - part.cancelled - part.shipped
        }
        return reserved.filter { $0.value > 0 }.map { ($0.key, $0.value) }
    }

    /// A component of which something is still to be packed.
    package struct OpenComponent: Sendable {
        /// Where a component stands in its order: its line, and its place in it, both from 1.
        package struct Place: Sendable, Hashable {
            package let line: Int
            package let position: Int

            package init(line: Int, position: Int) { (self.line, self.position) = (line, position) }
        }

        package let line: Int
        package let position: Int
        package let part: Component
        package var left: Int { part.open }

        package func item(_ quantity: Int, lot: String?) -> Shipment.Item {
            Shipment.Item(line: line, position: position, sku: part.sku, quantity: quantity, lot: lot)
        }
    }

    /// What is still to be packed, line by line.
    package var openComponents: [OpenComponent] {
        lines.enumerated().flatMap { line in
            line.element.parts.enumerated().map {
                OpenComponent(line: line.offset + 1, position: $0.offset + 1, part: $0.element)
            }
        }.filter { $0.left > 0 }
    }

    /// The component at a place.
    package func part(_ place: OpenComponent.Place) -> Component { lines[place.line - 1].parts[place.position - 1] }

    /// Units of a line that are given up before they leave, with what would have been packed for them.
    struct Cancellation: Equatable {
        let line: Int
        let quantity: Int
        /// The places of the line's components, and how many fewer of each are sent.
        let components: [(position: Int, sku: SKU, quantity: Int)]

        static func == (one: Cancellation, other: Cancellation) -> Bool {
            one.line == other.line && one.quantity == other.quantity
                && one.components.elementsEqual(other.components, by: ==)
        }
    }

    /// How many units of a line can still be given up: a kit is packed once any of its components is.
    package func open(_ line: Line) -> Int { max(0, line.quantity - line.cancelledQuantity - line.begun(\.packed)) }

    /// What is given up with some units that lie in no parcel.
    /// - Throws: `OrderError.notOpen` where so many of a product are not open, or the order has none.
    func cancellations(_ quantities: [SKU: Int]) throws(OrderError) -> [Cancellation] {
        for (sku, quantity) in quantities where !lines.contains(where: { $0.sku == sku && open($0) >= quantity }) {
            throw .notOpen(sku, lines.first { $0.sku == sku }.map(open) ?? 0)
        }
        return lines.enumerated().compactMap { index, line in
            guard let cancelled = quantities[line.sku], cancelled > 0 else { return nil }
            let remaining = line.quantity - line.cancelledQuantity - cancelled
            let components = line.components.enumerated().map { place, part in
                // An optional thing of which too few were there goes into the boxes that remain.
                let most = part.wanted / line.quantity * remaining
                return (position: place + 1, sku: part.sku, quantity: max(0, part.quantity - part.cancelled - most))
            }
            return Cancellation(
                line: index + 1,
                quantity: cancelled,
                components: components.filter { $0.quantity > 0 }
            )
        }
    }

    /// All that can still be given up, by product.
    package var openQuantities: [SKU: Int] {
        Dictionary(lines.map { ($0.sku, open($0)) }.filter { $0.1 > 0 }, uniquingKeysWith: +)
    }

    /// What the customer has of some units of lines, by place: of each component as much as so many units hold, first of what
    /// was sold, then of what replaced it.
    package func kept(ofLines lines: [Int: Int]) -> [OpenComponent.Place: Int] {
        var kept: [OpenComponent.Place: Int] = [:]
        for (line, quantity) in lines {
            let sold = self.lines[line - 1]
            var whole: [SKU: Int] = [:]
            for part in sold.components { whole[part.sku, default: 0] += part.wanted / sold.quantity * quantity }
            for (index, part) in sold.parts.enumerated() {
                let count = min(part.kept, whole[part.sku, default: 0])
                whole[part.sku, default: 0] -= count
                if count > 0 { kept[OpenComponent.Place(line: line, position: index + 1)] = count }
            }
        }
        return kept
    }

    /// The order as it is once the parcels that wait are opened.
    package var withParcelsOpened: Order {
        var order = self
        for index in order.lines.indices {
            for part in order.lines[index].components.indices {
                order.lines[index].components[part].packed = order.lines[index].components[part].shipped
            }
            for part in order.lines[index].replacements.indices {
                order.lines[index].replacements[part].packed = order.lines[index].replacements[part].shipped
            }
        }
        order.shipments.removeAll { $0.shippedAt == nil }
        if order.shipments.isEmpty { order.packedAt = nil }
        return order
    }

    /// Units that lie in no parcel, and are all there is of the order: giving them up cancels it.
    package func isWhole(_ quantities: [SKU: Int]) -> Bool {
        packedAt == nil && lines.allSatisfy { $0.quantity - $0.cancelledQuantity == quantities[$0.sku, default: 0] }
    }

    /// The parcels that are packed and have not left.
    package var waitingShipments: [Shipment] { shipments.filter { $0.shippedAt == nil } }

    /// A parcel's content as it was sold: whole kits as far as what it holds goes, and what is in it beyond them.
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
            let rest = zip(line.components, held).map { part, held in
                (sku: part.sku, quantity: held - whole * part.wanted / line.quantity)
            }
            let replaced = items.filter { $0.position > line.components.count }.map { ($0.sku, $0.quantity) }
            return (whole > 0 ? [(line.sku, whole)] : []) + rest.filter { $0.quantity > 0 } + replaced
        }
    }
}

extension Order.Component {
    /// So many of a component, sent once more.
    package init(_ component: Order.Component, quantity: Int) {
        self.init(
            sku: component.sku,
            name: component.name,
            quantity: quantity,
            wanted: quantity,
            isRequired: true
        )
    }
}

extension Order.Line {
    /// What of it has not left yet, component by component, and how many.
    package var unsent: [(part: Order.Component, count: Int)] {
        parts.map { ($0, $0.quantity - $0.cancelled - $0.shipped) }.filter { $0.1 > 0 }
    }

    /// How many of its units have begun to be packed, or to leave: those of which any component has.
    package func begun(_ count: KeyPath<Order.Component, Int>) -> Int {
        components.map { part in
            let each = max(part.wanted / quantity, 1)
            return (part[keyPath: count] + each - 1) / each
        }.max() ?? 0
    }
}

extension Order.FulfilmentStatus {
    /// Whether something is still to be sent.
    package var isOpen: Bool { self == .unfulfilled || self == .partlyShipped }
}
