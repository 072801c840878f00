import Commerce
@testable import StaffCLI
import StoreAPI
import Testing

/// A store can be filled with made-up orders, which go the way of real ones.
@Suite struct DemoTests {
    static let products = #"""
        {"data":[
         {"sku":"DM-KIT","kind":"kit","name":"Kit","description":"","price":{"amount":4500,"currency":"GBP"},"contents":[],
          "availability":{"status":"inStock","sellable":99,"limitedBy":null},"maxPerOrder":10,
          "language":"en","media":[],"ingredients":null,"warnings":[],"responsible":null,"sealed":true,"delivery":null},
         {"sku":"RESTORE-LOTION","kind":"product","name":"Lotion","description":"",
          "price":{"amount":1600,"currency":"GBP"},"contents":[],
          "availability":{"status":"inStock","sellable":99,"limitedBy":null},"maxPerOrder":10,
          "language":"en","media":[],"ingredients":null,"warnings":[],"responsible":null,"sealed":true,"delivery":null},
         {"sku":"ZERO-SHINE-SAMPLE","kind":"sample","name":"Sample","description":"",
          "price":{"amount":0,"currency":"GBP"},"contents":[],
          "availability":{"status":"inStock","sellable":99,"limitedBy":null},"maxPerOrder":1,
          "language":"en","media":[],"ingredients":null,"warnings":[],"responsible":null,"sealed":true,"delivery":null}],"next":null}
        """#
    private static let cart = #"""
        {"id":"c1","currency":"GBP","country":"GB","region":null,"shippingMethod":null,"discountCodes":[],"ref":null,"items":[],
         "course":null,"totals":\#(totals),"deliveryOptions":[],"problems":[],
         "notices":[{"code":"sampleMissing","pointer":"/items/0","detail":"The sample is out."}],
         "expiresAt":"2026-12-01T00:00:00Z"}
        """#
    private static let totals = #"""
        {"items":{"amount":4500,"currency":"GBP"},"discount":{"amount":0,"currency":"GBP"},
         "shipping":{"amount":0,"currency":"GBP"},"tax":{"amount":750,"currency":"GBP"},"taxIncluded":true,
         "total":{"amount":4500,"currency":"GBP"}}
        """#
    private static let placed = #"""
        {"number":"DM-7K4Q-99","token":"t","placedAt":"2026-11-24T09:12:44Z","status":"placed","page":null,
         "payment":{"status":"unpaid","method":"invoice"},
         "fulfilment":{"status":"unfulfilled","shipBy":null,"shipments":[]},"items":[],"totals":\#(totals),
         "customer":{"name":"Demo Client 1","givenName":null,"email":"demo1@example.com","phone":null},
         "shippingAddress":{"line1":"1","line2":null,"city":"London","region":null,"postalCode":"N1","country":"GB"},
         "billingAddress":null,"course":null,"shippingMethod":null,"discountCodes":[],"ref":null,"accepted":[],"language":"en","reminders":null,
         "comesTo":{"amount":4500,"currency":"GBP"},"adjustments":[],"replacements":[],
         "guide":{"revision":1,"page":null,"json":"/g","calendar":null}}
        """#

    private static func shop(_ request: StubStore.Request) -> StubStore.Reply {
        if request.path.hasPrefix("/v1/products") { return .answer(200, products) }
        if request.path == "/v1/carts" { return .answer(201, cart) }
        if request.path.hasSuffix("/checkout") {
            guard request.body.contains("sampleMissing") else {
                return .answer(
                    409,
                    #"{"type":"/problems/not-accepted","title":"","status":409,"detail":"Ask.","current":\#(cart),"#
                        + #""requestId":"r"}"#
                )
            }
            return .answer(201, placed)
        }
        return SampleAnswers.answer(request)
    }

    @Test func ordersArePlacedAsCustomersDoAndMostArePaid() async throws {
        try await withStore({ Self.shop($0) }) { store, machine in
            let outcome = await machine.run("demo", "fill", "--count", "20", "--yes")
            #expect(outcome.code == 0, "\(outcome)")
            #expect(outcome.output == "Placed 20 orders, 18 of them paid.\n")
            let shop = store.requests.filter { !$0.path.hasPrefix("/v1/staff") }
            // The shop is asked as a visitor asks it.
            #expect(shop.allSatisfy { $0.headers["authorization"] == nil })
            let checkouts = store.requests.filter { $0.path.hasSuffix("/checkout") }
            #expect(checkouts.count == 40 && Set(checkouts.map(\.key)).count == 40)
            #expect(store.requests.filter { $0.path.hasSuffix("/payments") }.count == 18)
            #expect(machine.keptKeys.isEmpty)
        }
    }

    @Test func aPackerMayNotFill() async throws {
        try await withStore({ request in
            .answer(200, SampleAnswers.me.replacing("manager", with: "packer"))
        }) { store, machine in
            #expect(await machine.run("demo", "fill", "--yes").code == 3)
            #expect(store.requests.count == 1)
        }
    }

    @Test func demoGoesOnWhenStockRunsOut() async throws {
        try await withStore({ request in
            request.path.hasSuffix("/checkout") ? .problem(409, "out-of-stock", "Gone.") : Self.shop(request)
        }) { _, machine in
            let outcome = await machine.run("demo", "fill", "--count", "3", "--yes")
            #expect(outcome.code == 1 && outcome.errors == "3 were refused, the first because: Gone.\n")
        }
    }

    @Test func theOrdersAreVariedAndTheirSessionsNear() throws {
        let answer = StoreAnswer(status: 200, headers: [:], body: Array(Self.products.utf8))
        let products = try answer.decode(ProductListBody.self).data.filter { $0.kind != .sample }
        let today = CalendarDate(daysSince1970: 20_000)
        let orders = (1...300).map { DemoOrder(number: $0, products: products, today: today) }
        var days: Set<Int> = []
        for order in orders {
            let items = order.cart.items ?? []
            #expect(!items.isEmpty && items.allSatisfy { (1...10).contains($0.quantity) })
            for session in order.cart.course?.sessions ?? [] {
                days.insert((CalendarDate(session) ?? today + 999) - today)
            }
        }
        #expect(days == Set(-1...30))
        #expect(Set(orders.map { $0.cart.items?.map(\.sku) }).count == 3)
        #expect(orders[16].customer.name == "Demo Client 17" && orders[16].customer.email == "demo17@example.com")
    }

    @Test func customersConsentIsAskedFor() async throws {
        let arguments = [
            "orders", "create", "--item", "DM-KIT", "--name", "Ada", "--email", "a@example.com", "--line1", "1",
            "--city",
            "London", "--postal-code", "N1", "--country", "GB",
        ]
        let refusal =
            #"{"type":"/problems/not-accepted","title":"","status":409,"detail":"Ask.","current":\#(Self.cart),"#
            + #""requestId":"r"}"#
        try await withStore({ request in
            request.body.contains("sampleMissing") ? SampleAnswers.answer(request) : .answer(409, refusal)
        }) { store, machine in
            let asked = await machine.run(all: arguments, typed: ["y"])
            #expect(asked.code == 0 && asked.errors.contains("The sample is out. Does the customer agree? [y/n]"))
            #expect(store.requests.count == 2)
            #expect(await machine.run(all: arguments, typed: ["n"]).code == 1)
            let alone = await machine.run(all: arguments)
            #expect(alone.code == 1 && alone.errors.hasSuffix("If the customer agrees, add --accept sampleMissing.\n"))
            #expect(await machine.run(all: arguments + ["--accept", "sampleMissing"]).code == 0)
        }
    }
}
