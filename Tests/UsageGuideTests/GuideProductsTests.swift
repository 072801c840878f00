import Commerce
import Testing
import UsageGuide

@Suite struct GuideProductsTests {
    private func sku(_ code: String) throws -> SKU { try #require(SKU(rawValue: code)) }

    @Test func productsStandInTheOrderOfTheRegimenWithTheNameOfTheShop() throws {
        let products = Guide.Product.list(.current, bought: []) { "The shop's \($0)" }
        #expect(
            products.map(\.name) == [
                "The shop's RESTORE-OINTMENT", "The shop's CLEANSE-SHAMPOO", "The shop's RESTORE-LOTION",
                "The shop's ZERO-SHINE-SAMPLE",
            ]
        )
    }

    @Test func onlyWhatWasBoughtIsInTheOrder() throws {
        let products = Guide.Product.list(
            .current,
            bought: [try sku("RESTORE-LOTION"), try sku("SOMETHING-ELSE")]
        ) { $0.rawValue }
        #expect(products.filter(\.isInOrder).map(\.name) == ["RESTORE-LOTION"])
        #expect(products.count == 4)
    }

    @Test func productThatTheShopDoesNotHaveIsLeftOut() throws {
        let shampoo = try sku("CLEANSE-SHAMPOO")
        let products = Guide.Product.list(.current, bought: [shampoo]) { $0 == shampoo ? nil : $0.rawValue }
        #expect(products.map(\.name) == ["RESTORE-OINTMENT", "RESTORE-LOTION", "ZERO-SHINE-SAMPLE"])
        let guide = Guide(plan: Plan(nil), products: products)
        #expect(guide.product(for: .wash) == nil)
        #expect(guide.product(for: .lotion)?.name == "RESTORE-LOTION")
        #expect(guide.product(for: .ointment)?.name == "RESTORE-OINTMENT")
        #expect(guide.product(for: .zeroShine)?.name == "ZERO-SHINE-SAMPLE")
    }
}
