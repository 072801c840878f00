package import Commerce

/// What an order's facts mean, as pure functions.
extension Order {
    /// Whether its money has come, whatever of it went back since.
    package var isPaid: Bool { [.paid, .partlyRefunded, .refunded].contains(paymentStatus) }

    /// Whether address and e-mail may still be corrected, and the order cancelled: until packing starts.
    package var canBeCorrected: Bool { status == .placed && fulfilmentStatus == .unfulfilled && packedAt == nil }

    /// The SKUs that are really in the box.
    package static func bought(_ lines: [Line]) -> Set<SKU> {
        Set(lines.flatMap(\.components).filter { $0.quantity > 0 }.map(\.sku))
    }

    /// How many of each component the order holds back from the stock: what has not left yet.
    package var reserved: [(sku: SKU, quantity: Int)] {
        var reserved: [SKU: Int] = [:]
        for component in lines.flatMap(\.components) {
            reserved[component.sku, default: 0] += component.quantity - component.shipped
        }
        return reserved.filter { $0.value > 0 }.map { ($0.key, $0.value) }
    }

    /// A component of which something is still to be packed.
    package struct OpenComponent: Sendable {
        package let line: Int
        package let position: Int
        package let part: Component
        package var left: Int { part.quantity - part.packed }

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

extension Order.FulfilmentStatus {
    /// Whether something is still to be sent.
    package var isOpen: Bool { self == .unfulfilled || self == .partlyShipped }
}
