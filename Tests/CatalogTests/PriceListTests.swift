import Commerce
import Testing

@testable import Catalog
@testable import Samples

@Suite struct PriceListTests {
    private let pounds: Currency
    private let euros: Currency
    private let catalog: Catalog

    private let lotion: SKU
    private let ointment: SKU

    init() throws {
        pounds = try #require(Currency(rawValue: "GBP"))
        euros = try #require(Currency(rawValue: "EUR"))
        lotion = try sku("LOTION")
        ointment = try sku("OINTMENT")
        let gift = try sku("GIFT")
        let products = try ["LOTION", "OINTMENT", "GIFT"].map { try product($0) }
        catalog = Catalog(
            version: 7,
            isDemo: true,
            products: products,
            prices: [pounds: [gift: 0, lotion: 1600], euros: [lotion: 1900]]
        )
    }

    @Test func priceIsThatOfItsOwnList() {
        #expect(catalog.price(of: lotion, in: pounds) == Money(1600, pounds))
        #expect(catalog.price(of: lotion, in: euros) == Money(1900, euros))
    }

    @Test func productWithoutAPriceIsNotListedThere() {
        #expect(catalog.price(of: ointment, in: pounds) == nil)
        #expect(catalog.listed(in: pounds).map(\.sku.rawValue) == ["LOTION", "GIFT"])
        #expect(catalog.listed(in: euros).map(\.sku.rawValue) == ["LOTION"])
        #expect(catalog.product(ointment)?.name == "OINTMENT")
    }

    @Test func currencyWithoutAListSellsNothing() throws {
        let yen = try #require(Currency(rawValue: "JPY"))
        #expect(catalog.sells(in: pounds))
        #expect(!catalog.sells(in: yen))
        #expect(catalog.listed(in: yen) == [])
        #expect(catalog.price(of: lotion, in: yen) == nil)
    }

    @Test func unknownCodeIsNoProduct() throws {
        let unknown = try sku("NOTHING")
        #expect(catalog.product(unknown) == nil)
        #expect(catalog.price(of: unknown, in: pounds) == nil)
    }

    @Test func productIsItsOwnContentsAndAKitIsWhatItHolds() throws {
        let shop = try Shop()
        let itself = try component("LOTION")
        #expect(shop.lotion.contents == [itself])
        #expect(shop.kit.contents.map(\.sku.rawValue) == ["OINTMENT", "SHAMPOO", "LOTION", "SAMPLE"])
    }
}
