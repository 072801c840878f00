import Catalog
import Links
import NIOHTTP1
import Postgres
import Staff
import StoreHTTP
import TestSupport
import Testing
import stripe_double

/// The storefront, as a browser without a script uses it.
@Suite(DatabaseTrait.store) struct ShopTests {
    private static let dates = "sessions=2026-12-01,2026-12-12&zone=Europe/London"

    // MARK: - The window

    @Test func theKitIsShownWithAllThatItsPriceIsMadeOf() async throws {
        try await TestStore.run { store in
            let page = try await store.send(.GET, "/")
            #expect(page.status == 200 && page.isPage)
            #expect(page.words.contains("£45.00 tax included · delivery free (United Kingdom)"))
            #expect(page.words.contains("In stock"))
            for name in ["Restore Ointment", "Cleanse Shampoo", "Restore Lotion", "Zero Shine, sample a gift"] {
                #expect(page.words.contains(name), "\(name)")
            }
            // Each bottle with what the guide says of it.
            #expect(page.words.contains("Heals the skin, calms irritation and redness."))
            #expect(page.words.contains("not medical advice"))
            #expect(page.text.contains("href=\"/products/CLEANSE-SHAMPOO\""))
            // Nothing is asked of another host, and little of this one.
            let asked = page.text.matches(of: #/(?:src|href)="(/shop[^"]*)"/#).map { String($0.1) }
            #expect(asked == ["/shop.svg", "/shop.js"])
            #expect(!page.text.contains("=\"http") && !page.text.contains("style=\""))
            var octets = page.body.count
            for path in asked { octets += try await store.send(.GET, path).body.count }
            #expect(octets <= 60_000, "\(octets)")
            let known = try await store.send(.GET, "/", nil, ["If-None-Match": page.etag])
            #expect(known.status == 304)
        }
    }

    @Test func theWindowIsASecondOldAtMost() async throws {
        try await TestStore.run { store in
            let path = "/?\(Self.dates)"
            let page = try await store.send(.GET, path)
            #expect(page.words.contains("In stock"))
            try await store.setStock("RESTORE-LOTION", 0)
            try await eventually("it is sold out") {
                try await store.send(.GET, path).words.contains("Sold out at the moment")
            }
            let later = try await store.send(.GET, path, nil, ["If-None-Match": page.etag])
            #expect(later.status == 200 && later.etag != page.etag)
            // How a page came about is asked for each time.
            let how = try await store.send(.GET, path + "&how=yes")
            #expect(how.headers.first(name: "Cache-Control") == "no-store")
        }
    }

    @Test func anotherCountryOrCurrencyHasItsOwnTerms() async throws {
        try await TestStore.run { store in
            let abroad = try await store.send(.GET, "/?country=US")
            #expect(abroad.words.contains("£45.00 delivery from £9.95 (United States)"), "\(abroad.words)")
            let euro = try await store.send(.GET, "/?currency=EUR&country=DE")
            #expect(euro.words.contains("€52.00 tax included · delivery from €10.95 (Germany)"))
            #expect(euro.text.contains("href=\"/products/CLEANSE-SHAMPOO?currency=EUR\""))
            let unknown = try await store.send(.GET, "/?currency=XXX&country=ZZ")
            #expect(unknown.status == 200 && unknown.words.contains("£45.00"))
        }
    }

    @Test func aProductHasAPage() async throws {
        try await TestStore.run { store in
            let page = try await store.send(.GET, "/products/RESTORE-LOTION?currency=EUR")
            #expect(page.status == 200 && page.words.contains("Restore Lotion") && page.words.contains("€19.00"))
            #expect(page.words.contains("Hydrates the healed scalp."))
            for path in [
                "/products/RESTORE-OINTMENT", "/products/NOTHING", "/products/%22%3E%3Cb%3E", "/products/a%2Fb",
            ] {
                let none = try await store.send(.GET, path, nil, ["Accept": "text/html"])
                #expect(none.status == 404 && none.isPage && none.words.contains("There is nothing here"), "\(path)")
                #expect(try await store.send(.GET, path).problem == "not-found", "\(path)")
            }
        }
    }

    @Test func photographsAreShownFromTheirOwnHostsAlone() async throws {
        try await TestStore.run { store in
            let picture =
                #"{"url": "https://%/a.jpg?b=1&c=2", "alternativeText": "An \"open\" <box>", "width": 1200, "height": 900}"#
            var file = String(decoding: CatalogFile.demoBytes, as: UTF8.self)
            for (sku, kind, host) in [
                ("DM-KIT", "kit", "images.example"), ("RESTORE-LOTION", "product", "other.example:8443"),
            ] {
                let name = "\"sku\": \"\(sku)\", \"kind\": \"\(kind)\","
                try #require(file.contains(name))
                file.replace(
                    name,
                    with: "\(name) \"media\": [\(picture.replacing("%", with: host))],",
                    maxReplacements: 1
                )
            }
            try await CatalogFile(Array(file.utf8)).load(into: store.pool)
            let kit =
                #"<img src="https://images.example/a.jpg?b=1&amp;c=2" alt="An &quot;open&quot; &lt;box&gt;" width="1200" height="900""#
            for (path, hosts) in [
                ("/", " https://images.example https://other.example:8443"),
                ("/products/DM-KIT", " https://images.example"),
                ("/products/RESTORE-LOTION", " https://other.example:8443"), ("/products/CLEANSE-SHAMPOO", ""),
                ("/cart", ""),
            ] {
                let page = try await store.send(.GET, path)
                let policy = try #require(page.headers.first(name: "Content-Security-Policy"))
                #expect(policy.contains("; img-src 'self'\(hosts); base-uri"), "\(path): \(policy)")
                #expect(page.text.contains(kit) == hosts.contains("images"), "\(path)")
            }
        }
    }

    @Test func whatHasRunOutIsToldAndNotSold() async throws {
        try await TestStore.run { store in
            try await store.setStock("RESTORE-LOTION", 0)
            try await store.setStock("ZERO-SHINE-SAMPLE", 0)
            let page = try await store.send(.GET, "/")
            #expect(page.words.contains("Sold out at the moment: Restore Lotion has run out"))
            #expect(page.words.contains("the kit comes without it"))
            #expect(!page.text.contains("action=\"/cart\""))
            let product = try await store.send(.GET, "/products/RESTORE-LOTION")
            #expect(product.words.contains("Sold out at the moment") && !product.text.contains("action=\"/cart\""))
        }
    }

    @Test func withoutAStorefrontTheRootIsNothing() async throws {
        try await TestStore.run(settings: { $0.hasStorefront = false }) { store in
            for path in ["/", "/cart", "/shop.js", "/products/DM-KIT"] {
                let none = try await store.client.send(.GET, store.url + path, nil, ["Accept": "text/html"])
                #expect(none.status == 404 && none.problem == "not-found", "\(path)")
            }
        }
    }

    // MARK: - Dates

    @Test func aClinicsLinkFillsTheDatesAndShowsThePlan() async throws {
        try await TestStore.run { store in
            let page = try await store.send(.GET, "/?\(Self.dates)&ref=clinic-7&utm=%22%3E")
            #expect(page.status == 200 && !page.text.contains("utm=\""))
            #expect(page.input("id=\"session-1\"").contains("value=\"2026-12-01\""))
            #expect(page.input("id=\"session-2\"").contains("value=\"2026-12-12\""))
            for said in [
                "Tuesday 1 December 2026", "Saturday 12 December 2026", "Thu 3 Dec First wash, with Cleanse Shampoo",
                "Sat 19 Dec Lotion begins, daily for 30 days", "Sat 23 Jan The full result shows",
                "14 times Restore Ointment", "in time for your session",
            ] { #expect(page.words.contains(said), "\(said): \(page.words)") }
            // The kit goes into the cart with them.
            #expect(page.text.contains("type=\"hidden\" name=\"sessions\" value=\"2026-12-12\""))
        }
    }

    @Test(arguments: [
        ("sessions=2026-02-30,2026-12-01,2026-12-12&ref=b-17", "Session 1: this is not a day of the calendar."),
        ("sessions=2026-12-01,2026-12-12,2026-12-12&ref=b-17", "Session 3: this date is there twice."),
        ("sessions=2026-12-01,2026-12-12,2036-12-12,x&ref=b-17", "Session 3: this is more than two years from today."),
        ("sessions=2026-12-01,2026-12-12&zone=Mars/Base&ref=b-17", "This is not a time zone."),
        ("sessions=2026-12-01,2026-12-12&ref=b-17%20Ada", "The reference in this link"),
    ])
    func whatIsRightInALinkIsUsedBesideWhatIsNot(query: String, said: String) async throws {
        try await TestStore.run { store in
            let page = try await store.send(.GET, "/?\(query)")
            #expect(page.status == 422 && page.words.contains(said), "\(page.words)")
            #expect(page.words.contains("Thu 3 Dec First wash") && page.words.contains("Sat 19 Dec Lotion begins"))
            // The kit goes into the cart with what is right, and with nothing else.
            let buy = try #require(page.text.firstMatch(of: #/(?s)<form method="post" action="/cart">(.*?)</form>/#)).1
            let sent = buy.matches(of: #/name="([^"]*)" value="([^"]*)"/#).map { (String($0.1), String($0.2)) }
            let added = try await store.submit("/cart", sent)
            let cart = try #require(added.headers.first(name: "Location")).prefix { $0 != "?" }.dropFirst(6)
            let read = try await store.send(.GET, "/v1/carts/\(cart)").json
            #expect(read.course.sessions == ["2026-12-01", "2026-12-12"])
            #expect(read.course.timeZone == "Europe/London")
            #expect(read.ref == (query.hasSuffix("Ada") ? .null : "b-17"))
        }
    }

    @Test func aClinicsReferenceStaysWithTheOrder() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store, [("ref", "clinic~7:2026-12.x_A")])
            // Nothing that the shopper changes takes it away.
            _ = try await store.submit(cart + "/items", [("version", "1"), ("sku", "DM-KIT"), ("quantity", "2")])
            let copied = try await store.submit(cart + "/copy", [])
            let copy = try #require(copied.headers.first(name: "Location"))
            #expect(try await store.send(.GET, "/v1/carts/\(copy.dropFirst(6))").json.ref == "clinic~7:2026-12.x_A")
            let form = ShopForms.filled(try await store.send(.GET, cart + "/checkout"))
            let placed = try await store.submit(cart + "/checkout", form)
            let order = try #require(placed.headers.first(name: "Location"))
            let read = try await store.send(.GET, "/v1/orders/\(order.dropFirst(3))").json
            #expect(read.ref == "clinic~7:2026-12.x_A")
            let staff = try await store.staff(.support)
            let seen = try await store.send(.GET, "/v1/staff/orders/\(read.number.text)", nil, staff).json
            #expect(seen.ref == "clinic~7:2026-12.x_A")
        }
    }

    @Test func unknownAndOpenCoursesArePlannedToo() async throws {
        try await TestStore.run { store in
            let unknown = try await store.send(.GET, "/?plan=unknown&sessions=2026-12-01")
            #expect(unknown.status == 200 && unknown.words.contains("day 2 First wash, with Cleanse Shampoo"))
            #expect(unknown.input("type=\"radio\" name=\"plan\" value=\"unknown\"").contains(" checked"))
            let open = try await store.send(.GET, "/?sessions=2026-12-01&final=no&dry=24")
            #expect(open.words.contains("Wed 2 Dec First wash"))
            #expect(open.words.contains("later Restore Lotion every day for 30 days, from one week after"))
            let more = try await store.send(.GET, "/?sessions=2026-12-01&sessions=&rows=4")
            #expect(more.text.ranges(of: "type=\"date\"").count == 4)
            #expect(try await store.send(.GET, "/?rows=99").text.ranges(of: "type=\"date\"").count == 12)
        }
    }

    @Test(arguments: [
        ("ref=somebody%40example.com", "The reference in this link"),
        ("ref=" + String(repeating: "x", count: 101), "The reference in this link"),
        ("sessions=2026-02-30", "Session 1: this is not a day of the calendar."),
        ("sessions=%3Cscript%3Ealert(1)%3C/script%3E", "Session 1: this is not a day of the calendar."),
        ("sessions=2026-12-01,2026-12-01", "Session 2: this date is there twice."),
        ("sessions=2036-12-01", "Session 1: this is more than two years from today."),
        ("sessions=2026-12-01&zone=Mars/%22%3E%3Cb%3E", "This is not a time zone."),
        ("sessions=" + (10..<24).map { "2026-12-\($0)" }.joined(separator: ","), "There can be at most 12 sessions."),
        ("sessions=%FF%00,%E2%80%AE", "Session 1: this is not a day of the calendar."),
    ])
    func aLinkWithNonsenseOpensTheShopAndSaysSo(query: String, said: String) async throws {
        try await TestStore.run { store in
            let page = try await store.send(.GET, "/?\(query)")
            #expect(page.status == 422 && page.isPage && page.text.contains("<title>Error: "), "\(page.status)")
            #expect(page.words.contains(said), "\(page.words)")
            #expect(!page.text.contains("<script>") && !page.text.contains("Mars/\""))
            // A plan and the kit are there all the same, and what goes on with them is what can be used.
            #expect(page.words.contains("First wash") && page.words.contains("£45.00"))
            #expect(!page.text.contains("name=\"ref\""))
        }
    }

    // MARK: - The cart

    @Test func linesDatesDeliveryAndCodesAreChangedByForms() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            func send(_ form: String, _ version: Int, _ fields: (String, String)...) async throws -> Answer {
                try await store.submit("\(cart)/\(form)", [("version", "\(version)")] + fields)
            }
            func read() async throws -> JSON { try await store.send(.GET, "/v1/carts/\(cart.dropFirst(6))").json }
            #expect(try await send("items", 1, ("sku", "DM-KIT"), ("quantity", "2")).status == 303)
            #expect(try await send("delivery", 2, ("country", "GB"), ("method", "next-day")).status == 303)
            #expect(try await send("codes", 3, ("add", " demo10 ")).status == 303)
            #expect(
                try await send("course", 4, ("sessions", "2026-12-20"), ("dry", "24"), ("zone", "Europe/Paris")).status
                    == 303
            )
            let changed = try await read()
            #expect(changed.items[0].quantity == 2 && changed.shippingMethod == "next-day")
            #expect(changed.discountCodes == ["DEMO10"] && changed.course.keepDryHours == 24)
            #expect(changed.course.sessions == ["2026-12-20"] && changed.course.timeZone == "Europe/Paris")
            let page = try await store.send(.GET, cart)
            #expect(page.words.contains("Discount − £9.00") && page.words.contains("Delivery £7.95"))

            // Another country has its own ways, and asks for what its taxes depend on.
            #expect(try await send("delivery", 5, ("country", "US"), ("method", "next-day")).status == 303)
            let abroad = try await store.send(.GET, cart)
            #expect(abroad.words.contains("The tax differs by region there"))
            #expect(abroad.text.contains("<option value=\"NY\">New York</option>"))
            #expect(try await send("delivery", 6, ("country", "US"), ("region", "NY")).status == 303)
            let checkout = try await store.send(.GET, cart + "/checkout")
            #expect(checkout.text.contains("<option value=\"NY\" selected>New York</option>"))
            #expect(checkout.words.contains("ZIP code") && checkout.words.contains("State"))
            #expect(try await send("codes", 7, ("remove", "DEMO10")).status == 303)
            #expect(try await send("items", 8, ("sku", "DM-KIT"), ("remove", "yes")).status == 303)
            #expect(try await store.send(.GET, cart).words.contains("There is nothing in your cart yet."))
        }
    }

    @Test func whatIsRefusedLeavesTheCartAndIsSaidThere() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            let many = try await store.submit(
                cart + "/items",
                [("version", "1"), ("sku", "DM-KIT"), ("quantity", "99")]
            )
            #expect(many.status == 422 && many.isPage && many.text.contains("<title>Error: Your cart"))
            let dates = try await store.submit(
                cart + "/course",
                [("version", "1"), ("sessions", "2026-02-30"), ("zone", "Europe/London")]
            )
            #expect(dates.status == 422 && dates.words.contains("Session 1: this is not a day of the calendar."))
            let stale = try await store.submit(
                cart + "/items",
                [("version", "7"), ("sku", "DM-KIT"), ("quantity", "2")]
            )
            #expect(stale.status == 412 && stale.words.contains("Your cart was changed elsewhere meanwhile."))
            let code = try await store.submit(cart + "/codes", [("version", "1"), ("add", "<NOPE>")])
            #expect(code.status == 303)
            #expect(try await store.send(.GET, cart).text.contains("There is no code &lt;NOPE&gt;"))
            #expect(try await store.submit(cart + "/items", [], type: "text/plain").status == 415)
        }
    }

    @Test func aBrowserHasOneCartAndAnyOtherOpensItByItsLink() async throws {
        try await TestStore.run { store in
            #expect(try await store.send(.GET, "/cart").words.contains("There is nothing in your cart yet."))
            let cart = try await ShopForms.cart(store)
            let id = String(cart.dropFirst(6))
            let own = try await store.send(.GET, "/cart", nil, ["Cookie": "other=1; cart=\(id)"])
            #expect(own.status == 303 && own.headers.first(name: "Location") == cart)
            let more = try await store.add([("sku", "CLEANSE-SHAMPOO"), ("quantity", "2")], cookie: id)
            #expect(more.headers.first(name: "Location") == cart + "?done=added")
            _ = try await store.add([("sku", "CLEANSE-SHAMPOO")], cookie: id)
            let read = try await store.send(.GET, "/v1/carts/\(id)").json
            #expect(read.items.entries.map(\.quantity) == [1, 3])
            let elsewhere = try await store.send(.GET, cart)
            #expect(elsewhere.headers.first(name: "Set-Cookie") == nil)
            #expect(elsewhere.words.contains("You opened this cart by its link."))
            let mine = try await store.send(.GET, cart, nil, ["Cookie": "cart=\(id)"])
            #expect(!mine.words.contains("You opened this cart by its link."))
            // What becomes of a copy is seen by nobody else.
            let copied = try await store.submit(cart + "/copy", [])
            let copy = try #require(copied.headers.first(name: "Location"))
            #expect(copied.status == 303 && copy != cart)
            #expect(copied.headers.first(name: "Set-Cookie")?.hasPrefix("cart=\(copy.dropFirst(6));") == true)
            #expect(
                try await store.send(.GET, "/v1/carts/\(copy.dropFirst(6))").json.items
                    == store.send(.GET, "/v1/carts/\(id)").json.items
            )
            #expect(elsewhere.text.contains("http://store.test\(cart)"))
            for cookie in ["nonsense", String(repeating: "A", count: 43)] {
                let nobody = try await store.add([("sku", "DM-KIT")], cookie: cookie)
                #expect(nobody.status == 303 && nobody.headers.first(name: "Location")?.hasPrefix(cart) == false)
            }
            let none = try await store.send(
                .GET,
                "/cart/" + String(repeating: "A", count: 43),
                nil,
                ["Accept": "text/html"]
            )
            #expect(none.status == 404 && none.isPage)
            _ = try await store.pool.write([Statement("UPDATE cart SET expires_at = '2020-01-01'")])
            let gone = try await store.send(.GET, cart, nil, ["Accept": "text/html"])
            #expect(gone.status == 410 && gone.words.contains("This cart is no longer there"))
        }
    }

    @Test func twoTabsThatAddAtOnceBothAdd() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            let id = String(cart.dropFirst(6))
            let answers = try await store.atOnce(2) { _ in try await store.add([("sku", "DM-KIT")], cookie: id) }
            #expect(answers.map(\.status) == [303, 303])
            #expect(try await store.send(.GET, "/v1/carts/\(id)").json.items[0].quantity == 3)
        }
    }

    @Test func aFormFromAnotherSiteDoesNothing() async throws {
        try await TestStore.run { store in
            let answer = try await store.send(
                .POST,
                "/cart",
                "sku=DM-KIT",
                ["Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"]
            )
            #expect(answer.status == 303 && answer.headers.first(name: "Location") == "/")
            #expect(answer.headers.first(name: "Set-Cookie") == nil)
            #expect(try await store.number("SELECT count(*) AS n FROM cart") == 0)
        }
    }

    @Test func whatIsNotSoldIsNotAdded() async throws {
        try await TestStore.run { store in
            for sku in ["", "NOTHING", "RESTORE-OINTMENT", "\"><b>"] {
                let answer = try await store.add([("sku", sku)], cookie: "", accept: "text/html")
                #expect(answer.status == 422 && answer.isPage && !answer.text.contains("\"><b>"), "\(sku)")
            }
            #expect(try await store.number("SELECT count(*) AS n FROM cart") == 0)
        }
    }

    // MARK: - How it asks

    @Test func eachPageTellsHowItAskedTheAPI() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            let id = cart.dropFirst(6)
            for (path, asked) in [
                (
                    "/?\(Self.dates)",
                    ["GET /v1/store", "GET /v1/products?currency=GBP", "POST /v1/plan", "POST /v1/quote"]
                ),
                ("/products/DM-KIT", ["GET /v1/store", "GET /v1/products/DM-KIT?currency=GBP", "POST /v1/quote"]),
                (cart, ["GET /v1/carts/\(id)", "GET /v1/store", "GET /v1/products?currency=GBP", "POST /v1/plan"]),
                (
                    cart + "/checkout",
                    [
                        "GET /v1/carts/\(id)", "GET /v1/store", "GET /v1/products?currency=GBP",
                        "GET /v1/legal-texts", "GET /v1/legal-texts/", "GET /v1/legal-texts/",
                    ]
                ),
            ] {
                let page = try await store.send(.GET, path)
                let link = try #require(page.text.firstMatch(of: #/href="([^"]*how=yes)"/#)).1.replacing(
                    "&amp;",
                    with: "&"
                )
                let how = try await store.send(.GET, String(link))
                let heads = how.text.matches(of: #/<code>((?:GET|POST|PUT) [^<]*)<\/code><\/h2>/#)
                    .map { String($0.1).replacing(/[0-9a-f]{64}/, with: "") }
                #expect(heads == asked, "\(path)")
                #expect(how.text.contains("href=\"\(path.replacing("&", with: "&amp;"))\""), "\(path)")
            }
            // What it shows can be sent as it stands, and is answered as it says.
            let how = try await store.send(.GET, "/?\(Self.dates)&how=yes")
            let blocks = how.text.matches(of: #/<pre tabindex="0"><code>([^<]*)<\/code>/#)
                .map {
                    $0.1.replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&amp;", with: "&")
                }
            let quote = try #require(blocks.firstIndex { $0.hasPrefix("POST /v1/quote") })
            let body = String(blocks[quote].drop { $0 != "{" })
            let answer = try await store.send(.POST, "/v1/quote", body)
            #expect(try JSON(Array(blocks[quote + 1].drop { $0 != "{" }.utf8)) == answer.json)
        }
    }

    @Test func eachPageRunsItsOwnModuleAndNothingElse() async throws {
        try await TestStore.run { store in
            let cart = try await ShopForms.cart(store)
            for path in ["/", "/products/DM-KIT", "/cart", cart, cart + "/checkout", "/?how=yes"] {
                let page = try await store.send(.GET, path)
                let policy = try #require(page.headers.first(name: "Content-Security-Policy"))
                #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"), "\(path)")
                #expect(policy.contains("; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'"))
                #expect(!policy.contains("unsafe") && !policy.contains("http"), "\(path)")
                #expect(page.text.ranges(of: "<script").count == 1, "\(path)")
                // The demo is nobody's shop.
                #expect(page.headers.first(name: "X-Robots-Tag") == "noindex", "\(path)")
            }
            _ = try await store.pool.write([
                Statement("UPDATE catalog_version SET is_demo = false, version = version + 1")
            ])
            try await eventually("the shop is listed") {
                try await store.send(.GET, "/").headers.first(name: "X-Robots-Tag") == nil
            }
            #expect(try await store.send(.GET, cart).headers.first(name: "X-Robots-Tag") == "noindex")
        }
    }
}
