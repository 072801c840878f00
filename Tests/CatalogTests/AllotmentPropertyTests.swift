import Commerce
import TestSupport
import Testing

@testable import Catalog
@testable import Samples

/// Random shops and choices.
@Suite struct AllotmentPropertyTests {
    @Test(arguments: 0..<300)
    func nothingIsAllottedThatIsNotThere(seed: Int) throws {
        let order = try RandomOrder(seed: seed)
        let allotment = order.allotment
        guard allotment.shortages.isEmpty else { return }
        var allotted: [SKU: Int64] = [:]
        for part in allotment.parts.joined() { allotted[part.sku, default: 0] += Int64(part.allotted) }
        #expect(allotted.filter { $0.value > max(0, order.levels[$0.key] ?? 0) } == [:])
        #expect(allotment.demand.allSatisfy { Int64($0.quantity) == allotted[$0.sku] })
        #expect(Set(allotment.demand.map { $0.sku }) == Set(allotted.filter { $0.value > 0 }.keys))
    }

    @Test(arguments: 0..<300)
    func shortageIsExactlyWhereTheRequiredUnitsOfAllLinesExceedTheStock(seed: Int) throws {
        let order = try RandomOrder(seed: seed)
        var expected: [String] = []
        for code in order.bottles.sorted() {
            // Unit by unit, so that no formula is repeated here.
            var units = 0
            var lines: [Int] = []
            for (index, line) in order.lines.enumerated() {
                for _ in 0..<line.quantity {
                    for part in line.product.contents where part.sku == code && part.isRequired {
                        units += part.quantity
                        if lines.last != index { lines.append(index) }
                    }
                }
            }
            let there = max(0, Int(order.levels[code] ?? 0))
            if units > there { expected.append("\(code) \(units) of \(there) \(lines)") }
        }
        #expect(
            order.allotment.shortages.map { "\($0.sku) \($0.wanted) of \($0.available) \($0.lines)" } == expected
        )
    }

    @Test(arguments: 0..<300)
    func optionalComponentsAreHandedOutKitByKitInTheOrderOfTheLines(seed: Int) throws {
        let order = try RandomOrder(seed: seed)
        var left = order.levels.mapValues { max(0, $0) }
        for line in order.lines {
            for part in line.product.contents where part.isRequired {
                left[part.sku] = max(0, (left[part.sku] ?? 0) - Int64(part.quantity * line.quantity))
            }
        }
        for (line, parts) in zip(order.lines, order.allotment.parts) {
            for (part, allotted) in zip(line.product.contents, parts) where !part.isRequired {
                var handedOut = 0
                for _ in 0..<line.quantity where (left[part.sku] ?? 0) >= Int64(part.quantity) {
                    left[part.sku] = (left[part.sku] ?? 0) - Int64(part.quantity)
                    handedOut += part.quantity
                }
                #expect(allotted.allotted == handedOut)
                #expect(allotted.wanted == part.quantity * line.quantity)
            }
        }
    }

    @Test(arguments: 0..<300)
    func orderOfTheLinesDoesNotChangeWhatIsRequiredOrShort(seed: Int) throws {
        let order = try RandomOrder(seed: seed)
        var generator = SeededGenerator(seed: UInt64(seed) + 1)
        let shuffled = Allotment(order.lines.shuffled(using: &generator), stock: StockLevels(order.levels))
        #expect(required(shuffled) == required(order.allotment))
        #expect(shortages(shuffled) == shortages(order.allotment))
    }

    private func required(_ allotment: Allotment) -> [SKU: Int] {
        var totals: [SKU: Int] = [:]
        for part in allotment.parts.joined() where part.isRequired { totals[part.sku, default: 0] += part.wanted }
        return totals
    }

    private func shortages(_ allotment: Allotment) -> [String] {
        allotment.shortages.map { "\($0.sku) \($0.wanted) of \($0.available), \($0.lines.count) lines" }
    }
}

/// A few bottles, two kits of them, a choice of all of these and the stock at that moment.
private struct RandomOrder {
    let bottles: [SKU]
    let lines: [(product: Product, quantity: Int)]
    let levels: [SKU: Int64]

    init(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let codes = ["A", "B", "C", "D"]
        bottles = try codes.map { try sku($0) }
        var products = try codes.map { try product($0) }
        for name in ["KIT-1", "KIT-2"] {
            let count = Int.random(in: 1...4, using: &generator)
            let chosen = codes.shuffled(using: &generator).prefix(count)
            var components: [Product.Component] = []
            for code in chosen {
                let quantity = Int.random(in: 1...3, using: &generator)
                components.append(try component(code, quantity, isRequired: Bool.random(using: &generator)))
            }
            products.append(try product(name, kind: .kit, components: components))
        }
        var lines: [(product: Product, quantity: Int)] = []
        for product in products.shuffled(using: &generator).prefix(Int.random(in: 1...6, using: &generator)) {
            lines.append((product, Int.random(in: 1...5, using: &generator)))
        }
        self.lines = lines
        // Sometimes plenty, often too little, now and then none or not counted at all.
        let levelMax: Int64 = Bool.random(using: &generator) ? 12 : 60
        var levels: [SKU: Int64] = [:]
        for bottle in bottles where Int.random(in: 0..<8, using: &generator) > 0 {
            levels[bottle] = Int64.random(in: 0...levelMax, using: &generator)
        }
        self.levels = levels
    }

    var allotment: Allotment { Allotment(lines, stock: StockLevels(levels)) }
}
