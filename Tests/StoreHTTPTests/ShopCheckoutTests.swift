import Links
import NIOHTTP1
import Postgres
import Staff
import StoreHTTP
import TestSupport
import Testing
import stripe_double

/// From the shop's kit to an order, as a browser without a script goes, and what can go wrong on the way.
@Suite(DatabaseTrait.store) struct ShopCheckoutTests {
    // MARK: - From the kit to the order

    @Test func formsLeadFromTheKitToTheOrder() async throws {
        try await TestStore.run(settings: { $0.publicURL = "https://store.test" }) { store in
            let added = try await store.submit(
                "/cart",
                [
                    ("sku", "DM-KIT"), ("country", "GB"), ("currency", "GBP"), ("sessions", "2026-12-12"),
                    ("sessions", "2026-12-01"), ("sessions", ""), ("zone", "europe/london"),
                ]
            )
            #expect(added.status == 303, "\(added.text)")
            let location = try #require(added.headers.first(name: "Location"))
            let cart = String(location.prefix { $0 != "?" })
            let cookie = try #require(added.headers.first(name: "Set-Cookie"))
            #expect(
                cookie.hasPrefix("cart=\(cart.dropFirst(6)); Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure")
            )
            let page = try await store.send(.GET, location)
            #expect(page.words.contains("It is in your cart.") && page.words.contains("£45.00"))
            #expect(page.headers.first(name: "Cache-Control") == "no-store")
            #expect(page.input("value=\"2026-12-12\"").contains("type=\"date\""))
            #expect(page.words.contains("in time"))

            let checkout = try await store.send(.GET, cart + "/checkout")
            #expect(checkout.status == 200 && checkout.words.contains("Order and pay"))
            #expect(checkout.input("id=\"postalCode\"").contains("autocomplete=\"shipping postal-code\""))
            // What it is placed under can be read before.
            let button = try #require(checkout.text.firstRange(of: "Order and pay"))
            let before = String(checkout.text[..<button.lowerBound])
            let links = before.matches(of: #/href="(/v1/legal-texts/[0-9a-f]+)">/#).map { String($0.1) }
            #expect(links.count == 2)
            for (link, name) in zip(links, ["Our terms", "How to withdraw from your order"]) {
                let text = try await store.send(.GET, link)
                let line = try #require(text.text.split(separator: "\n").first)
                #expect(text.status == 200 && before.contains(line) && before.contains("<summary>\(name)</summary>"))
            }
            let placed = try await store.submit(cart + "/checkout", ShopForms.filled(checkout))
            #expect(placed.status == 303, "\(placed.words)")
            let order = try #require(placed.headers.first(name: "Location"))
            #expect(order.hasPrefix("/o/"))
            let read = try await store.send(.GET, "/v1/orders/\(order.dropFirst(3))").json
            #expect(read.customer.name == "Ada Example" && read.customer.phone == .null)
            #expect(read.course.sessions == ["2026-12-01", "2026-12-12"] && read.course.timeZone == "Europe/London")
            #expect(read.totals.total.amount == 4500 && read.payment.method == "invoice")
            try await store.checkInvariants()
        }
    }

    @Test func aFormThatIsSentTwiceAtOnceIsOneOrder() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            let form = ShopForms.filled(try await store.send(.GET, cart + "/checkout"))
            let answers = try await store.atOnce(6) { _ in try await store.submit(cart + "/checkout", form) }
            #expect(answers.map(\.status) == Array(repeating: 303, count: 6))
            #expect(Set(answers.map { $0.headers.first(name: "Location") ?? "" }).count == 1)
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 1)
            // The answer was lost, and the form is sent once more a while later.
            let again = try await store.submit(cart + "/checkout", form)
            #expect(again.headers.first(name: "Location") == answers[0].headers.first(name: "Location"))
        }
    }

    @Test func whoComesBackAfterOrderingIsLedToTheOrder() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            let old = ShopForms.filled(try await store.send(.GET, cart + "/checkout"))
            let other = ShopForms.filled(try await store.send(.GET, cart + "/checkout"))
            let placed = try await store.submit(cart + "/checkout", old)
            let order = try #require(placed.headers.first(name: "Location"))
            for path in [cart, cart + "/checkout"] {
                let page = try await store.send(.GET, path)
                #expect(page.status == 200 && page.words.contains("You have ordered this already"), "\(path)")
                #expect(page.text.contains("href=\"\(order)\""), "\(path)")
            }
            // Another tab's form, the same form with another name, a change of the cart: none orders once more.
            let changed = old.map { ($0.0, $0.0 == "name" ? "Ben Example" : $0.1) }
            for (path, form, status) in [
                (cart + "/checkout", other, 409), (cart + "/checkout", changed, 422),
                (cart + "/codes", [("version", "1"), ("add", "DEMO10")], 409),
            ] {
                let answer = try await store.submit(path, form)
                #expect(
                    answer.status == status && answer.text.contains("href=\"\(order)\""),
                    "\(path) \(answer.status)"
                )
            }
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 1)
            // What is added next goes into a new cart.
            let next = try await store.add([("sku", "DM-KIT")], cookie: String(cart.dropFirst(6)))
            #expect(next.status == 303 && next.headers.first(name: "Location")?.hasPrefix(cart) == false)
        }
    }

    @Test func aCardIsPaidOnTheProvidersPage() async throws {
        try await StripeShop.run { shop in
            let store = shop.store
            let cart = try await ShopForms.cart(store)
            let page = try await store.send(.GET, cart + "/checkout")
            #expect(page.input("value=\"stripe\"").contains(" checked"))
            let form = ShopForms.filled(page, ["method": "stripe"])
            let answers = try await store.atOnce(2) { _ in try await store.submit(cart + "/checkout", form) }
            for answer in answers {
                #expect(answer.status == 200 && answer.text.contains("http-equiv=\"refresh\""), "\(answer.text)")
            }
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 1)
            #expect(shop.stripe.sessions.count == 1)
            let session = try #require(shop.stripe.sessions.first?.id)
            #expect(answers.allSatisfy { $0.text.contains(session) })
            _ = try shop.stripe.pay(session)
            #expect(try await shop.stripe.deliverAll() == [204])
            #expect(try await store.number("SELECT count(*) AS n FROM orders WHERE payment_status = 'paid'") == 1)
        }
    }

    @Test func aShopWithAProviderTakesInvoicesToo() async throws {
        try await StripeShop.run { shop in
            let cart = try await ShopForms.cart(shop.store)
            let form = ShopForms.filled(try await shop.store.send(.GET, cart + "/checkout"), ["method": "invoice"])
            let placed = try await shop.store.submit(cart + "/checkout", form)
            #expect(placed.status == 303 && shop.stripe.sessions.isEmpty)
        }
    }

    // MARK: - What can go wrong at the checkout

    @Test func whatIsWrongIsSaidWithAllThatWasTyped() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            let page = try await store.send(.GET, cart + "/checkout")
            let form = ShopForms.filled(page, ["email": "ada at example", "city": " ", "line1": "1 \"High\" <Street>"])
            let answer = try await store.submit(cart + "/checkout", form)
            #expect(answer.status == 422 && answer.text.contains("<title>Error: Checkout</title>"))
            #expect(answer.text.contains("<a href=\"#email\">E-mail: it looks like name@example.com.</a>"))
            #expect(answer.text.contains("<a href=\"#city\">Town or city: please fill this in.</a>"))
            #expect(answer.input("id=\"email\"").contains("aria-invalid=\"true\""))
            #expect(answer.input("id=\"email\"").contains("value=\"ada at example\""))
            #expect(answer.input("id=\"line1\"").contains("value=\"1 &quot;High&quot; &lt;Street&gt;\""))
            #expect(!answer.input("id=\"line1\"").contains("aria-invalid"))
            // The same form, mended, is the order.
            #expect(try await store.submit(cart + "/checkout", ShopForms.filled(answer)).status == 303)

            let none = try await store.submit(cart + "/checkout", [("name", "Ada")])
            #expect(none.status == 422 && none.problem == "invalid-request")
            #expect(try await store.submit("/cart/x/checkout", form).status == 404)
        }
    }

    @Test func anInvoiceGoesElsewhereAndRemindersComeAtAnHour() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            let page = try await store.send(.GET, cart + "/checkout")
            // Not asked for unless wished for.
            #expect(!page.input("id=\"billing\"").contains("checked"))
            #expect(!page.text.contains("<option value=\"9\" selected"))
            let elsewhere = [
                ("billing", "other"), ("billing-line1", "2 Office Road"), ("billing-line2", ""),
                ("billing-city", " "), ("billing-region", ""), ("billing-postalCode", "75001"), ("hour", "9"),
                ("billing-country", "FR"),
            ]
            let refused = try await store.submit(cart + "/checkout", ShopForms.filled(page) + elsewhere)
            #expect(refused.status == 422, "\(refused.status)")
            #expect(
                refused.text.contains("<a href=\"#billing-city\">Invoice address, Town or city: please fill this in.")
            )
            // What was typed is there again.
            #expect(refused.input("id=\"billing\"").contains("checked"))
            #expect(refused.input("id=\"billing-line1\"").contains("value=\"2 Office Road\""))
            #expect(refused.text.contains("<option value=\"FR\" selected>France</option>"))
            #expect(refused.text.contains("<option value=\"9\" selected>9:00</option>"))
            let mended = elsewhere.map { ($0.0, $0.0 == "billing-city" ? "Paris" : $0.1) }
            let placed = try await store.submit(cart + "/checkout", ShopForms.filled(refused) + mended)
            let order = try #require(placed.headers.first(name: "Location"), "\(placed.words)")
            let read = try await store.send(.GET, "/v1/orders/\(order.dropFirst(3))").json
            #expect(read.billingAddress.line1 == "2 Office Road" && read.billingAddress.country == "FR")
            #expect(read.billingAddress.line2 == .null && read.shippingAddress.country == "GB")
            #expect(read.reminders.hour == 9)
        }
    }

    @Test func offersAreTakenByWhoeverTicksThem() async throws {
        try await TestStore.run { store in
            for agrees in [false, true] {
                let cart = try await ShopForms.cart(store)
                let page = try await store.send(.GET, cart + "/checkout")
                let box = page.input("name=\"offers\"")
                #expect(box.contains("value=\"1\"") && !box.contains("checked") && !box.contains("required"))
                let old = try await store.submit(cart + "/checkout", ShopForms.filled(page) + [("offers", "0")])
                #expect(old.status == 422 && old.text.contains("<a href=\"#offers\">The words about offers"))
                let form = ShopForms.filled(old) + (agrees ? [("offers", "1")] : [])
                let placed = try await store.submit(cart + "/checkout", form)
                let order = try #require(placed.headers.first(name: "Location"), "\(placed.words)")
                let taken = try await store.send(.GET, "/v1/orders/\(order.dropFirst(3))/offers").json.offers
                #expect(taken.wording == (agrees ? "1" : .null))
            }
        }
    }

    @Test func anHourThatCannotBeWishedForIsSaid() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            let form = ShopForms.filled(try await store.send(.GET, cart + "/checkout"))
            let refused = try await store.submit(cart + "/checkout", form + [("hour", "3")])
            #expect(refused.status == 422 && refused.text.contains("<a href=\"#hour\">Reminders: choose an hour"))
            // Elsewhere is typed, and not meant.
            let placed = try await store.submit(cart + "/checkout", form + [("billing-line1", "2 Office Road")])
            let order = try #require(placed.headers.first(name: "Location"), "\(placed.words)")
            let read = try await store.send(.GET, "/v1/orders/\(order.dropFirst(3))").json
            #expect(read.billingAddress == .null && read.reminders == .null)
        }
    }

    @Test func aPriceThatChangedIsShownWithBothTotals() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            let form = ShopForms.filled(try await store.send(.GET, cart + "/checkout"))
            _ = try await store.pool.write([Statement("UPDATE price SET amount = 5000 WHERE sku = 'DM-KIT'")])
            let answer = try await store.submit(cart + "/checkout", form)
            #expect(answer.status == 409 && answer.words.contains("The total has changed from £45.00 to £50.00"))
            #expect(answer.input("id=\"name\"").contains("value=\"Ada Example\""))
            #expect(try await store.submit(cart + "/checkout", ShopForms.filled(answer)).status == 303)
            #expect(try await store.number("SELECT total_amount AS n FROM orders") == 5000)
        }
    }

    @Test func whatSoldOutUnderTheShopperIsSaidWithWhatToDo() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            let form = ShopForms.filled(try await store.send(.GET, cart + "/checkout"))
            try await store.setStock("RESTORE-LOTION", 0)
            let answer = try await store.submit(cart + "/checkout", form)
            #expect(answer.status == 409, "\(answer.status)")
            #expect(answer.words.contains("Restore Lotion is out of stock (for DM aftercare kit)"), "\(answer.words)")
            #expect(answer.words.contains("Change your cart") && answer.text.contains("href=\"\(cart)\""))
            let page = try await store.send(.GET, cart)
            #expect(page.words.contains("Restore Lotion is out of stock") && !page.text.contains("\(cart)/checkout\""))
            let checkout = try await store.send(.GET, cart + "/checkout")
            #expect(checkout.status == 303 && checkout.headers.first(name: "Location") == cart)
            #expect(try await store.number("SELECT count(*) AS n FROM orders") == 0)
        }
    }

    @Test func whatNeedsAYesIsAskedFor() async throws {
        try await TestStore.run { store in
            try await store.setStock("ZERO-SHINE-SAMPLE", 0)
            let cart = try await ShopForms.cart(store)
            let page = try await store.send(.GET, cart + "/checkout")
            #expect(page.words.contains("Zero Shine, sample has run out"))
            #expect(page.input("value=\"sampleMissing\"").contains("required"))
            let refused = try await store.submit(cart + "/checkout", ShopForms.filled(page))
            #expect(refused.status == 409 && refused.text.contains("href=\"#accept-sampleMissing\""))
            let yes = ShopForms.filled(refused) + [("accept", "sampleMissing")]
            #expect(try await store.submit(cart + "/checkout", yes).status == 303)
        }
    }

    @Test func whatAnotherTabChangedIsToldBeforeItIsOrdered() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            let form = ShopForms.filled(try await store.send(.GET, cart + "/checkout"))
            let more = try await store.submit(
                cart + "/items",
                [("version", "1"), ("sku", "DM-KIT"), ("quantity", "2")]
            )
            #expect(more.status == 303, "\(more.words)")
            let answer = try await store.submit(cart + "/checkout", form)
            #expect(
                answer.status == 412 && answer.words.contains("Your cart was changed elsewhere"),
                "\(answer.status)"
            )
            #expect(answer.words.contains("£90.00"))
            #expect(try await store.submit(cart + "/checkout", ShopForms.filled(answer)).status == 303)
        }
    }

    @Test(arguments: [
        "Łukasz <b>Żółć</b> \"Ęą\"", "عائشة بنت محمد", "Rechtsschutzversicherungsgesellschaften", "\u{202E}evil",
        "O'Neil & Söhne {{name}}", "<script>alert(1)</script>",
    ])
    func namesOfAllKindsStayText(name: String) async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            let page = try await store.send(.GET, cart + "/checkout")
            let refused = try await store.submit(
                cart + "/checkout",
                ShopForms.filled(page, ["name": name, "email": "x"])
            )
            #expect(refused.status == 422 && !refused.text.contains("<script>") && !refused.text.contains("<b>Ż"))
            #expect(ShopForms.value(of: "name", in: refused) == name)
            let placed = try await store.submit(
                cart + "/checkout",
                ShopForms.filled(refused, ["email": "ada@example.com"])
            )
            let order = try #require(placed.headers.first(name: "Location"))
            let read = try await store.send(.GET, "/v1/orders/\(order.dropFirst(3))").json
            #expect(read.customer.name.text == name)
            // Wherever the name stands afterwards it is a text, and where it is foreign it turns nothing round.
            let documents = try await store.send(.GET, "/v1/orders/\(read.token.text)/documents").json
            let packer = try await store.staff(.packer)
            let slip = try await store.send(.GET, "/v1/staff/prints?order=\(read.number.text)&kind=slip", nil, packer)
            for page in [
                try await store.send(.GET, order), try await store.send(.GET, read.guide.page.text),
                try await store.send(.GET, documents.data[0].page.text), slip,
            ] {
                #expect(page.status == 200 && page.isPage)
                if name.contains(/[<"]/) { #expect(!page.text.contains(name)) }
                for place in page.text.ranges(of: name) {
                    let before = page.text[..<place.lowerBound]
                    #expect(["<bdi>", "value=\""].contains { before.hasSuffix($0) }, "\(before.suffix(80))")
                }
            }
        }
    }
}
