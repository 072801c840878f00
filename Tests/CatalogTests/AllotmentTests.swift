import Commerce
import Testing

@testable import Catalog
@testable import Samples

@Suite struct AllotmentTests {
    private let shop: Shop

    init() throws {
        shop = try Shop()
    }

    private let plenty: [String: Int64] = ["OINTMENT": 99, "SHAMPOO": 99, "LOTION": 99, "SAMPLE": 99]

    private func allot(
        _ lines: [(product: Product, quantity: Int)],
        _ levels: [String: Int64]
    ) throws -> Allotment {
        Allotment(lines, stock: try stock(levels))
    }

    /// What is reserved, as `code quantity`.
    private func demand(_ allotment: Allotment) -> [String] { allotment.demand.map { "\($0.sku) \($0.quantity)" } }

    /// What is missing, as `code allotted of wanted`.
    private func missing(_ allotment: Allotment) -> [String] {
        allotment.missingOptional.map { "\($0.sku) \($0.allotted) of \($0.wanted)" }
    }

    /// What a line gets, as `code allotted of wanted`.
    private func parts(_ allotment: Allotment, line: Int) -> [String] {
        allotment.parts[line].map { "\($0.sku) \($0.allotted) of \($0.wanted)" }
    }

    @Test func kitIsTakenApartIntoItsComponents() throws {
        let allotment = try allot([(shop.kit, 2)], plenty)
        #expect(
            parts(allotment, line: 0) == ["OINTMENT 2 of 2", "SHAMPOO 2 of 2", "LOTION 2 of 2", "SAMPLE 2 of 2"]
        )
        #expect(allotment.parts[0].map(\.isRequired) == [true, true, true, false])
        #expect(allotment.shortages == [])
        #expect(missing(allotment) == [])
    }

    @Test func demandIsSummedPerComponentAndSortedByCode() throws {
        let allotment = try allot([(shop.shampoo, 1), (shop.kit, 2), (shop.lotion, 3)], plenty)
        #expect(demand(allotment) == ["LOTION 5", "OINTMENT 2", "SAMPLE 2", "SHAMPOO 3"])
    }

    @Test func kitAndRefillNeverGetTheSameBottle() throws {
        let lines: [(product: Product, quantity: Int)] = [(shop.kit, 1), (shop.ointment, 1), (shop.lotion, 3)]
        let short = try allot(lines, ["OINTMENT": 9, "SHAMPOO": 9, "LOTION": 3, "SAMPLE": 9])
        #expect(
            short.shortages
                == [Allotment.Shortage(sku: shop.lotion.sku, wanted: 4, available: 3, lines: [0, 2])]
        )
        let enough = try allot(lines, ["OINTMENT": 9, "SHAMPOO": 9, "LOTION": 4, "SAMPLE": 9])
        #expect(enough.shortages == [])
        #expect(demand(enough) == ["LOTION 4", "OINTMENT 2", "SAMPLE 1", "SHAMPOO 1"])
    }

    @Test func eachShortageNamesItsOwnLinesInTheOrderOfTheCodes() throws {
        let lines: [(product: Product, quantity: Int)] = [(shop.shampoo, 2), (shop.lotion, 1), (shop.kit, 1)]
        let allotment = try allot(lines, ["OINTMENT": 0, "SHAMPOO": 2, "LOTION": 2])
        #expect(
            allotment.shortages == [
                Allotment.Shortage(sku: shop.ointment.sku, wanted: 1, available: 0, lines: [2]),
                Allotment.Shortage(sku: shop.shampoo.sku, wanted: 3, available: 2, lines: [0, 2]),
            ]
        )
    }

    @Test func stockBelowNothingIsToldAsNothing() throws {
        let allotment = try allot([(shop.lotion, 1)], ["LOTION": -5])
        #expect(
            allotment.shortages == [Allotment.Shortage(sku: shop.lotion.sku, wanted: 1, available: 0, lines: [0])]
        )
    }

    @Test func lastSampleGoesToOneOfThreeKits() throws {
        let allotment = try allot([(shop.kit, 3)], ["OINTMENT": 3, "SHAMPOO": 3, "LOTION": 3, "SAMPLE": 1])
        #expect(allotment.shortages == [])
        #expect(parts(allotment, line: 0).last == "SAMPLE 1 of 3")
        #expect(missing(allotment) == ["SAMPLE 1 of 3"])
        #expect(demand(allotment) == ["LOTION 3", "OINTMENT 3", "SAMPLE 1", "SHAMPOO 3"])
    }

    @Test func kitWithoutAnySampleReservesNone() throws {
        let allotment = try allot([(shop.kit, 1)], ["OINTMENT": 1, "SHAMPOO": 1, "LOTION": 1])
        #expect(allotment.shortages == [])
        #expect(missing(allotment) == ["SAMPLE 0 of 1"])
        #expect(demand(allotment) == ["LOTION 1", "OINTMENT 1", "SHAMPOO 1"])
    }

    @Test(arguments: [true, false])
    func sampleOfItsOwnLineComesBeforeTheGiftInAKit(kitFirst: Bool) throws {
        let kit = (product: shop.kit, quantity: 2)
        let sample = (product: shop.sample, quantity: 1)
        let levels: [String: Int64] = ["OINTMENT": 9, "SHAMPOO": 9, "LOTION": 9, "SAMPLE": 2]
        let allotment = try allot(kitFirst ? [kit, sample] : [sample, kit], levels)
        #expect(allotment.shortages == [])
        #expect(parts(allotment, line: kitFirst ? 1 : 0) == ["SAMPLE 1 of 1"])
        #expect(parts(allotment, line: kitFirst ? 0 : 1).last == "SAMPLE 1 of 2")
        #expect(missing(allotment) == ["SAMPLE 1 of 2"])
    }

    @Test func optionalComponentsGoToTheFirstLineFirst() throws {
        let contents = [try component("LOTION"), try component("SAMPLE", isRequired: false)]
        let one = try product("ONE", kind: .kit, components: contents)
        let two = try product("TWO", kind: .kit, components: contents)
        let allotment = try allot([(two, 2), (one, 2)], ["LOTION": 9, "SAMPLE": 3])
        #expect(parts(allotment, line: 0) == ["LOTION 2 of 2", "SAMPLE 2 of 2"])
        #expect(parts(allotment, line: 1) == ["LOTION 2 of 2", "SAMPLE 1 of 2"])
        #expect(missing(allotment) == ["SAMPLE 3 of 4"])
    }

    @Test func kitGetsItsOptionalComponentWholeOrNotAtAll() throws {
        let kit = try product(
            "TWIN",
            kind: .kit,
            components: [component("LOTION"), component("SAMPLE", 2, isRequired: false)]
        )
        let allotment = try allot([(kit, 3)], ["LOTION": 9, "SAMPLE": 5])
        #expect(parts(allotment, line: 0) == ["LOTION 3 of 3", "SAMPLE 4 of 6"])
    }

    @Test func noLinesNeedNothing() throws {
        let allotment = try allot([], plenty)
        #expect(allotment.parts == [])
        #expect(allotment.shortages == [])
        #expect(demand(allotment) == [])
        #expect(missing(allotment) == [])
    }
}
