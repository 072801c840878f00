import Commerce
import Testing

@testable import Orders
@testable import Returns
@testable import Samples

/// What came in a box is assigned to what left: component by component, lot by lot.
struct ReceivedUnitsTests {
    private func sent(_ quantity: Int, lots: [(position: Int, code: String, lot: String?, quantity: Int)] = []) throws
        -> Order
    {
        var line = SampleLine.kit(quantity)
        line.parts = line.parts?.map { part in
            var part = part
            (part.packed, part.shipped) = (part.quantity, part.quantity)
            return part
        }
        var sample = SampleOrder(lines: [line])
        sample.fulfilmentStatus = .shipped
        let then = Instant(microsecondsSince1970: 1_796_100_000_000_000)
        sample.shipments = [
            Order.Shipment(
                ordinal: 1,
                packedAt: then,
                packedBy: "Bo",
                shippedAt: then,
                carrier: Carrier(code: "other"),
                trackingNumber: "ABC-1234",
                items: try lots.map {
                    .init(line: 1, position: $0.position, sku: try sku($0.code), quantity: $0.quantity, lot: $0.lot)
                }
            )
        ]
        return try sample.order
    }

    private func receipt(_ units: [ReturnReceipt.Unit]? = nil, isRestocked: Bool = false) -> ReturnReceipt {
        ReturnReceipt(ordinal: nil, quantities: [:], units: units, isRestocked: isRestocked, reason: nil)
    }

    /// As text: `1 SHAMPOO L1 +2 -0`, restocked and wasted.
    private func text(_ received: ReceivedUnits) -> [String] {
        received.units.map { "\($0.place.position) \($0.sku) \($0.lot ?? "-") +\($0.restocked) -\($0.wasted)" }
    }

    @Test func wholeKitComesBackWithAllThatItHolds() throws {
        let lots = [
            (position: 1, code: "SHAMPOO", lot: "L1" as String?, quantity: 1), (1, "SHAMPOO", "L2", 1),
            (2, "LOTION", nil, 2), (3, "SAMPLE", nil, 2),
        ]
        let order = try sent(2, lots: lots)
        let one = try ReceivedUnits(receipt(isRestocked: true), of: order, lines: [1: 1], after: [])
        #expect(text(one) == ["1 SHAMPOO L1 +1 -0", "2 LOTION - +1 -0", "3 SAMPLE - +1 -0"])
        let both = try ReceivedUnits(receipt(), of: order, lines: [1: 2], after: [])
        #expect(
            text(both) == ["1 SHAMPOO L1 +0 -1", "1 SHAMPOO L2 +0 -1", "2 LOTION - +0 -2", "3 SAMPLE - +0 -2"]
        )
    }

    @Test func eachUnitGoesToStockOrToWaste() throws {
        let order = try sent(1, lots: [(1, "SHAMPOO", "L1", 1), (2, "LOTION", nil, 1), (3, "SAMPLE", nil, 1)])
        let units = [
            ReturnReceipt.Unit(sku: try sku("LOTION"), quantity: 1, lot: nil, isRestocked: true),
            ReturnReceipt.Unit(sku: try sku("SHAMPOO"), quantity: 1, lot: "L9", isRestocked: false),
        ]
        let received = try ReceivedUnits(receipt(units), of: order, lines: [1: 1], after: [])
        #expect(text(received) == ["2 LOTION - +1 -0", "1 SHAMPOO L9 +0 -1"])
        #expect(received.components.values.reduce(0, +) == 2)
    }

    /// The first of two lots was given up as lost and the second came back; then what was lost is the customer's again.
    @Test func lotThatCameBackDoesNotComeAgain() throws {
        let order = try sent(3, lots: [(1, "SHAMPOO", "L1", 1), (1, "SHAMPOO", "L2", 1), (1, "SHAMPOO", "L3", 1)])
        let place = Order.OpenComponent.Place(line: 1, position: 1)
        func shampoo(_ back: [Return.Unit], returned: Int, lost: Int = 0) throws -> [String] {
            var order = order
            order.change(place) { ($0.returned, $0.lost) = (returned, lost) }
            let one = [ReturnReceipt.Unit(sku: try sku("SHAMPOO"), quantity: 1, lot: nil, isRestocked: true)]
            return text(try ReceivedUnits(receipt(one), of: order, lines: [1: 1], after: [try came(back)]))
        }
        let second = [Return.Unit(place: place, lot: "L2", quantity: 1)]
        #expect(try shampoo(second, returned: 1) == ["1 SHAMPOO L1 +1 -0"])
        #expect(try shampoo(second, returned: 1, lost: 1) == ["1 SHAMPOO L3 +1 -0"])
        // A lot that never left stands for the first that did.
        #expect(
            try shampoo([Return.Unit(place: place, lot: "L9", quantity: 1)], returned: 1) == ["1 SHAMPOO L2 +1 -0"]
        )
        let elsewhere = Order.OpenComponent.Place(line: 1, position: 2)
        #expect(
            try shampoo([Return.Unit(place: elsewhere, lot: "L1", quantity: 1)], returned: 0) == ["1 SHAMPOO L1 +1 -0"]
        )
    }

    private func came(_ units: [Return.Unit]) throws -> Return {
        Return(
            ordinal: 1,
            kind: .allowed,
            announcedAt: Instant(microsecondsSince1970: 1_796_200_000_000_000),
            reason: nil,
            receivedAt: Instant(microsecondsSince1970: 1_796_300_000_000_000),
            isCredited: true,
            closedAt: nil,
            lines: [Return.Line(line: 1, quantity: 1, received: 1)],
            units: units
        )
    }

    @Test func moreThanTheKitHoldsIsRefused() throws {
        let order = try sent(2, lots: [(1, "SHAMPOO", nil, 2)])
        let two = [ReturnReceipt.Unit(sku: try sku("SHAMPOO"), quantity: 2, lot: nil, isRestocked: true)]
        #expect(throws: ReturnError.self) { try ReceivedUnits(receipt(two), of: order, lines: [1: 1], after: []) }
        #expect(try ReceivedUnits(receipt(two), of: order, lines: [1: 2], after: []).units.count == 1)
    }

    @Test func whatIsAnnouncedIsNotAnnouncedAgain() throws {
        let order = try sent(2)
        let announced = Return(
            ordinal: 1,
            kind: .allowed,
            announcedAt: order.placedAt,
            reason: nil,
            receivedAt: nil,
            isCredited: false,
            closedAt: nil,
            lines: [Return.Line(line: 1, quantity: 1, received: 0)],
            units: []
        )
        #expect(try order.returnedLines([try sku("KIT"): 1], besides: [announced]) == [1: 1])
        #expect(throws: OrderError.self) { try order.returnedLines([try sku("KIT"): 2], besides: [announced]) }
        #expect(throws: OrderError.self) { try order.returnedLines([try sku("OTHER"): 1], besides: []) }
        #expect(announced.number(of: order.number) == "\(order.number)-R1")
    }
}
