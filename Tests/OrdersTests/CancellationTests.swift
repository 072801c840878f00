import Testing

@testable import Orders
@testable import Samples

/// Which units are never sent where money goes back before they left.
struct CancellationTests {
    /// What is given up, as text: `1: 2, SHAMPOO 2, LOTION 2`; nil where a parcel that waits holds it.
    private func givenUp(_ line: SampleLine, refunding quantity: Int) throws -> [String]? {
        let order = try SampleOrder(lines: [line]).order
        return order.cancellations(refunding: [try sku(line.code): quantity])?.map { cancelled in
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
        #expect(try givenUp(kits(2), refunding: 1) == ["1: 1, SHAMPOO 1, LOTION 1, SAMPLE 1"])
        #expect(try givenUp(kits(2), refunding: 2) == ["1: 2, SHAMPOO 2, LOTION 2, SAMPLE 2"])
    }

    @Test func whatRanOutGoesIntoTheBoxesThatRemain() throws {
        #expect(try givenUp(kits(2, samples: 1), refunding: 1) == ["1: 1, SHAMPOO 1, LOTION 1"])
        #expect(try givenUp(kits(2, samples: 1), refunding: 2) == ["1: 2, SHAMPOO 2, LOTION 2, SAMPLE 1"])
    }

    @Test func whatHasLeftIsPaidBackAndStaysGone() throws {
        #expect(try givenUp(kits(2, packed: 2, shipped: 2), refunding: 1) == [])
        #expect(try givenUp(kits(2, packed: 2, shipped: 2), refunding: 2) == [])
        // One has left and one has not: the other is not sent.
        #expect(try givenUp(kits(2, packed: 1, shipped: 1), refunding: 1) == ["1: 1, SHAMPOO 1, LOTION 1, SAMPLE 1"])
        #expect(try givenUp(kits(2, packed: 1, shipped: 1), refunding: 2) == ["1: 1, SHAMPOO 1, LOTION 1, SAMPLE 1"])
    }

    @Test func parcelThatWaitsIsUnpackedFirst() throws {
        #expect(try givenUp(kits(2, packed: 2), refunding: 1) == nil)
        #expect(try givenUp(kits(2, packed: 1), refunding: 1) == ["1: 1, SHAMPOO 1, LOTION 1, SAMPLE 1"])
        #expect(try givenUp(kits(2, packed: 1), refunding: 2) == nil)
    }

    @Test func kitIsPackedOnceAnyOfItsComponentsIs() throws {
        var line = SampleLine.kit(2)
        line.parts?[0].packed = 1
        line.parts?[0].shipped = 1
        #expect(try givenUp(line, refunding: 2) == ["1: 1, SHAMPOO 1, LOTION 1, SAMPLE 1"])
    }

    @Test func whatWasGivenUpBeforeIsNotGivenUpAgain() throws {
        var line = SampleLine.kit(3)
        line.refundedQuantity = 1
        line.cancelledQuantity = 1
        for index in 0..<3 { line.parts?[index].cancelled = 1 }
        #expect(try givenUp(line, refunding: 1) == ["1: 1, SHAMPOO 1, LOTION 1, SAMPLE 1"])
        let order = try SampleOrder(lines: [line]).order
        #expect(order.openComponents.map(\.left) == [2, 2, 2] && order.reserved.map(\.quantity) == [2, 2, 2])
    }
}
