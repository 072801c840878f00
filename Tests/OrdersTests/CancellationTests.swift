import Testing

@testable import Orders
@testable import Samples

/// Which units can still be given up, and what is never packed with them.
struct CancellationTests {
    /// What is given up, as text: `1: 2, SHAMPOO 2, LOTION 2`; nil where not so many are open.
    private func givenUp(_ line: SampleLine, _ quantity: Int) throws -> [String]? {
        let order = try SampleOrder(lines: [line]).order
        let cancellations = try? order.cancellations([try sku(line.code): quantity])
        return cancellations?.map { cancelled in
            "\(cancelled.line): \(cancelled.quantity)"
                + cancelled.components.map { ", \($0.sku) \($0.quantity)" }.joined()
        }
    }

    private func kits(_ quantity: Int, packed: Int = 0, shipped: Int = 0, samples: Int? = nil) -> SampleLine {
        var line = SampleLine.kit(quantity, samples: samples)
        line.parts = line.parts?.map { part in
            var part = part
            part.packed = min(packed, part.quantity)
            part.shipped = min(shipped, part.quantity)
            return part
        }
        return line
    }

    @Test func oneKitOfTwoIsNeverSent() throws {
        #expect(try givenUp(kits(2), 1) == ["1: 1, SHAMPOO 1, LOTION 1, SAMPLE 1"])
        #expect(try givenUp(kits(2), 2) == ["1: 2, SHAMPOO 2, LOTION 2, SAMPLE 2"])
    }

    @Test func whatRanOutGoesIntoTheBoxesThatRemain() throws {
        #expect(try givenUp(kits(2, samples: 1), 1) == ["1: 1, SHAMPOO 1, LOTION 1"])
        #expect(try givenUp(kits(2, samples: 1), 2) == ["1: 2, SHAMPOO 2, LOTION 2, SAMPLE 1"])
    }

    @Test func whatIsPackedOrHasLeftIsNotGivenUp() throws {
        #expect(try givenUp(kits(2, packed: 2, shipped: 2), 1) == nil)
        #expect(try givenUp(kits(2, packed: 2), 1) == nil)
        // One is packed, or has left, and one has not.
        #expect(try givenUp(kits(2, packed: 1, shipped: 1), 1) == ["1: 1, SHAMPOO 1, LOTION 1, SAMPLE 1"])
        #expect(try givenUp(kits(2, packed: 1), 1) == ["1: 1, SHAMPOO 1, LOTION 1, SAMPLE 1"])
        #expect(try givenUp(kits(2, packed: 1), 2) == nil)
        #expect(try givenUp(kits(2), 3) == nil)
    }

    @Test func kitIsPackedOnceAnyOfItsComponentsIs() throws {
        var line = SampleLine.kit(2)
        line.parts?[0].packed = 1
        line.parts?[0].shipped = 1
        #expect(try givenUp(line, 2) == nil)
        #expect(try givenUp(line, 1) == ["1: 1, SHAMPOO 1, LOTION 1, SAMPLE 1"])
    }

    @Test func whatWasGivenUpBeforeIsNotGivenUpAgain() throws {
        var line = SampleLine.kit(3)
        line.creditedQuantity = 1
        line.cancelledQuantity = 1
        for index in 0..<3 { line.parts?[index].cancelled = 1 }
        #expect(try givenUp(line, 1) == ["1: 1, SHAMPOO 1, LOTION 1, SAMPLE 1"])
        let order = try SampleOrder(lines: [line]).order
        #expect(order.openComponents.map(\.left) == [2, 2, 2] && order.reserved.map(\.quantity) == [2, 2, 2])
    }

    /// How far an order has come follows from where its units are.
    @Test(
        arguments: [
            (4, 0, 0, 0, false, .unfulfilled), (4, 3, 0, 0, false, .partlyShipped), (4, 4, 0, 0, false, .shipped),
            (4, 4, 0, 0, true, .delivered), (4, 4, 4, 0, true, .returned), (4, 4, 3, 1, false, .returned),
            (4, 4, 0, 4, false, .returned), (4, 4, 3, 0, true, .delivered), (5, 4, 4, 0, true, .partlyShipped),
        ] as [(Int, Int, Int, Int, Bool, Order.FulfilmentStatus)]
    )
    func statesFollowFromTheUnits(
        sent: Int,
        shipped: Int,
        returned: Int,
        lost: Int,
        isDelivered: Bool,
        expected: Order.FulfilmentStatus
    ) {
        var units = UnitCount([])
        (units.sent, units.shipped, units.returned, units.lost) = (sent, shipped, returned, lost)
        #expect(units.fulfilmentStatus(isDelivered: isDelivered) == expected)
    }
}
