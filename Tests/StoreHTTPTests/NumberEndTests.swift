import NIOHTTP1
import Staff
import StoreHTTP
import TestSupport
import Testing

/// Numbers and dates from outside, at the ends of what they can be and beyond: each is refused, and none ends the process.
@Suite(DatabaseTrait.store) struct NumberEndTests {
    private static let numbers = [
        "-9223372036854775808", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "-1",
        "18446744073709551616", "1e308", "-1e400", "0.5", "1e-400", "-0.0000001", "99999999999999999999999999999999",
    ]
    private static let dates = ["0001-01-01", "9999-12-31", "0000-01-01", "-001-01-01", "2026-12-00", "99999-01-01"]

    @Test func numberOfACustomerIsRefused() async throws {
        try await TestStore.run { store in
            let cart = try await store.cart()
            for number in Self.numbers {
                for body in [
                    #"{"items": [{"sku": "DM-KIT", "quantity": \#(number)}]}"#,
                    #"{"course": {"timeZone": "Europe/London", "sessions": [], "keepDryHours": \#(number)}}"#,
                    #"{"course": {"timeZone": "Europe/London", "sessions": [], "washIntervalDays": \#(number)}}"#,
                    #"{"course": {"timeZone": "Europe/London", "sessions": [], "restDays": \#(number)}}"#,
                ] {
                    let refused = try await store.send(.POST, "/v1/carts", body)
                    #expect((400..<500).contains(refused.status), "\(body): \(refused.text)")
                }
                let order = try await store.send(
                    .POST,
                    cart.path + "/checkout",
                    #"""
                    {"customer": {"name": "A", "email": "a@example.com"}, "payment": {"method": "invoice"},
                     "shippingAddress": {"line1": "1", "city": "L", "postalCode": "N", "country": "GB"},
                     "expectedTotal": {"amount": \#(number), "currency": "GBP"}}
                    """#,
                    ["Idempotency-Key": "k\(number)"]
                )
                #expect((400..<500).contains(order.status), "\(number): \(order.text)")
            }
            #expect(try await store.send(.GET, "/healthz").status == 200)
        }
    }

    @Test func dateAtTheEndOfTheCalendarIsRefusedOrPlanned() async throws {
        try await TestStore.run { store in
            for date in Self.dates {
                let course = #"{"timeZone": "Pacific/Kiritimati", "sessions": ["\#(date)"]}"#
                let cart = try await store.send(.POST, "/v1/carts", #"{"course": \#(course)}"#)
                let plan = try await store.send(.POST, "/v1/plan", #"{"course": \#(course)}"#)
                #expect(cart.status < 500 && plan.status < 500, "\(date): \(cart.text) \(plan.text)")
                let packer = try await store.staff(.packer)
                let day = try await store.send(.GET, "/v1/staff/days/\(date)", nil, packer)
                let closed = try await store.send(.POST, "/v1/staff/days/\(date)/close", nil, packer)
                #expect(day.status < 500 && closed.status < 500, "\(date): \(day.text) \(closed.text)")
                for filter in ["from", "to", "shipBy"] {
                    let list = try await store.send(.GET, "/v1/staff/orders?\(filter)=\(date)", nil, packer)
                    #expect(list.status < 500, "\(filter) \(date): \(list.text)")
                }
                let receipt = try await store.send(
                    .POST,
                    "/v1/staff/stock/RESTORE-LOTION/receipts",
                    #"{"quantity": 1, "lot": "L\#(date.count)", "expires": "\#(date)"}"#,
                    packer.merging(["Idempotency-Key": date]) { $1 }
                )
                #expect(receipt.status < 500, "\(date): \(receipt.text)")
            }
            #expect(try await store.send(.GET, "/healthz").status == 200)
        }
    }

    @Test func numberOfTheStaffIsRefused() async throws {
        try await TestStore.run { store in
            let manager = try await store.staff(.manager)
            let order = try await store.paidOrder(key: "k")
            let path = "/v1/staff/orders/\(order.number.text)"
            for number in Self.numbers {
                let bodies = [
                    ("/v1/staff/stock/RESTORE-LOTION/receipts", #"{"quantity": \#(number)}"#),
                    ("/v1/staff/stock/RESTORE-LOTION/counts", #"{"expected": \#(number), "actual": 1}"#),
                    ("/v1/staff/stock/RESTORE-LOTION/counts", #"{"expected": 1, "actual": \#(number)}"#),
                    (path + "/payments", #"{"amount": {"amount": \#(number), "currency": "GBP"}}"#),
                    (path + "/refunds", #"{"items": [{"sku": "DM-KIT", "quantity": \#(number)}], "reason": "x"}"#),
                    (path + "/packing", #"{"scanned": [{"code": "RESTORE-LOTION", "quantity": \#(number)}]}"#),
                    ("/v1/staff/tokens", #"{"name": "x", "role": "packer", "days": \#(number)}"#),
                ]
                for (path, body) in bodies {
                    let refused = try await store.send(
                        .POST,
                        path,
                        body,
                        manager.merging(["Idempotency-Key": body]) { $1 }
                    )
                    #expect((400..<500).contains(refused.status), "\(path) \(body): \(refused.text)")
                }
                for query in [
                    "/v1/staff/orders?limit=\(number)", "/v1/staff/orders?cursor=\(number)",
                    "/v1/staff/today?limit=\(number)", "/v1/staff/today?cursor=\(number)",
                    "/v1/staff/catalog?version=\(number)",
                ] {
                    let refused = try await store.send(.GET, query, nil, manager)
                    #expect(refused.status < 500, "\(query): \(refused.text)")
                }
                let finding = try await store.send(
                    .POST,
                    "/v1/staff/findings/\(number)/settlement",
                    #"{"reason": "x"}"#,
                    manager
                )
                #expect(finding.status == 404, "\(finding.text)")
            }
            let change = #"{"change": -9223372036854775808, "reason": "x"}"#
            let adjusted = try await store.send(
                .POST,
                "/v1/staff/stock/RESTORE-LOTION/adjustments",
                change,
                manager.merging(["Idempotency-Key": "a"]) { $1 }
            )
            #expect(adjusted.status == 422, "\(adjusted.text)")
            #expect(try await store.send(.GET, "/healthz").status == 200)
        }
    }
}
