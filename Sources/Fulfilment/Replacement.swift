import Catalog
package import Commerce
import Orders
import UsageGuide

/// What is to be sent once more, without a price, for units that were lost on their way or broke.
package struct ReplacementRequest: Sendable {
    /// Components, or products that hold some.
    package let quantities: [SKU: Int]
    /// All that a parcel held; nil for none.
    package let parcel: Int?
    package let reason: String

    package init(quantities: [SKU: Int], parcel: Int?, reason: String) {
        (self.quantities, self.parcel, self.reason) = (quantities, parcel, reason)
    }
}

/// The units of an order that are given up as lost, and those that are sent in their place.
struct Replacement {
    /// How many are lost, by place.
    private(set) var lost: [Order.OpenComponent.Place: Int] = [:]
    /// What is sent, by line.
    private(set) var sent: [(line: Int, part: Order.Component)] = []

    /// How many units of each line the customer withdrew from and is to send back.
    private let withdrawn: [Int: Int]

    /// - Parameter withdrawn: how many units of each line the customer withdrew from and is to send back.
    /// - Throws: `OrderError.notKept` where the customer keeps fewer, `FulfilmentError`.
    init(_ request: ReplacementRequest, for order: Order, besides withdrawn: [Int: Int]) throws {
        self.withdrawn = withdrawn
        var wanted: [SKU: Int] = request.quantities
        if let parcel = request.parcel {
            guard let shipment = order.shipments.first(where: { $0.ordinal == parcel && $0.shippedAt != nil }) else {
                throw FulfilmentError.notShippable("No parcel \(parcel) of this order has left.")
            }
            for item in shipment.items {
                try lose(item.quantity, at: .init(line: item.line, position: item.position), of: order)
            }
        }
        // A product that holds others stands for all that it holds.
        for (sku, quantity) in request.quantities {
            guard let line = order.lines.first(where: { $0.sku == sku && $0.kind == .kit }) else { continue }
            wanted[sku] = nil
            for part in line.components {
                let whole = part.wanted / line.quantity * quantity
                // An optional thing may have been left out: what was not sent is not sent once more.
                let kept = line.parts.filter { $0.sku == part.sku }.reduce(0) { $0 + $1.kept }
                let count = part.isRequired ? whole : min(whole, kept)
                if count > 0 { wanted[part.sku, default: 0] += count }
            }
        }
        for (sku, quantity) in wanted {
            var left = quantity
            for (index, line) in order.lines.enumerated() where line.left > withdrawn[index + 1, default: 0] {
                for (position, part) in line.parts.enumerated() where part.sku == sku && left > 0 {
                    let place = Order.OpenComponent.Place(line: index + 1, position: position + 1)
                    let taken = min(left, part.kept - lost[place, default: 0])
                    guard taken > 0 else { continue }
                    try lose(taken, at: place, of: order)
                    left -= taken
                }
            }
            if left > 0 { throw OrderError.notKept(sku, quantity - left) }
        }
        if lost.isEmpty { throw FulfilmentError.notShippable("Name what is sent again: products, or a parcel.") }
        for (place, quantity) in lost.sorted(by: { ($0.key.line, $0.key.position) < ($1.key.line, $1.key.position) }) {
            let part = order.part(place)
            if let index = sent.firstIndex(where: { $0.line == place.line && $0.part.sku == part.sku }) {
                sent[index].part.quantity += quantity
            } else {
                sent.append((place.line, Order.Component(part, quantity: quantity)))
            }
        }
    }

    private mutating func lose(_ quantity: Int, at place: Order.OpenComponent.Place, of order: Order) throws {
        let part = order.part(place)
        // Of a line that is gone there is nothing to replace, whatever of it did not come back.
        let isKept = order.lines[place.line - 1].left > withdrawn[place.line, default: 0]
        let kept = isKept ? part.kept - lost[place, default: 0] : 0
        guard quantity <= kept else { throw OrderError.notKept(part.sku, max(0, kept)) }
        lost[place, default: 0] += quantity
    }

    var quantities: [(sku: SKU, quantity: Int)] { sent.map { ($0.part.sku, $0.part.quantity) } }
}
