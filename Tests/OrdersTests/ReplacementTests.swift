import Commerce
import Testing

@testable import Orders
@testable import Samples

/// Which units are the customer's again where what was to replace them is never sent.
@Suite struct ReplacementTests {
    /// A line of one kit, whose shampoo is replaced so often: how many of the sold one and of each replacement were lost.
    private func order(lost: [Int], open: Int) throws -> Order {
        var order = try SampleOrder(lines: [.kit(2)]).order
        for part in order.lines[0].components.indices {
            order.lines[0].components[part].packed = 2
            order.lines[0].components[part].shipped = 2
        }
        order.lines[0].components[0].lost = lost[0]
        for (index, count) in lost.dropFirst().enumerated() {
            var part = Order.Component(order.lines[0].components[0], quantity: 2)
            (part.packed, part.shipped, part.lost, part.replacement) = (2, 2, count, index + 1)
            order.lines[0].replacements.append(part)
        }
        var last = Order.Component(order.lines[0].components[0], quantity: open)
        last.replacement = lost.count
        order.lines[0].replacements.append(last)
        return order
    }

    private func found(lost: [Int], open: Int) throws -> [Int: Int] {
        let order = try order(lost: lost, open: open)
        let found = order.lost(replacedBy: order.openReplacements)
        return Dictionary(uniqueKeysWithValues: found.map { ($0.key.position, $0.value) })
    }

    @Test func whatWasGivenUpLastIsFoundFirst() throws {
        #expect(try found(lost: [1], open: 1) == [1: 1])
        #expect(try found(lost: [2], open: 1) == [1: 1])
        #expect(try found(lost: [2, 1], open: 1) == [4: 1])
        #expect(try found(lost: [2, 1], open: 2) == [4: 1, 1: 1])
    }

    @Test func whatHasLeftOrIsNeverSentWaitsNoMore() throws {
        var order = try order(lost: [1], open: 2)
        #expect(order.unsent(ofLines: [2]).isEmpty)
        #expect(order.unsent(ofLines: [1]).values.reduce(0, +) == 2)
        order.lines[0].replacements[0].packed = 1
        #expect(order.openReplacements.values.reduce(0, +) == 1)
        order.lines[0].replacements[0].shipped = 1
        order.lines[0].replacements[0].cancelled = 1
        #expect(order.unsent(ofLines: [1]).isEmpty && order.openReplacements.isEmpty)
    }

    @Test func whatWasGivenBackAsLostStaysLost() throws {
        var order = try order(lost: [2], open: 2)
        order.lines[0].lostQuantity = 1
        #expect(order.lost(replacedBy: order.openReplacements).values.reduce(0, +) == 1)
    }

    @Test func soManyReplacementsGoWithALossAsTheCustomerIsShortOf() throws {
        let order = try order(lost: [2], open: 2)
        let one = order.replacementsWaiting(ofLines: [1: 1], besides: order.kept(ofLines: [1: 1]))
        #expect(one.values.reduce(0, +) == 1)
        let kept = try self.order(lost: [1], open: 1)
        #expect(kept.replacementsWaiting(ofLines: [1: 1], besides: kept.kept(ofLines: [1: 1])).isEmpty)
    }
}
