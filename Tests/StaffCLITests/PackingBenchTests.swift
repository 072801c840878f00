@testable import StaffCLI
import StoreAPI
import Testing

/// What the bench answers to each line.
@Suite struct PackingBenchTests {
    private static let shampoo = PackComponentBody(
        sku: "CLEANSE-SHAMPOO",
        name: "Shampoo",
        barcode: "2000000000022",
        quantity: 3,
        required: true,
        tracksLots: true
    )
    private static let ointment = PackComponentBody(
        sku: "OINTMENT",
        name: "Ointment",
        barcode: nil,
        quantity: 2,
        required: true,
        tracksLots: false
    )
    private static let sample = PackComponentBody(
        sku: "SAMPLE",
        name: "Sample",
        barcode: "2X9",
        quantity: 1,
        required: false,
        tracksLots: false
    )

    private var bench = PackingBench([Self.shampoo, Self.ointment, Self.sample])

    @Test func aWholeBoxIsPackedLineByLine() {
        var bench = bench
        #expect(bench.read("2x cleanse-shampoo L17") == .added(name: "Shampoo", quantity: 2, left: 1))
        #expect(bench.read("2000000000022") == .lotWanted(name: "Shampoo"))
        #expect(bench.read(" L18 ") == .added(name: "Shampoo", quantity: 1, left: 0))
        #expect(bench.read("OINTMENT") == .added(name: "Ointment", quantity: 1, left: 1))
        #expect(bench.read("done") == .incomplete(missing: ["1 OINTMENT", "1 SAMPLE"]))
        #expect(bench.read("ointment") == .added(name: "Ointment", quantity: 1, left: 0))
        #expect(!bench.isComplete)
        #expect(bench.read("without sample") == .left(name: "Sample"))
        #expect(bench.isComplete)
        #expect(bench.read("") == .nothing)
        #expect(bench.read("done") == .closed)
        #expect(
            bench.request
                == PackRequestBody(
                    scanned: [
                        ScanBody(code: "CLEANSE-SHAMPOO", quantity: 2, lot: "L17"),
                        ScanBody(code: "CLEANSE-SHAMPOO", quantity: 1, lot: "L18"),
                        ScanBody(code: "OINTMENT", quantity: 2, lot: nil),
                    ],
                    without: ["SAMPLE"],
                    partial: nil
                )
        )
    }

    @Test(arguments: [
        ("NOPE", PackingBench.Message.unknown(code: "NOPE")), ("3x OINTMENT", .tooMany(name: "Ointment", left: 2)),
        ("0x OINTMENT", .unreadable),
        ("99999999999999999999x OINTMENT", .unreadable), ("3x", .unreadable), ("OINTMENT L1 L2", .unreadable),
        ("without OINTMENT", .required(name: "Ointment")), ("without NOPE", .unknown(code: "NOPE")),
        ("undo", .nothingToTakeOut), ("?", .list), ("list", .list), ("QUIT", .quit), ("2×OINTMENT", added(2, 0)),
        ("2*ointment", added(2, 0)), ("2xOINTMENT", added(2, 0)), ("2 x OINTMENT", added(2, 0)),
        ("1 OINTMENT", .unknown(code: "1")),
        ("   ", .nothing),
        // A barcode that looks like a number of something is still a barcode.
        ("2X9", .added(name: "Sample", quantity: 1, left: 0)), ("-1x OINTMENT", .unknown(code: "-1x")),
    ])
    func aFirstLineIsAnswered(line: String, message: PackingBench.Message) {
        var bench = bench
        #expect(bench.read(line) == message)
    }

    private static func added(_ quantity: Int, _ left: Int) -> PackingBench.Message {
        .added(name: "Ointment", quantity: quantity, left: left)
    }

    @Test func aWrongLineChangesNothing() {
        var bench = bench
        for line in ["NOPE", "9x OINTMENT", "OINTMENT L1", "without OINTMENT", "undo", "list", ""] {
            _ = bench.read(line)
        }
        #expect(bench == self.bench)
    }

    @Test func scanningMoreThanIsLeftIsTooMany() {
        var bench = bench
        _ = bench.read("2x OINTMENT")
        #expect(bench.read("OINTMENT") == .tooMany(name: "Ointment", left: 0))
        #expect(bench.read("undo") == .takenOut(name: "Ointment", quantity: 2))
        #expect(bench.read("OINTMENT") == .added(name: "Ointment", quantity: 1, left: 1))
    }

    @Test func aLotThatIsNotGivenLeavesTheBoxAsItWas() {
        var bench = bench
        _ = bench.read("2x CLEANSE-SHAMPOO")
        #expect(bench.read("") == .nothing)
        #expect(bench.read("two words") == .lotForgotten(name: "Shampoo"))
        #expect(bench == self.bench)
        _ = bench.read("CLEANSE-SHAMPOO")
        #expect(bench.read("quit") == .quit)
    }

    @Test func whatIsLeftOutEndsTheSendingByItself() {
        var bench = PackingBench([Self.sample])
        #expect(bench.read("done") == .incomplete(missing: ["1 SAMPLE"]))
        #expect(bench.read("without sample") == .left(name: "Sample"))
        #expect(bench.read("done") == .closed)
        #expect(bench.scanned.isEmpty && bench.request.without == ["SAMPLE"])
    }

    @Test func aPartMayGoAheadOfTheRest() {
        var bench = PackingBench([Self.ointment, Self.sample], isPartial: true)
        #expect(bench.read("done") == .incomplete(missing: ["2 OINTMENT", "1 SAMPLE"]))
        _ = bench.read("OINTMENT")
        #expect(bench.read("done") == .closed)
        #expect(bench.request.partial == true)
    }

    @Test func anOptionalOneThatIsScannedAfterAllGoesAlong() {
        var bench = bench
        _ = bench.read("without SAMPLE")
        #expect(bench.request.without == ["SAMPLE"])
        #expect(bench.read("SAMPLE") == .tooMany(name: "Sample", left: 0))
        #expect(bench.read("undo") == .nothingToTakeOut)
    }

    @Test func oneComponentInTwoLinesOfTheListIsOne() {
        let extra = PackComponentBody(
            sku: "SAMPLE",
            name: "Sample",
            barcode: "2X9",
            quantity: 1,
            required: true,
            tracksLots: false
        )
        var bench = PackingBench([Self.sample, extra])
        #expect(bench.read("SAMPLE") == .added(name: "Sample", quantity: 1, left: 1))
        #expect(bench.read("SAMPLE") == .added(name: "Sample", quantity: 1, left: 0))
        #expect(bench.scanned == [ScanBody(code: "SAMPLE", quantity: 2, lot: nil)])
    }

    @Test func everythingIsPutInWhereItsLotIsKnown() {
        var bench = bench
        #expect(bench.putAll(lots: [:]) == [.lotWanted(name: "CLEANSE-SHAMPOO")])
        var other = self.bench
        #expect(other.putAll(lots: ["CLEANSE-SHAMPOO": "L1"]) == [])
        #expect(other.isComplete && other.read("done") == .closed)
        #expect(other.scanned.count == 3)
    }

    @Test func refusedUnitsAreTakenOutOfTheBox() {
        var bench = bench
        _ = bench.putAll(lots: ["CLEANSE-SHAMPOO": "L1"])
        bench.takeOut([0, 99])
        #expect(bench.scanned.map(\.code) == ["OINTMENT", "SAMPLE"])
        #expect(bench.left(at: 0) == 3)
    }

    @Test func scansOfACommandLineAreReadLikeLines() {
        var bench = bench
        #expect(bench.scan("2xCLEANSE-SHAMPOO:L17") == .added(name: "Shampoo", quantity: 2, left: 1))
        #expect(bench.scan("OINTMENT:") == .unreadable)
        #expect(bench.scan(":L17") == .unreadable)
        #expect(bench.scan("") == .unreadable)
        #expect(bench.scan("CLEANSE-SHAMPOO") == .lotWanted(name: "Shampoo"))
    }

    // MARK: - Scanners

    @Test(
        arguments: [
            "02000000000022", "]E02000000000022", "]C10102000000000022", "(01)02000000000022",
        ]
    )
    func oneNumberIsTheSameHoweverItIsScanned(text: String) {
        var bench = bench
        #expect(bench.read(text) == .lotWanted(name: "Shampoo"), "\(text)")
    }

    @Test(
        arguments: [
            "]C101020000000000221728063010L17", "(01)02000000000022(17)280630(10)L17", "(01)02000000000022(10)L17",
            "]d2010200000000002210L17\u{1D}17280630", "010200000000002210L17\u{1D}21SERIAL",
        ]
    )
    func lotIsTakenFromTheSameScan(text: String) {
        var bench = bench
        #expect(bench.read(text) == .added(name: "Shampoo", quantity: 1, left: 2), "\(text)")
        #expect(bench.scanned == [ScanBody(code: "CLEANSE-SHAMPOO", quantity: 1, lot: "L17")])
    }

    @Test func codeOfTheListIsNeverALot() {
        var bench = bench
        _ = bench.read("CLEANSE-SHAMPOO")
        for code in ["2000000000022", "OINTMENT", "]E02000000000022"] {
            guard case .notALot = bench.read(code) else {
                Issue.record("\(code) was taken for a lot")
                continue
            }
        }
        #expect(bench.read("CLEANSE-SHAMPOO OINTMENT") == .lotForgotten(name: "Shampoo"))
        #expect(bench.read("CLEANSE-SHAMPOO OINTMENT") == .notALot(code: "OINTMENT"))
        // The same bottle's own code says it.
        _ = bench.read("CLEANSE-SHAMPOO")
        #expect(bench.read("(01)02000000000022(10)L17") == .added(name: "Shampoo", quantity: 1, left: 2))
        #expect(bench.scanned.map(\.lot) == ["L17"])
    }

    @Test(arguments: ["(01)", "(01)0200000000002", "01020000000000221728", "(10)L17", "]", "()", "0102000000000023"])
    func codeThatIsNoWholeOneIsACodeAsItStands(text: String) {
        var bench = bench
        guard case .unknown = bench.read(text) else {
            Issue.record("\(text) was understood")
            return
        }
    }
}
