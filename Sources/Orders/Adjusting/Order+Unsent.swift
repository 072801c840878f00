package import Commerce

extension Order.Line {
    /// How many of its units the customer has or is still to get.
    package var left: Int { quantity - cancelledQuantity - returnedQuantity - lostQuantity }

    /// How many of a component one of its units holds.
    func each(_ sku: SKU) -> Int { components.filter { $0.sku == sku }.reduce(0) { $0 + $1.wanted } / quantity }

    /// How many of its units have left whole.
    package var wholeShipped: Int {
        components.filter(\.isRequired).map { $0.shipped / max($0.wanted / quantity, 1) }.min() ?? 0
    }
}

extension Order {
    /// What of some lines has not left and is still to be sent, by place.
    /// - Parameter lines: from 1.
    package func unsent(ofLines lines: Set<Int>) -> [OpenComponent.Place: Int] {
        places { lines.contains($0.line) ? $1.quantity - $1.cancelled - $1.shipped : 0 }
    }

    /// The order once units that lie in no parcel are given up.
    /// - Throws: `OrderError.notOpen`.
    package func cancelling(_ quantities: [SKU: Int]) throws(OrderError) -> Order {
        without(try cancellations(quantities))
    }

    func without(_ cancellations: [Cancellation]) -> Order {
        var after = self
        for line in cancellations {
            after.lines[line.line - 1].cancelledQuantity += line.quantity
            for part in line.components {
                after.lines[line.line - 1].components[part.position - 1].cancelled += part.quantity
            }
        }
        return after
    }

    /// How many units of a line the customer has something of.
    /// - Parameter line: from 1.
    package func unitsKept(ofLine line: Int) -> Int {
        let sold = lines[line - 1]
        let kept = Dictionary(sold.parts.map { ($0.sku, $0.kept) }, uniquingKeysWith: +)
        return kept.map { sku, count in
            let each = max(sold.each(sku), 1)
            return (count + each - 1) / each
        }.max() ?? 0
    }

    /// What is to be sent once more and lies in no parcel, by place.
    var openReplacements: [OpenComponent.Place: Int] { places { $1.replacement > 0 ? $1.open : 0 } }

    private func places(_ count: (OpenComponent.Place, Component) -> Int) -> [OpenComponent.Place: Int] {
        var found: [OpenComponent.Place: Int] = [:]
        for (index, line) in lines.enumerated() {
            for (offset, part) in line.parts.enumerated() {
                let place = OpenComponent.Place(line: index + 1, position: offset + 1)
                let quantity = count(place, part)
                if quantity > 0 { found[place] = quantity }
            }
        }
        return found
    }

    /// What waits to be sent once more in place of units that are given up as lost: so many as the customer is short of.
    /// - Parameters:
    ///   - lines: how many units of each line are given up.
    ///   - kept: what the customer has of them.
    func replacementsWaiting(
        ofLines lines: [Int: Int],
        besides kept: [OpenComponent.Place: Int]
    ) -> [OpenComponent.Place: Int] {
        var found: [OpenComponent.Place: Int] = [:]
        for (line, quantity) in lines {
            let sold = self.lines[line - 1]
            var short: [SKU: Int] = [:]
            for sku in Set(sold.components.map(\.sku)) { short[sku] = sold.each(sku) * quantity }
            for (place, count) in kept where place.line == line { short[part(place).sku, default: 0] -= count }
            let waiting = unsent(ofLines: [line]).filter { part($0.key).replacement > 0 }
            for (place, count) in waiting.sorted(by: { $0.key.position > $1.key.position }) {
                let taken = min(count, short[part(place).sku, default: 0])
                guard taken > 0 else { continue }
                found[place] = taken
                short[part(place).sku, default: 0] -= taken
            }
        }
        return found
    }

    /// Which units take back their place where replacements of them are never sent: of the same component of the same line,
    /// those that were given up last. Units whose price was given back as lost stay so.
    func lost(replacedBy places: [OpenComponent.Place: Int]) -> [OpenComponent.Place: Int] {
        var found: [OpenComponent.Place: Int] = [:]
        for (place, quantity) in places.sorted(by: { $0.key.position > $1.key.position })
        where part(place).replacement > 0 {
            let (line, sku) = (lines[place.line - 1], part(place).sku)
            let given = found.filter { $0.key.line == place.line && part($0.key).sku == sku }.values.reduce(0, +)
            let lost = line.parts.filter { $0.sku == sku }.reduce(0) { $0 + $1.lost }
            var left = min(quantity, lost - line.each(sku) * line.lostQuantity - given)
            for position in (1..<place.position).reversed() where left > 0 {
                let before = OpenComponent.Place(line: place.line, position: position)
                guard part(before).sku == sku else { continue }
                let taken = min(left, part(before).lost - found[before, default: 0])
                guard taken > 0 else { continue }
                found[before, default: 0] += taken
                left -= taken
            }
        }
        return found
    }

    /// Changes the component at a place.
    mutating func change(_ place: OpenComponent.Place, _ change: (inout Component) -> Void) {
        let (line, sold) = (place.line - 1, lines[place.line - 1].components.count)
        if place.position <= sold {
            change(&lines[line].components[place.position - 1])
        } else {
            change(&lines[line].replacements[place.position - sold - 1])
        }
    }
}
