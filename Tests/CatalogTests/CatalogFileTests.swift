import Catalog
import JSONFields
import Testing

@Suite struct CatalogFileTests {
    /// A right file, to be spoilt in one place. Nothing refers to its product `SPARE`.
    static let right = """
        {
          "demo": false,
          "products": [
            {"sku": "KIT", "kind": "kit", "name": "Kit", "maxPerOrder": 10, "contents": [
              {"sku": "BOTTLE", "quantity": 2, "required": true}, {"sku": "GIFT", "quantity": 1, "required": false}]},
            {"sku": "BOTTLE", "kind": "product", "name": "Bottle", "maxPerOrder": 5, "stock": 12},
            {"sku": "GIFT", "kind": "sample", "name": "Gift", "maxPerOrder": 1, "stock": 3},
            {"sku": "SPARE", "kind": "product", "name": "Spare", "description": "A spare.", "barcode": "4006381333931",
             "weightGrams": 10, "taxClass": "standard", "lowStockMark": 3, "tracksLots": true, "applicationsPerUnit": 8,
             "maxPerOrder": 7, "stock": 0}
          ],
          "prices": {"GBP": {"KIT": 4500, "BOTTLE": 1400}, "EUR": {"KIT": 5200}}
        }
        """

    /// One place of the file, what stands there instead, and what is told about it as `pointer code`.
    struct Fault: Sendable, CustomTestStringConvertible {
        let place: String
        let instead: String
        let problems: [String]

        init(_ place: String, _ instead: String, _ problems: String...) {
            self.place = place
            self.instead = instead
            self.problems = problems
        }

        var testDescription: String { instead.isEmpty ? "without \(place)" : instead }
    }

    /// What is wrong with a file; none where nothing is.
    private func problems(_ json: String) -> [String] {
        do {
            _ = try CatalogFile(Array(json.utf8))
            return []
        } catch {
            switch error {
            case .malformed: return ["malformed"]
            case .fields(let problems): return problems.map { "\($0.pointer) \($0.code)" }
            }
        }
    }

    private func spoilt(_ place: String, _ instead: String) throws -> String {
        try #require(Self.right.contains(place))
        return Self.right.replacing(place, with: instead, maxReplacements: 1)
    }

    @Test func rightFileIsRead() throws {
        let file = try CatalogFile(Array(Self.right.utf8))
        #expect(!file.isDemo)
        #expect(file.productCount == 4)
    }

    static let productFaults: [Fault] = [
        Fault(#""sku": "SPARE", "#, "", "/products/3/sku missing"),
        Fault(#""sku": "SPARE""#, #""sku": null"#, "/products/3/sku missing"),
        Fault(#""sku": "SPARE""#, #""sku": 7"#, "/products/3/sku wrongType"),
        Fault(#""sku": "SPARE""#, #""sku": "spare""#, "/products/3/sku notASKU"),
        Fault(#""sku": "SPARE""#, #""sku": "-SPARE""#, "/products/3/sku notASKU"),
        Fault(#""sku": "SPARE""#, #""sku": "GIFT""#, "/products duplicate"),
        Fault(#""sku": "SPARE", "kind": "product""#, #""sku": "SPARE""#, "/products/3/kind missing"),
        Fault(#""SPARE", "kind": "product""#, #""SPARE", "kind": "box""#, "/products/3/kind unknownKind"),
        Fault(#""name": "Spare", "#, "", "/products/3/name missing"),
        Fault(#""name": "Spare""#, #""name": null"#, "/products/3/name missing"),
        Fault(#""name": "Spare""#, #""name": " ""#, "/products/3/name blank"),
        Fault(#""name": "Spare""#, #""name": "Sp\nare""#, "/products/3/name controlCharacter"),
        Fault(#""name": "Spare""#, #""name": "Sp\u0000are""#, "/products/3/name controlCharacter"),
        Fault("Spare", String(repeating: "n", count: 121), "/products/3/name tooLong"),
        Fault("A spare.", #"A\tspare."#, "/products/3/description controlCharacter"),
        Fault(#""name": "Spare""#, #""name": "Spare", "colour": "red""#, "/products/3/colour unknownField"),
        Fault(#""weightGrams": 10"#, #""weightGrams": 0"#, "/products/3/weightGrams outOfRange"),
        Fault(#""weightGrams": 10"#, #""weightGrams": "10""#, "/products/3/weightGrams wrongType"),
        Fault(#""taxClass": "standard""#, #""taxClass": "Standard""#, "/products/3/taxClass notATaxClass"),
        Fault(#""taxClass": "standard""#, #""taxClass": """#, "/products/3/taxClass notATaxClass"),
        Fault(#""lowStockMark": 3"#, #""lowStockMark": -1"#, "/products/3/lowStockMark outOfRange"),
        Fault(#""tracksLots": true"#, #""tracksLots": 1"#, "/products/3/tracksLots wrongType"),
        Fault(#""applicationsPerUnit": 8"#, #""applicationsPerUnit": 0"#, "/products/3/applicationsPerUnit outOfRange"),
        Fault(#""maxPerOrder": 7, "#, "", "/products/3/maxPerOrder missing"),
        Fault(#""maxPerOrder": 7"#, #""maxPerOrder": 0"#, "/products/3/maxPerOrder outOfRange"),
        Fault(#""maxPerOrder": 7"#, #""maxPerOrder": 1001"#, "/products/3/maxPerOrder outOfRange"),
        Fault(#""stock": 0"#, #""stock": -1"#, "/products/3/stock outOfRange"),
        Fault(#""demo": false"#, #""demo": "no""#, "/demo wrongType"),
        Fault(#""demo": false"#, #""demo": false, "shop": "DM""#, "/shop unknownField"),
        Fault(#""products": ["#, #""goods": ["#, "/goods unknownField", "/products missing"),
    ]

    static let kitFaults: [Fault] = [
        Fault(#"{"sku": "BOTTLE", "quantity": 2"#, #"{"sku": "KIT", "quantity": 2"#, "/products kitInKit"),
        Fault(#"{"sku": "BOTTLE", "quantity": 2"#, #"{"sku": "NOTHING", "quantity": 2"#, "/products unknownComponent"),
        Fault(#"{"sku": "GIFT", "quantity": 1"#, #"{"sku": "BOTTLE", "quantity": 1"#, "/products duplicate"),
        Fault(#""quantity": 2, "#, "", "/products/0/contents/0/quantity missing"),
        Fault(#""quantity": 2"#, #""quantity": 0"#, "/products/0/contents/0/quantity outOfRange"),
        Fault(#""quantity": 2"#, #""quantity": 101"#, "/products/0/contents/0/quantity outOfRange"),
        Fault(#""quantity": 2, "required": true"#, #""quantity": 2"#, "/products/0/contents/0/required missing"),
        Fault(#""required": true"#, #""required": "yes""#, "/products/0/contents/0/required wrongType"),
        Fault(#""required": true"#, #""required": true, "note": """#, "/products/0/contents/0/note unknownField"),
        Fault(#""name": "Kit""#, #""name": "Kit", "stock": 5"#, "/products/0/stock notKept"),
        Fault(#""name": "Bottle""#, #""name": "Bottle", "contents": []"#, "/products/1/contents notAKit"),
        Fault(
            #""sku": "SPARE", "kind": "product""#,
            #""sku": "SPARE", "kind": "kit""#,
            "/products/3/contents missing",
            "/products/3/stock notKept"
        ),
    ]

    static let priceFaults: [Fault] = [
        Fault(#""KIT": 4500"#, #""KIT": -1"#, "/prices/GBP/KIT outOfRange"),
        Fault(#""KIT": 4500"#, #""KIT": 1000000000001"#, "/prices/GBP/KIT outOfRange"),
        Fault(#""KIT": 4500"#, #""KIT": "45.00""#, "/prices/GBP/KIT wrongType"),
        Fault(#""KIT": 4500"#, #""KIT": null"#, "/prices/GBP/KIT missing"),
        Fault(#""KIT": 4500"#, #""KIT": 4500, "NOTHING": 1"#, "/prices/GBP/NOTHING unknownProduct"),
        Fault(#""KIT": 4500"#, #""KIT": 4500, "spare": 1"#, "/prices/GBP/spare unknownProduct"),
        Fault(#""GBP": "#, #""XXX": "#, "/prices/XXX unknownCurrency"),
        Fault(#""GBP": "#, #""gbp": "#, "/prices/gbp unknownCurrency"),
        Fault(#""EUR": {"KIT": 5200}"#, #""EUR": 5200"#, "/prices/EUR wrongType"),
        Fault(#""prices": "#, #""price": "#, "/price unknownField", "/prices missing"),
    ]

    @Test(arguments: CatalogFileTests.productFaults + CatalogFileTests.kitFaults + CatalogFileTests.priceFaults)
    func faultIsNamedByItsPlaceAndNothingElseIs(fault: Fault) throws {
        let json = try spoilt(fault.place, fault.instead)
        #expect(problems(json) == fault.problems)
    }

    @Test(arguments: [
        "4006381333932", "4006381333913", "400638133393", "40063813339310", "2", "", "96385075", "036000291453",
        "４００６３８１３３３９３１", "400638133393A", "-006381333931", " 4006381333931",
    ])
    func barcodeWithoutARightCheckDigitIsRefused(barcode: String) throws {
        let json = try spoilt("4006381333931", barcode)
        #expect(problems(json) == ["/products/3/barcode notABarcode"])
    }

    @Test(arguments: ["96385074", "036000291452", "4006381333931", "10036000291459"])
    func barcodeOfEveryLengthIsAccepted(barcode: String) throws {
        let json = try spoilt("4006381333931", barcode)
        #expect(problems(json) == [])
    }

    @Test(arguments: [
        // A gift, the largest amount, a product that nobody can buy, and what may be left out or unknown.
        [#""KIT": 4500"#, #""KIT": 0"#], [#""KIT": 4500"#, #""KIT": 1000000000000"#],
        [#"{"GBP": {"KIT": 4500, "BOTTLE": 1400}, "EUR": {"KIT": 5200}}"#, "{}"],
        [#""applicationsPerUnit": 8"#, #""applicationsPerUnit": null"#], [#""barcode": "4006381333931","#, ""],
        [#""taxClass": "standard", "#, ""], [#""demo": false,"#, ""],
    ])
    func unusualButValidFileIsRead(change: [String]) throws {
        let json = try spoilt(change[0], change[1])
        #expect(problems(json) == [])
    }

    @Test func severalFaultsAreAllNamedAtOnce() throws {
        let json = try spoilt(#""maxPerOrder": 7"#, #""maxPerOrder": 0"#)
            .replacing(#""KIT": 4500"#, with: #""KIT": -1"#)
            .replacing(#""demo": false"#, with: #""demo": 0"#)
        #expect(
            problems(json).sorted() == [
                "/demo wrongType", "/prices/GBP/KIT outOfRange", "/products/3/maxPerOrder outOfRange",
            ]
        )
    }

    @Test func priceWithAFractionIsRefused() throws {
        let json = try spoilt(#""KIT": 4500"#, #""KIT": 45.5"#)
        let found = problems(json)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("/prices/GBP/KIT ") == true)
    }

    // The database keeps one product per barcode: a file that says otherwise can't be loaded.
    @Test func twoProductsOfOneBarcodeAreRefused() throws {
        let json = try spoilt(#""name": "Bottle""#, #""name": "Bottle", "barcode": "4006381333931""#)
        #expect(problems(json) != [])
    }

    @Test func moreThan500ProductsAreTooMany() {
        let products = (1...501).map { #"{"sku": "P\#($0)", "kind": "product", "name": "P", "maxPerOrder": 1}"# }
        let tooMany = products.joined(separator: ",")
        #expect(problems(#"{"products": [\#(tooMany)], "prices": {}}"#) == ["/products tooMany"])
        let justEnough = products.dropLast().joined(separator: ",")
        #expect(problems(#"{"products": [\#(justEnough)], "prices": {}}"#) == [])
    }

    @Test(arguments: ["", "products", "{\"products\": [", "<catalog/>"])
    func textThatIsNotJSONIsMalformed(text: String) {
        #expect(problems(text) == ["malformed"])
    }

    @Test func demoCatalogIsRightAndSaysThatItIsADemo() throws {
        let demo = try CatalogFile(CatalogFile.demoBytes)
        #expect(demo.isDemo)
        #expect(demo.productCount == 5)
    }

    @Test func demoKitHoldsOneOfEachBottleAndTheSampleAsAGift() throws {
        let contents = try Fields.read(CatalogFile.demoBytes) { fields -> [String]? in
            let kits = fields.objects("products", countMax: 50) { product -> [String]? in
                guard product.text("kind") == "kit" else { return [] }
                return product.objects("contents", countMax: 10) { part -> String? in
                    guard let sku = part.text("sku"), let quantity = part.integer("quantity") else { return nil }
                    return "\(sku) \(quantity)\(part.flag("required") == false ? " gift" : "")"
                }
            }
            return kits?.flatMap { $0 }
        }
        #expect(
            contents.sorted() == [
                "CLEANSE-SHAMPOO 1", "RESTORE-LOTION 1", "RESTORE-OINTMENT 1", "ZERO-SHINE-SAMPLE 1 gift",
            ]
        )
    }

    @Test func demoSellsTheSampleOnceAnOrderAndNoOintmentOnItsOwn() throws {
        let priced = try Fields.read(CatalogFile.demoBytes) { fields -> [[String]]? in
            fields.object("prices") { lists -> [[String]]? in
                lists.names.compactMap { code in
                    lists.object(code) { $0.names }
                }
            }
        }
        #expect(priced.count == 2)
        #expect(priced.allSatisfy { !$0.contains("RESTORE-OINTMENT") && $0.contains("DM-KIT") })
        let limits = try Fields.read(CatalogFile.demoBytes) { fields -> [Int]? in
            fields.objects("products", countMax: 50) { product -> Int? in
                product.text("kind") == "sample" ? product.integer("maxPerOrder") : nil
            }
        }
        #expect(limits == [1])
    }
}
