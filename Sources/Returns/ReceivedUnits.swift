package import Commerce
import Orders

/// What was in a box that came back, as the bench says it.
package struct ReturnReceipt: Sendable {
    /// Units of a component, and whether they can be sold again.
    package struct Unit: Sendable {
        package let sku: SKU
        package let quantity: Int
        /// Nil for the lot that left.
        package let lot: String?
        package let isRestocked: Bool

        package init(sku: SKU, quantity: Int, lot: String?, isRestocked: Bool) {
            (self.sku, self.quantity, self.lot, self.isRestocked) = (sku, quantity, lot, isRestocked)
        }
    }

    /// Which return it is; nil for the one that is awaited, or where none was announced.
    package let ordinal: Int?
    /// How many of each product are taken back; none for all that were announced, or all that the customer has.
    package let quantities: [SKU: Int]
    /// What was really in the box; nil for all that the products hold.
    package let units: [Unit]?
    /// Whether what `units` does not say can be sold again.
    package let isRestocked: Bool
    package let reason: String?

    package init(
        ordinal: Int?,
        quantities: [SKU: Int],
        units: [Unit]?,
        isRestocked: Bool,
        reason: String?
    ) {
        self.ordinal = ordinal
        self.quantities = quantities
        self.units = units
        self.isRestocked = isRestocked
        self.reason = reason
    }
}

/// Units that came back, by the components that they left as and by lot.
struct ReceivedUnits: Equatable {
    struct Unit: Equatable {
        let place: Order.OpenComponent.Place
        let sku: SKU
        let lot: String?
        var restocked = 0
        var wasted = 0
        var quantity: Int { restocked + wasted }
    }

    private(set) var units: [Unit] = []

    /// How many of each component.
    var components: [Order.OpenComponent.Place: Int] {
        units.reduce(into: [:]) { $0[$1.place, default: 0] += $1.quantity }
    }

    /// Assigns what came to what left: to what was sold first, then to what replaced it; to the lots that left, in their
    /// order, where none is named.
    /// - Parameters:
    ///   - lines: how many units of each line are taken back.
    ///   - returns: what came back before.
    init(_ receipt: ReturnReceipt, of order: Order, lines: [Int: Int], after returns: [Return]) throws(ReturnError) {
        let before = returns.flatMap(\.units)
        // Where units can be, and how many.
        var room = order.kept(ofLines: lines).sorted { ($0.key.line, $0.key.position) < ($1.key.line, $1.key.position) }
            .map { (place: $0.key, part: order.part($0.key), left: $0.value) }
        let came =
            receipt.units
            ?? room.map {
                ReturnReceipt.Unit(sku: $0.part.sku, quantity: $0.left, lot: nil, isRestocked: receipt.isRestocked)
            }
        for unit in came {
            var left = unit.quantity
            let known = room.filter { $0.part.sku == unit.sku }.reduce(0) { $0 + $1.left }
            guard left <= known else { throw .tooMany(unit.sku, known) }
            for index in room.indices where room[index].part.sku == unit.sku && room[index].left > 0 && left > 0 {
                let taken = min(left, room[index].left)
                let place = room[index].place
                for (lot, count) in lots(of: place, in: order, after: before, named: unit.lot, taken) {
                    add(place, unit, lot: lot, count)
                }
                room[index].left -= taken
                left -= taken
            }
        }
    }

    /// The lots of the first units of a component that the customer still has. Which of them were lost nobody knows: the
    /// first ones.
    private func lots(
        of place: Order.OpenComponent.Place,
        in order: Order,
        after before: [Return.Unit],
        named lot: String?,
        _ quantity: Int
    ) -> [(lot: String?, count: Int)] {
        if lot != nil { return [(lot, quantity)] }
        var left = order.shipments.filter { $0.shippedAt != nil }.flatMap(\.items)
            .filter { ($0.line, $0.position) == (place.line, place.position) }
            .map { (lot: $0.lot, count: $0.quantity) }
        func take(_ quantity: Int, where isMeant: (String?) -> Bool) -> [(lot: String?, count: Int)] {
            var rest = quantity
            var taken: [(lot: String?, count: Int)] = []
            for index in left.indices where isMeant(left[index].lot) {
                let count = min(rest, left[index].count)
                left[index].count -= count
                rest -= count
                if count > 0 { taken.append((left[index].lot, count)) }
            }
            return taken
        }
        var unknown = order.part(place).lost
        let back = before.filter { $0.place == place }.map { ($0.lot, $0.quantity) }
        for (lot, count) in back + units.filter({ $0.place == place }).map({ ($0.lot, $0.quantity) }) {
            // The bench may have read a lot that never left.
            unknown += count - take(count) { $0 == lot }.reduce(0) { $0 + $1.count }
        }
        _ = take(unknown) { _ in true }
        return take(quantity) { _ in true }
    }

    private mutating func add(
        _ place: Order.OpenComponent.Place,
        _ unit: ReturnReceipt.Unit,
        lot: String?,
        _ count: Int
    ) {
        let index =
            units.firstIndex { $0.place == place && $0.lot == lot }
            ?? {
                units.append(Unit(place: place, sku: unit.sku, lot: lot))
                return units.count - 1
            }()
        if unit.isRestocked { units[index].restocked += count } else { units[index].wasted += count }
    }
}
