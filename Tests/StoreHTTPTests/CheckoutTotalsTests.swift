import NIOHTTP1
import Postgres
import TestSupport
import Testing

/// Shipping, tax and discounts, from the cart to the order.
@Suite(DatabaseTrait.store) struct CheckoutTotalsTests {
    /// A cart's body; what is left out is empty.
    private static func choice(
        _ items: String = #"[{"sku": "DM-KIT", "quantity": 1}]"#,
        country: String = "GB",
        currency: String = "GBP",
        course: String = "null",
        more: String = ""
    ) -> String {
        #"{"currency": "\#(currency)", "country": "\#(country)", "items": \#(items), "course": \#(course)\#(more)}"#
    }

    private static let refill = #"[{"sku": "CLEANSE-SHAMPOO", "quantity": 1}]"#

    private func sums(_ cart: JSON) -> [Int?] {
        let totals = cart.totals
        return [totals.items, totals.discount, totals.shipping, totals.tax, totals.total].map(\.amount.int)
    }

    @Test func aCartSaysWhatItCostsInAllAndWhenItArrives() async throws {
        try await TestStore.run { store in
            func cart(_ choice: String) async throws -> JSON { try await store.send(.POST, "/v1/carts", choice).json }
            #expect(try await sums(cart(Self.choice())) == [4500, 0, 0, 750, 4500])
            #expect(try await sums(cart(Self.choice(Self.refill))) == [1400, 0, 395, 299, 1795])
            let fast = try await cart(Self.choice(Self.refill, more: #", "shippingMethod": "next-day""#))
            #expect(sums(fast) == [1400, 0, 795, 366, 2195])
            #expect(
                fast.deliveryOptions.entries.map { "\($0.code.text) \($0.chosen == true)" } == [
                    "standard false", "next-day true",
                ]
            )
            let abroad = try await cart(
                Self.choice(country: "US", more: #", "region": "NY", "discountCodes": ["demo10"]"#)
            )
            #expect(sums(abroad) == [4500, 450, 995, 448, 5493])
            #expect(abroad.totals.taxIncluded == false && abroad.discountCodes == ["DEMO10"])

            // Midday on Tuesday 24 November: it leaves today, and arrives from Wednesday to Friday.
            let soon = try await cart(
                Self.choice(course: #"{"timeZone": "Europe/London", "sessions": ["2026-11-26"]}"#)
            )
            let standard = soon.deliveryOptions[0]
            #expect(standard.arrives.from == "2026-11-25" && standard.arrives.to == "2026-11-27")
            #expect(standard.verdict == "tight" && soon.deliveryOptions[1].verdict == "inTime")
            let today = try await cart(
                Self.choice(course: #"{"timeZone": "Europe/London", "sessions": ["2026-11-24"]}"#)
            )
            #expect(today.deliveryOptions[0].verdict == "late" && today.notices[0].code == "late")
            let past = try await cart(
                Self.choice(course: #"{"timeZone": "Europe/London", "sessions": ["2026-11-20"]}"#)
            )
            #expect(past.deliveryOptions[0].verdict == .null && past.notices == [])
        }
    }

    @Test func regionWhoseTaxIsNotClearIsAskedFor() async throws {
        try await TestStore.run { store in
            func problems(_ more: String) async throws -> [String] {
                let cart = try await store.send(.POST, "/v1/carts", Self.choice(country: "US", more: more)).json
                return cart.problems.entries.map { "\($0.code.text) \($0.pointer.text)" }
            }
            #expect(try await problems("") == ["regionMissing /region"])
            #expect(try await problems(#", "region": "New York""#) == ["regionUnknown /region"])
            #expect(try await problems(#", "region": "ny""#) == [])
            let cart = try await store.send(.POST, "/v1/carts", Self.choice(country: "US", more: #", "region": " ny""#))
                .json
            #expect(cart.totals.tax.amount.int.map { $0 > 0 } == true)

            // The cart says the country only, or nothing at all: the address has to say it.
            for (choice, pointer) in [
                (Self.choice(country: "US"), "/region"),
                (#"{"items": [{"sku": "DM-KIT", "quantity": 1}]}"#, "/shippingAddress/region"),
            ] {
                let path = try await store.cart(choice).path
                let refused = try await store.checkout(path, key: "k\(pointer)", amount: 5495, country: "US")
                #expect(refused.status == 422 && refused.json.errors[0].pointer.text == pointer, "\(refused.text)")
                #expect(refused.json.errors[0].code == "regionMissing")
            }
        }
    }

    @Test func shippingAndCodesThatDoNotApplyAreProblems() async throws {
        try await TestStore.run { store in
            func problems(_ choice: String) async throws -> [String] {
                try await store.send(.POST, "/v1/carts", choice).json.problems.entries.map {
                    "\($0.code.text) \($0.pointer.text)"
                }
            }
            #expect(
                try await problems(Self.choice(country: "FR", more: #", "shippingMethod": "next-day""#)) == [
                    "notShippable /shippingMethod"
                ]
            )
            #expect(
                try await problems(Self.choice(more: #", "discountCodes": ["DEMO10", "NONE"]"#)) == [
                    "codeNotValid /discountCodes/1"
                ]
            )
            #expect(
                try await problems(Self.choice(Self.refill, more: #", "discountCodes": ["DEMO500"]"#)) == [
                    "codeNotValid /discountCodes/0"
                ]
            )
            for (more, pointer) in [
                (#", "shippingMethod": "pigeon""#, "/shippingMethod"),
                (#", "discountCodes": ["A", "a"]"#, "/discountCodes/1"),
                (#", "discountCodes": ["A B"]"#, "/discountCodes/0"), (#", "region": "\n""#, "/region"),
            ] {
                let answer = try await store.send(.POST, "/v1/carts", Self.choice(more: more))
                #expect(answer.status == 422 && answer.json.errors[0].pointer.text == pointer, "\(more)")
            }
        }
    }

    @Test func anOrderKeepsWhatItsCartSaid() async throws {
        try await TestStore.run { store in
            let items = #"[{"sku": "DM-KIT", "quantity": 1}, {"sku": "CLEANSE-SHAMPOO", "quantity": 2}]"#
            let cart = try await store.cart(
                Self.choice(
                    items,
                    course: TestStore.exampleCourse,
                    more: #", "shippingMethod": "next-day", "discountCodes": ["DEMO500"]"#
                )
            )
            let placed = try await store.checkout(cart.path, key: "k", amount: 7595)
            #expect(placed.status == 201, "\(placed.text)")
            #expect(sums(placed.json) == [7300, 500, 795, 1266, 7595])
            #expect(placed.json.shippingMethod == "next-day" && placed.json.discountCodes == ["DEMO500"])
            // The last working day before Tuesday 1 December.
            #expect(placed.json.fulfilment.shipBy == "2026-11-30")
            #expect(try await store.number("SELECT sum(discount_amount)::bigint AS n FROM order_line") == 500)
            #expect(
                try await store.number(
                    "SELECT (sum(order_line.tax_amount) + max(shipping_tax_amount))::bigint AS n FROM order_line JOIN orders ON id = order_id"
                ) == 1266
            )
            let course = #"{"timeZone": "Europe/London", "sessions": ["2026-12-05"]}"#
            let moved = try await store.send(
                .PUT,
                "/v1/orders/\(placed.json.token.text)/course",
                course,
                ["If-Match": "\"1\""]
            )
            #expect(moved.json.fulfilment.shipBy == "2026-12-03")
            let page = try await store.send(.GET, placed.json.page.text).text
            #expect(
                page.contains("−5.00 GBP") && page.contains("7.95 GBP") && page.contains("Includes tax of 12.66 GBP")
            )
            try await store.checkInvariants()
        }
    }

    @Test func aLateDeliveryNeedsTheCustomersYes() async throws {
        try await TestStore.run { store in
            let cart = try await store.cart(
                Self.choice(course: #"{"timeZone": "Europe/London", "sessions": ["2026-11-24"]}"#)
            )
            let refused = try await store.checkout(cart.path, key: "k", accept: "[]")
            #expect(refused.status == 409 && refused.problem == "not-accepted")
            #expect(refused.json.current.notices[0].code == "late")
            let placed = try await store.checkout(cart.path, key: "k", accept: #"["late"]"#)
            #expect(placed.status == 201 && placed.json.accepted == ["late"])
        }
    }

    @Test func aCodeIsUsedNoMoreOftenThanItMayBe() async throws {
        try await TestStore.run { store in
            _ = try await store.pool.write([Statement("UPDATE discount SET limit_total = 3 WHERE code = 'DEMO500'")])
            var carts: [String] = []
            for _ in 0..<12 {
                carts.append(try await store.cart(Self.choice(more: #", "discountCodes": ["DEMO500"]"#)).path)
            }
            let paths = carts
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for path in paths {
                    group.addTask { try await store.checkout(path, key: path, amount: 4000).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == Array(repeating: 201, count: 3) + Array(repeating: 409, count: 9))
            #expect(try await store.number("SELECT count(*) AS n FROM discount_redemption") == 3)
            let late = try await store.cart(Self.choice(more: #", "discountCodes": ["DEMO500"]"#))
            #expect(try await store.send(.GET, late.path).json.problems[0].code == "codeUsedUp")
            let refused = try await store.checkout(late.path, key: "late", amount: 4500)
            #expect(refused.problem == "limit-reached" && refused.json.detail.text.contains("DEMO500"))
            try await store.checkInvariants()
        }
    }

    @Test func onePersonUsesACodeAndTheSampleOnlySoOften() async throws {
        try await TestStore.run { store in
            func buy(_ items: String, _ amount: Int, codes: String, key: String) async throws -> Answer {
                let cart = try await store.cart(Self.choice(items, more: #", "discountCodes": \#(codes)"#))
                return try await store.checkout(cart.path, key: key, amount: amount)
            }
            let kit = #"[{"sku": "DM-KIT", "quantity": 1}]"#
            #expect(try await buy(kit, 4050, codes: #"["DEMO10"]"#, key: "one").status == 201)
            #expect(try await buy(kit, 4050, codes: #"["DEMO10"]"#, key: "two").problem == "limit-reached")
            let sample = #"[{"sku": "ZERO-SHINE-SAMPLE", "quantity": 1}]"#
            #expect(try await buy(sample, 395, codes: "[]", key: "three").status == 201)
            let again = try await buy(sample, 395, codes: "[]", key: "four")
            #expect(again.problem == "limit-reached" && again.json.detail.text.contains("365 days"))
            // The sample in a kit does not count.
            #expect(try await buy(kit, 4500, codes: "[]", key: "five").status == 201)
            _ = try await store.pool.write([
                Statement("UPDATE sample_claim SET claimed_at = claimed_at - interval '365 days'")
            ])
            #expect(try await buy(sample, 395, codes: "[]", key: "six").status == 201)
            try await store.checkInvariants()
        }
    }
}
