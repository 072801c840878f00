import Commerce
import Testing

@testable import Catalog
@testable import Samples

@Suite struct AvailabilityTests {
    @Test func kitsAreTheLeastOverTheRequiredComponents() throws {
        let shop = try Shop()
        let seen = try shop.availability(of: shop.kit, ["OINTMENT": 9, "SHAMPOO": 4, "LOTION": 5, "SAMPLE": 100])
        #expect(seen.sellable == 4)
        #expect(seen.limitedBy?.rawValue == "SHAMPOO")
        #expect(seen.status == .inStock)
    }

    @Test(arguments: [(0, 0), (1, 0), (2, 1), (7, 3), (8, 4), (9, 4)] as [(Int64, Int)])
    func stockIsDividedByTheQuantityPerKitAndRoundedDown(shampoos: Int64, kits: Int) throws {
        let shop = try Shop(shampoosPerKit: 2)
        let levels: [String: Int64] = ["OINTMENT": 9, "SHAMPOO": shampoos, "LOTION": 9, "SAMPLE": 9]
        let seen = try shop.availability(of: shop.kit, levels)
        #expect(seen.sellable == kits)
        #expect(seen.limitedBy?.rawValue == "SHAMPOO")
        // A refill is one bottle, however many go into a kit.
        #expect(try shop.availability(of: shop.shampoo, levels).sellable == Int(shampoos))
    }

    @Test func kitStillSellsWhereSamplesHaveRunOut() throws {
        let shop = try Shop()
        let levels: [String: Int64] = ["OINTMENT": 5, "SHAMPOO": 6, "LOTION": 7, "SAMPLE": 0]
        let kit = try shop.availability(of: shop.kit, levels)
        #expect(kit.sellable == 5)
        #expect(kit.status == .inStock)
        #expect(kit.limitedBy?.rawValue == "OINTMENT")
        let sample = try shop.availability(of: shop.sample, levels)
        #expect(sample.sellable == 0)
        #expect(sample.status == .outOfStock)
    }

    @Test func limitPerOrderIsNotExceeded() throws {
        let shop = try Shop()
        let plenty = try shop.availability(of: shop.lotion, ["LOTION": 1_000_000])
        #expect(plenty.sellable == 10)
        #expect(plenty.limitedBy == nil)
        let sample = try shop.availability(of: shop.sample, ["SAMPLE": 1_000_000])
        #expect(sample.sellable == 1)
        #expect(sample.limitedBy == nil)
    }

    @Test func stockIsWhatLimitsUpToTheLimitPerOrderAndNotBeyondIt() throws {
        let shop = try Shop()
        func limit(_ lotions: Int64) throws -> String? {
            let levels: [String: Int64] = ["OINTMENT": 99, "SHAMPOO": 99, "LOTION": lotions]
            return try shop.availability(of: shop.kit, levels).limitedBy?.rawValue
        }
        #expect(try limit(9) == "LOTION")
        #expect(try limit(10) == "LOTION")
        #expect(try limit(11) == nil)
    }

    @Test func productIsLimitedByItself() throws {
        let shop = try Shop()
        let seen = try shop.availability(of: shop.lotion, ["LOTION": 3])
        #expect(seen.sellable == 3)
        #expect(seen.limitedBy == shop.lotion.sku)
    }

    @Test(arguments: [(0, "outOfStock"), (1, "lowStock"), (5, "lowStock"), (6, "inStock")] as [(Int64, String)])
    func stockIsLowAtItsMarkAndBelow(lotions: Int64, status: String) throws {
        let shop = try Shop(bottleMark: 5)
        #expect(try shop.availability(of: shop.lotion, ["LOTION": lotions]).status.rawValue == status)
    }

    @Test(arguments: [(0, "outOfStock"), (5, "lowStock"), (6, "inStock")] as [(Int64, String)])
    func kitIsLowWhereOneOfItsRequiredComponentsIs(lotions: Int64, status: String) throws {
        let shop = try Shop(bottleMark: 5)
        let seen = try shop.availability(of: shop.kit, ["OINTMENT": 50, "SHAMPOO": 50, "LOTION": lotions])
        #expect(seen.status.rawValue == status)
    }

    @Test(arguments: [(3, "lowStock"), (4, "inStock")] as [(Int64, String)])
    func kitHasAMarkOfItsOwn(lotions: Int64, status: String) throws {
        let shop = try Shop(kitMark: 3)
        let seen = try shop.availability(of: shop.kit, ["OINTMENT": 50, "SHAMPOO": 50, "LOTION": lotions])
        #expect(seen.status.rawValue == status)
    }

    @Test func lowSamplesDoNotMakeAKitLow() throws {
        let shop = try Shop(sampleMark: 50)
        let levels: [String: Int64] = ["OINTMENT": 50, "SHAMPOO": 50, "LOTION": 50, "SAMPLE": 2]
        #expect(try shop.availability(of: shop.kit, levels).status == .inStock)
        #expect(try shop.availability(of: shop.sample, levels).status == .lowStock)
    }

    @Test func uncountedOrNegativeStockIsOutOfStock() throws {
        let shop = try Shop()
        let unknown = try shop.availability(of: shop.kit, ["OINTMENT": 50, "SHAMPOO": 50])
        #expect(unknown.status == .outOfStock)
        #expect(unknown.sellable == 0)
        #expect(unknown.limitedBy?.rawValue == "LOTION")
        let below = try shop.availability(of: shop.lotion, ["LOTION": -3])
        #expect(below.status == .outOfStock)
        #expect(below.sellable == 0)
    }
}
