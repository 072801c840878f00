import Commerce
import Testing
import UsageGuide

@testable import Cart
@testable import Catalog
@testable import Samples

/// What a choice costs, what stops it, and what the shopper should know.
struct QuoteTests {
    private let pounds: Currency
    private let britain: Country
    private let shop: Shop
    private let catalog: Catalog
    /// A Tuesday.
    private let today: CalendarDate

    init() throws {
        pounds = try currency("GBP")
        britain = try #require(Country(rawValue: "GB"))
        shop = try Shop()
        today = try date("2026-11-24")
        func discount(_ code: String, _ value: Discount.Value, until: CalendarDate? = nil, limit: Int? = nil)
            -> Discount
        {
            Discount(code: code, value: value, from: nil, until: until, minimum: 0, limit: limit, limitPerEmail: nil)
        }
        catalog = Catalog(
            version: 1,
            isDemo: false,
            products: shop.catalog.products,
            prices: [pounds: [shop.kit.sku: 4500, shop.lotion.sku: 1000]],
            terms: Terms(
                markets: [],
                taxes: [],
                shipping: [
                    ShippingMethod(
                        code: "standard",
                        name: "Standard",
                        transitDays: 2...4,
                        cutOffMinutes: 900,
                        workingWeekdays: [1, 2, 3, 4, 5],
                        holidays: [],
                        rates: [
                            ShippingMethod.Rate(
                                countries: [britain],
                                currency: pounds,
                                weightMaxGrams: nil,
                                amount: 395,
                                freeFrom: 5000
                            )
                        ]
                    )
                ],
                discounts: [
                    discount("TENTH", .basisPoints(1000)), discount("FIFTY", .amount(Money(5000, pounds))),
                    discount("ONCE", .basisPoints(1000), limit: 1),
                    discount("OVER", .basisPoints(1000), until: try date("2026-11-23")),
                ]
            )
        )
    }

    private func quote(
        _ items: [(code: String, quantity: Int)],
        to country: String? = "GB",
        by method: String? = nil,
        codes: [String] = [],
        sessions: [String]? = nil,
        stock levels: [String: Int64] = [:]
    ) throws -> Quote {
        let full: [String: Int64] = ["OINTMENT": 50, "SHAMPOO": 50, "LOTION": 50, "SAMPLE": 50]
        let choices = try #require(ArtistChoices())
        let course = try sessions.map { days in
            Course(timeZone: "Europe/London", sessions: try days.map { try date($0) }, isFinal: true, choices: choices)
        }
        return Quote(
            Choice(
                currency: pounds,
                country: country.flatMap { Country(rawValue: $0) },
                items: try items.map { Choice.Item(sku: try sku($0.code), quantity: $0.quantity) },
                course: course,
                shippingMethod: method,
                discountCodes: codes
            ),
            catalog: catalog,
            stock: try stock(full.merging(levels) { _, level in level }),
            moment: Quote.Moment(clientToday: course.map { _ in today }, shopToday: today, shopMinutes: 0),
            redemptions: ["ONCE": 1]
        )
    }

    private func problems(_ quote: Quote) -> [String] { quote.problems.map { "\($0.pointer) \($0.code.rawValue)" } }

    // MARK: - What stops it

    @Test func choiceThatCanBeOrderedHasNoProblem() throws {
        #expect(try problems(quote([("KIT", 1), ("LOTION", 2)], codes: ["TENTH"])) == [])
    }

    @Test(
        arguments: [
            ([], ["/items empty"]), ([("LOTION", 1), ("SHAMPOO", 1)], ["/items/1 notSold"]),
            ([("LOTION", 11)], ["/items/0/quantity tooMany"]), ([("LOTION", 10)], []),
            (
                [("SHAMPOO", 1), ("LOTION", 11), ("SOAP", 1)],
                ["/items/0 notSold", "/items/1/quantity tooMany", "/items/2 notSold"]
            ),
        ] as [([(String, Int)], [String])]
    )
    func itemThatCannotBeSoldIsNamedByItsPlace(items: [(String, Int)], expected: [String]) throws {
        #expect(try problems(quote(items.map { (code: $0.0, quantity: $0.1) })) == expected)
    }

    @Test func shortageIsToldAtEveryLineThatSharesIt() throws {
        let quote = try quote([("KIT", 2), ("LOTION", 2)], stock: ["LOTION": 3])
        #expect(problems(quote) == ["/items/0 outOfStock", "/items/1 outOfStock"])
        #expect(
            quote.problems.map(\.detail) == [
                "This cart needs 4 of LOTION (for KIT), and 3 can be sold.",
                "This cart needs 4 of LOTION, and 3 can be sold.",
            ]
        )
    }

    @Test(
        arguments: [
            ("GB", nil, []), ("GB", "standard", []), ("FR", nil, ["/country notShippable"]),
            ("FR", "standard", ["/shippingMethod notShippable"]), ("GB", "express", ["/shippingMethod notShippable"]),
            (nil, nil, []), (nil, "express", []),
        ] as [(String?, String?, [String])]
    )
    func deliveryIsWrongOnlyOnceItIsKnownWhereItGoes(country: String?, method: String?, expected: [String]) throws {
        #expect(try problems(quote([("LOTION", 1)], to: country, by: method)) == expected)
    }

    @Test(
        arguments: [
            (["TENTH"], 450, []), (["FIFTY"], 4500, []), (["TENTH", "FIFTY"], 4500, []),
            (["ONCE"], 0, ["/discountCodes/0 codeUsedUp"]),
            (["TENTH", "OVER"], 450, ["/discountCodes/1 codeNotValid"]),
            (["NONE"], 0, ["/discountCodes/0 codeNotValid"]),
        ] as [([String], Int64, [String])]
    )
    func codesTakeOffAtMostWhatTheGoodsCost(codes: [String], discount: Int64, expected: [String]) throws {
        let quote = try quote([("KIT", 1)], codes: codes)
        #expect(quote.totals.discount.amount == discount)
        #expect(problems(quote) == expected)
    }

    @Test(arguments: [(5, [], 0), (4, [], 395), (5, ["TENTH"], 395)] as [(Int, [String], Int64)])
    func shippingIsFreeFromAValueAfterTheDiscount(lotions: Int, codes: [String], shipping: Int64) throws {
        let quote = try quote([("LOTION", lotions)], codes: codes)
        #expect(quote.totals.shipping.amount == shipping)
        #expect(quote.totals.total.amount == Int64(lotions) * 1000 - quote.totals.discount.amount + shipping)
    }

    // MARK: - What the shopper should know

    @Test(
        arguments: [
            (3, nil), (1, "Only 1 of 3 SAMPLE are left: the other boxes come without it."),
            (0, "SAMPLE has run out: KIT comes without it."),
        ] as [(Int64, String?)]
    )
    func sampleThatIsMissingNeedsAYes(left: Int64, told: String?) throws {
        let quote = try quote([("LOTION", 1), ("KIT", 3)], stock: ["SAMPLE": left])
        #expect(quote.problems == [])
        #expect(quote.notices.map(\.detail) == (told.map { [$0] } ?? []))
        #expect(quote.notices.allSatisfy { $0.needsConsent && $0.pointer == "/items/1" })
    }

    /// Ordered on Tuesday morning, it arrives from Thursday to Monday.
    @Test(
        arguments: [
            (["2026-11-30"], .inTime, "2026-11-24"), (["2026-12-08"], .inTime, "2026-12-02"),
            (["2026-11-29"], .tight, "2026-11-23"), (["2026-11-26"], .tight, "2026-11-20"),
            (["2026-11-25"], .late, "2026-11-19"), (["2026-11-24", "2026-12-08"], .late, "2026-11-18"),
            (["2026-11-23", "2026-12-08"], .inTime, "2026-12-02"), (["2026-11-23"], nil, "2026-11-25"),
            (nil, nil, "2026-11-25"),
        ] as [([String]?, Quote.Delivery.Verdict?, String)]
    )
    func deliveryIsHeldAgainstTheFirstSessionAhead(
        sessions: [String]?,
        verdict: Quote.Delivery.Verdict?,
        shipBy: String
    ) throws {
        let quote = try quote([("KIT", 1)], sessions: sessions)
        let delivery = try #require(quote.delivery)
        #expect(delivery.verdict == verdict)
        #expect(delivery.shipBy.description == shipBy)
        #expect(quote.notices.contains { $0.code == .late && $0.needsConsent } == (verdict == .late))
    }

    @Test func chosenProductKeepsItsLineWhenItsQuantityChanges() throws {
        var choice = Choice(currency: pounds, country: nil, items: [], course: nil)
        for (code, quantity) in [("KIT", 1), ("LOTION", 2), ("KIT", 3)] {
            choice.set(try sku(code), quantity: quantity)
        }
        #expect(choice.items.map { "\($0.sku) \($0.quantity)" } == ["KIT 3", "LOTION 2"])
        #expect(try choice.quantity(of: sku("LOTION")) == 2)
        #expect(try choice.quantity(of: sku("SHAMPOO")) == 0)
    }
}
