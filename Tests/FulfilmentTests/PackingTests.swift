import Catalog
import Commerce
import Testing

@testable import Fulfilment
@testable import Orders
@testable import Samples

/// What goes into a box: no wrong thing, none too many, none missing.
struct PackingTests {
    typealias Lots = StockStore.Lots

    private static let barcode = "4006381333931"

    private let catalog: Catalog
    private let today: CalendarDate

    init() throws {
        catalog = Catalog(
            version: 1,
            isDemo: false,
            products: [
                try product("KIT", kind: .kit), try product("SHAMPOO", barcode: Self.barcode), try product("LOTION"),
                try product("OINTMENT"), try product("SAMPLE", kind: .sample),
            ],
            prices: [:]
        )
        today = try date("2026-12-01")
    }

    private func packing(
        _ lines: [SampleLine],
        _ scanned: [(code: String, quantity: Int, lot: String?)],
        without: [String] = [],
        isPartial: Bool = false,
        lots: [String: Lots] = [:],
        waiting: [String: [String: Int]] = [:]
    ) throws -> Packing {
        try Packing(
            PackingRequest(
                scanned: scanned.map { PackingRequest.Scan(code: $0.code, quantity: $0.quantity, lot: $0.lot) },
                without: without.map { try sku($0) },
                isPartial: isPartial
            ),
            for: SampleOrder(lines: lines).order,
            catalog: catalog,
            lots: Dictionary(uniqueKeysWithValues: lots.map { (try sku($0.key), $0.value) }),
            waiting: Dictionary(uniqueKeysWithValues: waiting.map { (try sku($0.key), $0.value) }),
            today: today
        )
    }

    /// What goes into the box, as `line.position code quantity lot`, in any order.
    private func packed(
        _ lines: [SampleLine],
        _ scanned: [(code: String, quantity: Int, lot: String?)],
        without: [String] = [],
        isPartial: Bool = false,
        lots: [String: Lots] = [:]
    ) throws -> [String] {
        try packing(lines, scanned, without: without, isPartial: isPartial, lots: lots).items.map {
            "\($0.line).\($0.position) \($0.sku) \($0.quantity)" + ($0.lot.map { " \($0)" } ?? "")
        }.sorted()
    }

    /// Why a box is refused, as `pointer code detail`; empty where it is right.
    private func mistakes(
        _ lines: [SampleLine],
        _ scanned: [(code: String, quantity: Int, lot: String?)],
        without: [String] = [],
        isPartial: Bool = false,
        lots: [String: Lots] = [:],
        waiting: [String: [String: Int]] = [:]
    ) throws -> [String] {
        do {
            _ = try packing(lines, scanned, without: without, isPartial: isPartial, lots: lots, waiting: waiting)
            return []
        } catch FulfilmentError.wrongContents(let mistakes) {
            return mistakes.map { "\($0.pointer) \($0.code) \($0.detail)" }
        }
    }

    // MARK: - What is right

    @Test func everythingThatIsScannedGoesToItsPlaceInTheOrder() throws {
        let packed = try packed(
            [.kit(2), SampleLine("OINTMENT", 3)],
            [("OINTMENT", 3, nil), ("SAMPLE", 2, nil), ("LOTION", 1, nil), ("SHAMPOO", 2, nil), ("LOTION", 1, nil)]
        )
        #expect(packed == ["1.1 SHAMPOO 2", "1.2 LOTION 2", "1.3 SAMPLE 2", "2.1 OINTMENT 3"])
    }

    @Test func whatIsPackedAlreadyIsNotPackedAgain() throws {
        let half = SampleLine(
            "KIT",
            2,
            holding: [SamplePart("SHAMPOO", 2, packed: 2), SamplePart("LOTION", 2, packed: 1)]
        )
        #expect(try packed([half], [("LOTION", 1, nil)]) == ["1.2 LOTION 1"])
        #expect(
            try mistakes([half], [("LOTION", 1, nil), ("SHAMPOO", 1, nil)])
                == ["/scanned/1 notInOrder SHAMPOO does not belong into this box."]
        )
    }

    @Test(
        arguments: [
            ("SHAMPOO", "SHAMPOO"), ("shampoo", "SHAMPOO"), (" Sham poo\n", "SHAMPOO"), (barcode, "SHAMPOO"),
            ("4006381 333931", "SHAMPOO"), ("LOTION", "LOTION"), ("SOAP", nil), ("4006381333930", nil), ("", nil),
        ] as [(String, String?)]
    )
    func scannedCodeIsAProductCodeOrABarcode(code: String, means: String?) {
        #expect(catalog.sku(scanned: code)?.rawValue == means)
    }

    // MARK: - What is wrong

    @Test(arguments: ["OINTMENT", "KIT", "SOAP"])
    func wrongThingDoesNotBelongIntoTheBox(code: String) throws {
        #expect(
            try mistakes([SampleLine("LOTION")], [("LOTION", 1, nil), (code, 1, nil)])
                == ["/scanned/1 notInOrder \(code) does not belong into this box."]
        )
    }

    @Test func oneTooManyIsNotedAtItsOwnScan() throws {
        let line = SampleLine("LOTION", 2)
        #expect(
            try mistakes([line], [("LOTION", 2, nil), ("lotion", 1, nil)])
                == ["/scanned/1 tooMany There is one LOTION too many."]
        )
        #expect(
            try mistakes([line], [("LOTION", 3, nil), ("LOTION", 2, nil)])
                == ["/scanned/0 tooMany Only 2 of LOTION go in."]
        )
    }

    @Test func missingThingsAreCounted() throws {
        #expect(
            try mistakes([.kit(2)], [("SHAMPOO", 2, nil), ("LOTION", 1, nil)]) == [
                "/scanned missing 1 of LOTION is missing.",
                "/scanned missing 2 of SAMPLE are missing. Put it in, or say that the order goes without it.",
            ]
        )
    }

    @Test func everyMistakeIsToldAtOnce() throws {
        let told = try mistakes(
            [.kit()],
            [("SOAP", 1, nil), ("SHAMPOO", 2, nil), ("SAMPLE", 1, "X9")],
            without: ["LOTION"]
        )
        #expect(
            told.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
                "/scanned/0 notInOrder", "/scanned/1 tooMany", "/scanned/2 lotUnknown", "/without/0 notOptional",
                "/scanned missing", "/scanned missing",
            ]
        )
    }

    // MARK: - Partial boxes, and things that are left out

    @Test func partialBoxHoldsWhatWasScannedAndTheRestFollows() throws {
        let packing = try packing([.kit(2)], [("SHAMPOO", 1, nil)], isPartial: true)
        #expect(packing.items.map(\.quantity) == [1])
        #expect(packing.dropped.isEmpty)
    }

    @Test(arguments: [true, false]) func emptyBoxIsNoBox(isPartial: Bool) throws {
        #expect(
            try mistakes([SampleLine("LOTION")], [], isPartial: isPartial).first
                == "/scanned missing Nothing was scanned."
        )
    }

    @Test(arguments: [(0, 2), (1, 1), (2, 0)])
    func orderGoesWithoutWhatOfAnOptionalThingIsNotScanned(scanned: Int, dropped: Int) throws {
        let samples = scanned > 0 ? [(code: "SAMPLE", quantity: scanned, lot: String?.none)] : []
        let packing = try packing([.kit(2)], [("SHAMPOO", 2, nil), ("LOTION", 2, nil)] + samples, without: ["SAMPLE"])
        #expect(packing.dropped.map(\.quantity) == (dropped > 0 ? [dropped] : []))
        #expect(packing.dropped.allSatisfy { $0.component.part.sku.rawValue == "SAMPLE" && $0.component.line == 1 })
        #expect(packing.items.reduce(0) { $0 + $1.quantity } == 4 + scanned)
    }

    @Test func orderNeverGoesWithoutWhatItNeeds() throws {
        #expect(
            try mistakes([.kit()], [("SHAMPOO", 1, nil), ("SAMPLE", 1, nil)], without: ["SOAP", "LOTION"]) == [
                "/without/0 notOptional The order can't go without SOAP.",
                "/without/1 notOptional The order can't go without LOTION.",
                "/scanned missing 1 of LOTION is missing.",
            ]
        )
    }

    // MARK: - Lots

    @Test(
        arguments: [
            (nil, nil), ("A", nil), ("OLD", "lotExpired"), ("TODAY", nil), ("EVER", nil), ("B", "lotUnknown"),
        ] as [(String?, String?)]
    )
    func namedLotIsKnownAndHasNotExpired(lot: String?, mistake: String?) throws {
        let lots = Lots(
            expiries: [
                "A": try date("2027-06-30"), "OLD": try date("2026-11-30"), "TODAY": today, "EVER": CalendarDate?.none,
            ],
            hasOthers: true
        )
        let told = try mistakes([SampleLine("LOTION")], [("LOTION", 1, lot)], lots: ["LOTION": lots])
        #expect(told.map { $0.split(separator: " ")[1] } == (mistake.map { [Substring($0)] } ?? []))
    }

    @Test(
        arguments: [
            (Lots(), nil), (Lots(hasOthers: true), nil), (Lots(expiries: ["A": nil], hasOthers: true), nil),
            (Lots(expiries: ["B": nil, "A": nil]), "/scanned/0 lotMissing Name the lot of LOTION: A, B."),
        ] as [(Lots, String?)]
    )
    func lotIsNamedWhereEveryUnitHasOne(lots: Lots, mistake: String?) throws {
        let told = try mistakes([SampleLine("LOTION")], [("LOTION", 1, nil)], lots: ["LOTION": lots])
        #expect(told == (mistake.map { [$0] } ?? []))
    }

    @Test func lotThatExpiredIsNamedWithItsDay() throws {
        let lots = Lots(expiries: ["OLD": try date("2026-11-30")])
        #expect(
            try mistakes([SampleLine("LOTION")], [("LOTION", 1, "OLD")], lots: ["LOTION": lots])
                == ["/scanned/0 lotExpired Lot OLD of LOTION expired on 2026-11-30: take another."]
        )
    }

    // MARK: - Lines that share a thing

    @Test func linesThatShareAThingAreFilledOneAfterTheOther() throws {
        let lots = Lots(expiries: ["A": nil, "B": nil])
        let lines = [SampleLine.kit(2), SampleLine("LOTION", 3)]
        let others: [(code: String, quantity: Int, lot: String?)] = [("SHAMPOO", 2, nil), ("SAMPLE", 2, nil)]
        #expect(
            try packed(lines, others + [("LOTION", 1, "A"), ("LOTION", 4, "B")], lots: ["LOTION": lots]) == [
                "1.1 SHAMPOO 2", "1.2 LOTION 1 A", "1.2 LOTION 1 B", "1.3 SAMPLE 2", "2.1 LOTION 3 B",
            ]
        )
        #expect(
            try mistakes(lines, others + [("LOTION", 6, "A")], lots: ["LOTION": lots]).first
                == "/scanned/2 tooMany Only 5 of LOTION go in."
        )
    }

    @Test func sameLotScannedOneByOneIsOneItem() throws {
        let lots = Lots(expiries: ["A": nil, "B": nil])
        #expect(
            try packed(
                [SampleLine("LOTION", 3)],
                [("LOTION", 1, "A"), ("LOTION", 1, "B"), ("LOTION", 1, "A")],
                lots: ["LOTION": lots]
            ) == ["1.1 LOTION 1 B", "1.1 LOTION 2 A"]
        )
    }

    /// A sample that was ordered by itself goes before one that its kit may go without.
    @Test func requiredThingIsPackedBeforeAnOptionalOne() throws {
        let packing = try packing(
            [.kit(), SampleLine("SAMPLE")],
            [("SHAMPOO", 1, nil), ("LOTION", 1, nil), ("SAMPLE", 1, nil)],
            without: ["SAMPLE"]
        )
        #expect(packing.items.filter { $0.sku.rawValue == "SAMPLE" }.map(\.line) == [2])
        #expect(packing.dropped.map(\.component.line) == [1])
    }

    @Test func lotHasNoMoreUnitsThanThereAre() throws {
        let lots = ["LOTION": Lots(expiries: ["A": nil], hasOthers: true, counts: ["A": 1, "": 1])]
        let two = [SampleLine("LOTION", 2)]
        #expect(try mistakes(two, [("LOTION", 1, "A"), ("LOTION", 1, nil)], lots: lots) == [])
        #expect(
            try mistakes(two, [("LOTION", 2, "A")], lots: lots) == [
                "/scanned/0 lotTooFew Only 1 of lot A of LOTION can be packed: take another, or count it."
            ]
        )
        #expect(
            try mistakes(two, [("LOTION", 1, "A"), ("LOTION", 1, "A")], lots: lots) == [
                "/scanned/1 lotTooFew Only 0 of lot A of LOTION can be packed: take another, or count it."
            ]
        )
        #expect(
            try mistakes(two, [("LOTION", 2, nil)], lots: lots) == [
                "/scanned/0 lotTooFew Only 1 of LOTION without a lot can be packed: take another, or count it."
            ]
        )
        // The parcel of another order holds the one there is.
        #expect(
            try mistakes([SampleLine("LOTION")], [("LOTION", 1, "A")], lots: lots, waiting: ["LOTION": ["A": 1]]) == [
                "/scanned/0 lotTooFew Only 0 of lot A of LOTION can be packed: take another, or count it."
            ]
        )
    }

    @Test func barcodeIsTheSameInEachLength() throws {
        #expect(try packed([SampleLine("SHAMPOO")], [("0" + Self.barcode, 1, nil)]) == ["1.1 SHAMPOO 1"])
    }
}
