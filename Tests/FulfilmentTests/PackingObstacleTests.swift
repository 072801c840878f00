import Commerce
import Testing

@testable import Fulfilment
@testable import Orders
@testable import Samples

/// What keeps an order from being packed: the queue and the bench say the same.
struct PackingObstacleTests {
    private let hold = Order.Hold(reason: .addressProblem, note: nil, by: "Bo", at: Instant(microsecondsSince1970: 0))

    private func paidOrder(_ change: (inout SampleOrder) throws -> Void = { _ in }) throws -> Order {
        var sample = SampleOrder(lines: [SampleLine("LOTION")])
        sample.paymentStatus = .paid
        try change(&sample)
        return try sample.order
    }

    private func entry(
        _ payment: Order.PaymentStatus,
        isOnHold: Bool = false,
        shipBy: CalendarDate? = nil
    ) -> QueueEntry {
        QueueEntry(
            id: 1,
            number: "DM-PT84-YY",
            placedAt: Instant(microsecondsSince1970: 0),
            shipBy: shipBy,
            payment: payment,
            isOnHold: isOnHold,
            skus: ["LOTION"],
            quantities: [1],
            units: 1,
            shippingMethod: nil,
            country: "GB",
            lease: nil,
            isPacked: false
        )
    }

    // MARK: - Money

    @Test(
        arguments: [
            (.paid, nil, nil), (.partlyRefunded, nil, nil), (.unpaid, "It is not paid yet.", nil),
            (.authorised, "It is not paid yet.", nil), (.failed, "Its payment failed.", "Its payment failed."),
            (.refunded, nil, nil), (.void, "It is not paid yet.", nil),
        ] as [(Order.PaymentStatus, String?, String?)]
    )
    func orderIsPackedOnceItIsPaidOrBeforeWhereTheShopDoesSo(
        payment: Order.PaymentStatus,
        obstacle: String?,
        obstacleWhereUnpaidIsShipped: String?
    ) throws {
        let order = try paidOrder { $0.paymentStatus = payment }
        #expect(order.packingObstacle(shipsUnpaid: false) == obstacle)
        #expect(order.packingObstacle(shipsUnpaid: true) == obstacleWhereUnpaidIsShipped)
    }

    @Test(
        arguments: [
            (.paid, [], []), (.partlyRefunded, [], []), (.unpaid, ["unpaid"], []), (.authorised, ["unpaid"], []),
            (.failed, ["paymentFailed"], ["paymentFailed"]), (.refunded, [], []),
            (.void, ["unpaid"], []),
        ] as [(Order.PaymentStatus, [String], [String])]
    )
    func queueNamesWhatBlocksAnOrder(
        payment: Order.PaymentStatus,
        blocks: [String],
        blocksWhereUnpaidIsShipped: [String]
    ) {
        #expect(entry(payment).blocks(shipsUnpaid: false) == blocks)
        #expect(entry(payment).blocks(shipsUnpaid: true) == blocksWhereUnpaidIsShipped)
        #expect(entry(payment, isOnHold: true).blocks(shipsUnpaid: false) == blocks + ["hold"])
        #expect(entry(payment, isOnHold: true).blocks(shipsUnpaid: true) == blocksWhereUnpaidIsShipped + ["hold"])
    }

    @Test(arguments: Order.PaymentStatus.all, [true, false])
    func queueBlocksWhatTheBenchRefuses(payment: Order.PaymentStatus, shipsUnpaid: Bool) throws {
        for isOnHold in [true, false] {
            let order = try paidOrder {
                $0.paymentStatus = payment
                $0.hold = isOnHold ? hold : nil
            }
            let isBlocked = !entry(payment, isOnHold: isOnHold).blocks(shipsUnpaid: shipsUnpaid).isEmpty
            #expect((order.packingObstacle(shipsUnpaid: shipsUnpaid) != nil) == isBlocked)
        }
    }

    // MARK: - Everything else

    @Test func cancelledOrderIsNotPackedWhateverElseHoldsOfIt() throws {
        for payment in Order.PaymentStatus.all {
            let order = try paidOrder {
                $0.status = .cancelled
                $0.paymentStatus = payment
                $0.hold = hold
            }
            #expect(order.packingObstacle(shipsUnpaid: true) == "It was cancelled.")
        }
    }

    @Test func holdSaysItsNoteAndElseItsReason() throws {
        #expect(
            try paidOrder { $0.hold = hold }.packingObstacle(shipsUnpaid: true) == "It is on hold: addressProblem."
        )
        let noted = Order.Hold(reason: .other, note: "ask Ada", by: hold.by, at: hold.at)
        let order = try paidOrder {
            $0.hold = noted
            $0.paymentStatus = .unpaid
        }
        #expect(order.packingObstacle(shipsUnpaid: false) == "It is on hold: ask Ada.")
    }

    @Test func packedOrderWaitsToBeSentAndThenHasLeft() throws {
        func packed(hasLeft: Bool, _ status: Order.FulfilmentStatus) throws -> Order {
            try paidOrder {
                $0.lines = [
                    SampleLine("LOTION", holding: [SamplePart("LOTION", packed: 1, shipped: hasLeft ? 1 : 0)])
                ]
                $0.fulfilmentStatus = status
                $0.shipments = [try .sample(hasLeft: hasLeft, [(1, 1, "LOTION", 1)])]
            }
        }
        let waits = try packed(hasLeft: false, .unfulfilled)
        #expect(waits.packingObstacle(shipsUnpaid: false) == "It is packed and waits to be sent.")
        for status in [Order.FulfilmentStatus.shipped, .delivered, .returned] {
            let gone = try packed(hasLeft: true, status)
            #expect(gone.packingObstacle(shipsUnpaid: false) == "It has left already.")
        }
    }

    @Test func restOfAPartlySentOrderIsPacked() throws {
        let order = try paidOrder {
            $0.lines = [SampleLine("LOTION", 2, holding: [SamplePart("LOTION", 2, packed: 1, shipped: 1)])]
            $0.fulfilmentStatus = .partlyShipped
            $0.shipments = [try .sample(hasLeft: true, [(1, 1, "LOTION", 1)])]
        }
        #expect(order.packingObstacle(shipsUnpaid: false) == nil)
    }

    // MARK: - Urgency

    @Test(
        arguments: [
            ("2026-11-30", .late), ("2026-12-01", .due), ("2026-12-02", .waiting), (nil, .due),
        ] as [(String?, QueueEntry.State)]
    )
    func entryIsAsUrgentAsItsDay(shipBy: String?, state: QueueEntry.State) throws {
        let (day, today) = (try shipBy.map { try date($0) }, try date("2026-12-01"))
        #expect(entry(.paid, shipBy: day).state(on: today, shipsUnpaid: false) == state)
        #expect(entry(.unpaid, shipBy: day).state(on: today, shipsUnpaid: true) == state)
        #expect(entry(.unpaid, shipBy: day).state(on: today, shipsUnpaid: false) == .blocked)
        #expect(entry(.paid, isOnHold: true, shipBy: day).state(on: today, shipsUnpaid: false) == .blocked)
    }
}
