import Commerce
import Records
import Testing

@testable import Cart
@testable import Catalog
@testable import Orders
@testable import Samples

/// Why an order is not placed: of several reasons, the one that is told first.
struct OrderRequestTests {
    /// A request and what it meets; right in everything until something is spoilt.
    private struct Case {
        var cartVersions: Set<Int>? = [3]
        var cartRegion: String?
        var address: PostalAddress
        var expected: Money
        var accepted: Set<String> = ["sampleMissing"]
        var items: [Choice.Item]
        var discountCodes: [String] = []
        var stock: [String: Int64] = ["OINTMENT": 9, "SHAMPOO": 9, "LOTION": 9]

        /// A kit of which the sample has run out, to Britain, for 45 pounds.
        init() throws {
            address = try SampleOrder.address()
            expected = Money(4500, try currency("GBP"))
            items = [Choice.Item(sku: try sku("KIT"), quantity: 1)]
        }

        func error() throws -> PlacementError? {
            let pounds = try currency("GBP")
            let shop = try Shop()
            let catalog = Catalog(
                version: 1,
                isDemo: false,
                products: shop.catalog.products,
                prices: [pounds: [shop.kit.sku: 4500, shop.lotion.sku: 1000]],
                terms: Terms(
                    markets: [],
                    taxes: [],
                    shipping: [],
                    discounts: [
                        Discount(
                            code: "ONCE",
                            value: .basisPoints(1000),
                            from: nil,
                            until: nil,
                            minimum: 0,
                            limit: 1,
                            limitPerEmail: nil
                        )
                    ]
                )
            )
            let cart = Cart(
                id: 1,
                linkKey: 0,
                choice: Choice(
                    currency: pounds,
                    country: Country(rawValue: "GB"),
                    region: cartRegion,
                    items: items,
                    course: nil,
                    discountCodes: discountCodes
                ),
                version: 3,
                isOrdered: false,
                expiresAt: Instant(microsecondsSince1970: 0)
            )
            let quote = Quote(
                cart.choice,
                catalog: catalog,
                stock: try Samples.stock(stock),
                moment: Quote.Moment(clientToday: nil, shopToday: try date("2026-12-01"), shopMinutes: 0),
                redemptions: ["ONCE": 1]
            )
            return try OrderRequest(
                details: Order.Details(
                    customer: SampleOrder.customer,
                    shippingAddress: address,
                    billingAddress: nil,
                    paymentMethod: .invoice,
                    language: "en",
                    accepted: accepted
                ),
                expectedTotal: expected,
                key: IdempotencyKey(scope: [], fingerprint: []),
                cartVersions: cartVersions
            ).error(for: cart, quote: quote, catalog: catalog)
        }

        /// The error's name; nil where the order can be placed.
        func reason() throws -> String? {
            try error().map { error in Mirror(reflecting: error).children.first?.label ?? "\(error)" }
        }
    }

    @Test func orderIsPlacedFromTheCartThatTheCustomerSaw() throws {
        var right = try Case()
        #expect(try right.reason() == nil)
        right.cartVersions = nil
        #expect(try right.reason() == nil)
        right.cartVersions = [1, 3]
        #expect(try right.reason() == nil)
    }

    /// All is wrong at first, and then one thing after the other is put right.
    @Test func reasonsAreToldInTheirOrder() throws {
        let right = try Case()
        var wrong = right
        wrong.cartVersions = [2]
        wrong.address = try SampleOrder.address(region: "Kent", country: "FR")
        wrong.cartRegion = "Essex"
        wrong.expected = Money(1, try currency("EUR"))
        wrong.discountCodes = ["ONCE", "NEVER"]
        wrong.items += [
            Choice.Item(sku: try sku("LOTION"), quantity: 1000), Choice.Item(sku: try sku("SHAMPOO"), quantity: 1),
        ]
        wrong.accepted = []
        let steps: [(told: String, putRight: (inout Case) throws -> Void)] = [
            ("cartChanged", { $0.cartVersions = [3] }),
            ("countryDiffers", { $0.address = try SampleOrder.address(region: "Kent") }),
            ("regionDiffers", { $0.cartRegion = "Kent" }),
            ("currencyDiffers", { $0.expected = Money(1, try currency("GBP")) }),
            ("limitReached", { $0.discountCodes = ["NEVER"] }),
            ("notReady", { $0.discountCodes = [] }),
            ("notReady", { $0.items[1] = Choice.Item(sku: try sku("LOTION"), quantity: 9) }),
            ("outOfStock", { $0.items.removeLast() }),
            ("outOfStock", { $0.items.removeLast() }),
            ("priceChanged", { $0.expected = right.expected }),
            ("notAccepted", { $0.accepted = right.accepted }),
        ]
        for step in steps {
            #expect(try wrong.reason() == step.told)
            try step.putRight(&wrong)
        }
        #expect(try wrong.reason() == nil)
    }

    @Test func reasonSaysWhatIsWanted() throws {
        var elsewhere = try Case()
        elsewhere.address = try SampleOrder.address(country: "FR")
        guard case .countryDiffers(let country) = try elsewhere.error() else {
            Issue.record("another country was taken")
            return
        }
        #expect(country.rawValue == "GB")

        var dearer = try Case()
        dearer.expected = Money(4000, try currency("GBP"))
        guard case .priceChanged(let old, let new) = try dearer.error() else {
            Issue.record("another price was taken")
            return
        }
        #expect(old.amount == 4000 && new.amount == 4500)
    }

    @Test func shortagesAreToldApartFromOtherProblems() throws {
        var both = try Case()
        both.discountCodes = ["NEVER"]
        both.stock["LOTION"] = 0
        guard case .notReady(let others) = try both.error() else {
            Issue.record("a code that does not exist was taken")
            return
        }
        #expect(others.map(\.code) == [.codeNotValid])

        both.discountCodes = []
        guard case .outOfStock(let shortages) = try both.error() else {
            Issue.record("a kit without its lotion was sold")
            return
        }
        #expect(shortages.map(\.code) == [.outOfStock])
    }
}
