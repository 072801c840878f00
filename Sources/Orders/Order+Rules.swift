package import Commerce

/// What an order's facts mean, as pure functions.
extension Order {
    /// Whether its money has come, whatever of it went back since.
    package var isPaid: Bool { [.paid, .partlyRefunded, .refunded].contains(paymentStatus) }

    /// Whether address and e-mail may still be corrected, and the order cancelled: until packing starts.
    package var canBeCorrected: Bool { status == .placed && fulfilmentStatus == .unfulfilled && packedAt == nil }

    /// The SKUs that are really in the box.
    package static func bought(_ lines: [Line]) -> Set<SKU> {
        Set(lines.flatMap(\.components).filter { $0.quantity > $0.cancelled }.map(\.sku))
    }

    /// How many of each component the order holds back from the stock: what has not left yet.
    package var reserved: [(sku: SKU, quantity: Int)] {
        var reserved: [SKU: Int] = [:]
        for component in lines.flatMap(\.components) {
            reserved[component.sku, default: 0] += component.quantity - component.cancelled - component.shipped
        }
        return reserved.filter { $0.value > 0 }.map { ($0.key, $0.value) }
    }

    /// A component of which something is still to be packed.
    package struct OpenComponent: Sendable {
        package let line: Int
        package let position: Int
        package let part: Component
        package var left: Int { part.quantity - part.cancelled - part.packed }

        package func item(_ quantity: Int, lot: String?) -> Shipment.Item {
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

    /// What is given up where some units' money goes back: units of which nothing is packed are never sent. The others
    /// must have left: of a parcel that still waits nobody takes out what was paid back.
    /// - Returns: nil where a parcel that waits holds some of them.
    func cancellations(refunding quantities: [SKU: Int]) -> [Cancellation]? {
        var cancellations: [Cancellation] = []
        for (index, line) in lines.enumerated() {
            guard let quantity = quantities[line.sku], quantity > 0 else { continue }
            let open = line.quantity - line.cancelledQuantity - line.begun(\.packed)
            let cancelled = min(quantity, max(open, 0))
            let left = line.begun(\.shipped) - (line.refundedQuantity - line.cancelledQuantity)
            guard quantity - cancelled <= left else { return nil }
            guard cancelled > 0 else { continue }
            let remaining = line.quantity - line.cancelledQuantity - cancelled
            let components = line.components.enumerated().map { place, part in
                // An optional thing of which too few were there goes into the boxes that remain.
                let most = part.wanted / line.quantity * remaining
                return (position: place + 1, sku: part.sku, quantity: max(0, part.quantity - part.cancelled - most))
            }
            cancellations.append(
                Cancellation(line: index + 1, quantity: cancelled, components: components.filter { $0.quantity > 0 })
            )
        }
        return cancellations
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
            return (whole > 0 ? [(line.sku, whole)] : []) + rest.filter { $0.quantity > 0 }
        }
    }
}

extension Order.Line {
    /// How many of its units have begun to be packed, or to leave: those of which any component has.
    fileprivate func begun(_ count: KeyPath<Order.Component, Int>) -> Int {
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
