package import Commerce

/// What each line of a choice would get from the stock: the one rule for the quote and for the order.
///
/// The demand of all lines is summed per component first, so that a kit and a refill that share a bottle never get the
/// same one. What is required comes first; optional components share what is left, in the order of the lines.
package struct Allotment: Sendable, Equatable {
    /// One component of a line.
    package struct Part: Sendable, Equatable {
        package let sku: SKU
        /// How many a full box holds.
        package let wanted: Int
        /// How many this line gets. Less than wanted for an optional component that has run out, or in a shortage.
        package let allotted: Int
        package let isRequired: Bool
    }

    /// A component of which there is not enough.
    package struct Shortage: Sendable, Equatable {
        package let sku: SKU
        package let wanted: Int
        package let available: Int
        /// The lines that need it, by position.
        package let lines: [Int]
    }

    /// The components of each line.
    package let parts: [[Part]]
    /// Required components of which there is not enough: the order can't be placed.
    package let shortages: [Shortage]

    /// Optional components that have run out: how many are missing in all.
    package var missingOptional: [(sku: SKU, wanted: Int, allotted: Int)] {
        var totals: [SKU: (wanted: Int, allotted: Int)] = [:]
        for part in parts.joined() where !part.isRequired {
            totals[part.sku, default: (0, 0)].wanted += part.wanted
            totals[part.sku, default: (0, 0)].allotted += part.allotted
        }
        return totals.filter { $0.value.allotted < $0.value.wanted }
            .map { (sku: $0.key, wanted: $0.value.wanted, allotted: $0.value.allotted) }.sorted { $0.sku < $1.sku }
    }

    /// What has to be reserved, per component and in the order of the codes: the order in which rows are locked.
    package var demand: [(sku: SKU, quantity: Int)] {
        var totals: [SKU: Int] = [:]
        for part in parts.joined() where part.allotted > 0 { totals[part.sku, default: 0] += part.allotted }
        return totals.map { (sku: $0.key, quantity: $0.value) }.sorted { $0.sku < $1.sku }
    }

    /// The allotment for lines of a catalog's products.
    package init(_ lines: [(product: Product, quantity: Int)], stock: StockLevels) {
        var required: [SKU: (wanted: Int, lines: [Int])] = [:]
        for (index, line) in lines.enumerated() {
            for component in line.product.contents where component.isRequired {
                required[component.sku, default: (0, [])].wanted += component.quantity * line.quantity
                required[component.sku, default: (0, [])].lines.append(index)
            }
        }
        shortages = required.filter { Int64($0.value.wanted) > stock[$0.key] }
            .map { sku, need in
                Shortage(sku: sku, wanted: need.wanted, available: Int(max(0, stock[sku])), lines: need.lines)
            }.sorted { $0.sku < $1.sku }

        var left: [SKU: Int64] = [:]
        func available(_ sku: SKU) -> Int64 { left[sku] ?? max(0, stock[sku] - Int64(required[sku]?.wanted ?? 0)) }
        parts = lines.map { line in
            line.product.contents.map { component in
                let wanted = component.quantity * line.quantity
                if component.isRequired {
                    return Part(sku: component.sku, wanted: wanted, allotted: wanted, isRequired: true)
                }
                let kits = min(Int64(line.quantity), available(component.sku) / Int64(component.quantity))
                let allotted = Int(kits) * component.quantity
                left[component.sku] = available(component.sku) - Int64(allotted)
                return Part(sku: component.sku, wanted: wanted, allotted: allotted, isRequired: false)
            }
        }
    }
}
