import Commerce
import Testing

@testable import Orders
@testable import Samples

/// What an order's facts mean.
struct OrderRulesTests {
    private func order(_ lines: [SampleLine], _ change: (inout SampleOrder) -> Void = { _ in }) throws -> Order {
        var sample = SampleOrder(lines: lines)
        change(&sample)
        return try sample.order
    }

    @Test(
        arguments: [
            (.unpaid, false), (.authorised, false), (.failed, false), (.void, false), (.paid, true),
            (.partlyRefunded, true), (.refunded, true),
        ] as [(Order.PaymentStatus, Bool)]
    )
    func orderIsPaidOnceItsMoneyHasComeWhateverWentBack(status: Order.PaymentStatus, isPaid: Bool) throws {
        #expect(try order([SampleLine("LOTION")]) { $0.paymentStatus = status }.isPaid == isPaid)
    }

    @Test(
        arguments: [
            (.placed, .unfulfilled, false, true), (.placed, .unfulfilled, true, false),
            (.placed, .partlyShipped, true, false), (.placed, .shipped, true, false),
            (.completed, .delivered, true, false), (.cancelled, .unfulfilled, false, false),
        ] as [(Order.Status, Order.FulfilmentStatus, Bool, Bool)]
    )
    func orderCanBeCorrectedUntilPackingStarts(
        status: Order.Status,
        fulfilment: Order.FulfilmentStatus,
        isPacked: Bool,
        canBeCorrected: Bool
    ) throws {
        let order = try order([SampleLine("LOTION")]) {
            $0.status = status
            $0.fulfilmentStatus = fulfilment
            $0.packedAt = isPacked ? Instant(microsecondsSince1970: 0) : nil
        }
        #expect(order.canBeCorrected == canBeCorrected)
    }

    // MARK: - What it holds

    @Test func orderReservesWhatHasNotLeftOfAllItsLines() throws {
        let order = try order([
            SampleLine(
                "KIT",
                2,
                holding: [
                    SamplePart("SHAMPOO", 2, packed: 2, shipped: 2), SamplePart("LOTION", 2, packed: 2, shipped: 1),
                    SamplePart("SAMPLE", 0, wanted: 2, isRequired: false),
                ]
            ), SampleLine("LOTION", 3),
        ])
        #expect(order.reserved.map { "\($0.sku) \($0.quantity)" } == ["LOTION 4"])
    }

    @Test func openComponentsAreWhatIsNotPackedInItsPlace() throws {
        let order = try order([
            SampleLine("OINTMENT", holding: [SamplePart("OINTMENT", packed: 1, shipped: 1)]),
            SampleLine(
                "KIT",
                2,
                holding: [
                    SamplePart("SHAMPOO", 2, packed: 2), SamplePart("LOTION", 2, packed: 1),
                    SamplePart("SAMPLE", 1, wanted: 2, isRequired: false),
                ]
            ),
        ])
        let open = order.openComponents.map { "\($0.line).\($0.position) \($0.part.sku) \($0.left)" }
        #expect(open == ["2.2 LOTION 1", "2.3 SAMPLE 1"])
    }

    @Test func whatIsNotInTheBoxWasNotBought() throws {
        let order = try order([.kit(2, samples: 0), SampleLine("LOTION")])
        #expect(Order.bought(order.lines).map(\.rawValue).sorted() == ["LOTION", "SHAMPOO"])
    }

    // MARK: - What a parcel holds

    /// Two kits and a bottle, and what of them lies in a parcel.
    @Test(
        arguments: [
            ([2, 2, 2, 1], ["KIT 2", "LOTION 1"]), ([2, 2, 0, 1], ["KIT 2", "LOTION 1"]), ([1, 1, 1, 0], ["KIT 1"]),
            ([1, 1, 0, 0], ["KIT 1"]), ([1, 0, 1, 0], ["SHAMPOO 1", "SAMPLE 1"]), ([0, 0, 0, 1], ["LOTION 1"]),
            ([0, 1, 0, 1], ["LOTION 1", "LOTION 1"]), ([2, 1, 0, 0], ["KIT 1", "SHAMPOO 1"]),
            ([1, 1, 2, 0], ["KIT 1", "SAMPLE 1"]), ([0, 0, 0, 0], []),
        ]
    )
    func parcelHoldsWholeKitsAndThenSingleThings(held: [Int], sold: [String]) throws {
        let order = try order([.kit(2), SampleLine("LOTION")])
        let places = [(1, 1, "SHAMPOO"), (1, 2, "LOTION"), (1, 3, "SAMPLE"), (2, 1, "LOTION")]
        let items = zip(places, held).filter { $0.1 > 0 }.map { ($0.0.0, $0.0.1, $0.0.2, $0.1) }
        #expect(try order.soldItems(of: .sample(items)).map { "\($0.sku) \($0.quantity)" } == sold)
    }

    @Test func kitWithTwoOfABottleIsWholeWithBoth() throws {
        let kits = SampleLine("KIT", 2, holding: [SamplePart("SHAMPOO", 4), SamplePart("LOTION", 2)])
        let order = try order([kits])
        let whole = try Order.Shipment.sample([(1, 1, "SHAMPOO", 2), (1, 2, "LOTION", 1)])
        #expect(order.soldItems(of: whole).map { "\($0.sku) \($0.quantity)" } == ["KIT 1"])
        let half = try Order.Shipment.sample([(1, 1, "SHAMPOO", 1), (1, 2, "LOTION", 1)])
        #expect(order.soldItems(of: half).map { "\($0.sku) \($0.quantity)" } == ["SHAMPOO 1", "LOTION 1"])
    }

    /// One lot after the other.
    @Test func unitsOfOnePlaceInSeveralItemsAreCountedTogether() throws {
        let parcel = try Order.Shipment.sample([(1, 1, "LOTION", 1), (1, 1, "LOTION", 2)])
        #expect(
            try order([SampleLine("LOTION", 3)]).soldItems(of: parcel).map { "\($0.sku) \($0.quantity)" }
                == ["LOTION 3"]
        )
    }
}
