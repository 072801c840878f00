@testable import StaffCLI
import StoreAPI
import Testing

/// Tables fit, numbers line up, and nothing from elsewhere moves the cursor.
@Suite struct TableTests {
    private static let wide = "寿司と抹茶のセット"

    private func table() -> Table {
        var table = Table([
            .init("CODE"), .init("NAME", canShrink: true), .init("QTY", isNumber: true),
            .init("NOTE", canShrink: true, canGo: true), .init("TO", canGo: true),
        ])
        table.add([
            Table.Cell("DM-KIT", .strong), "DM aftercare kit", Table.Cell(7),
            "Leave it with the neighbour at number 12.",
            "GB",
        ])
        table.add([Table.Cell("CLEANSE-SHAMPOO"), Table.Cell(Self.wide), Table.Cell(1200), "e\u{301}te\u{301}", "JP"])
        table.add(["A", Table.Cell("\u{1B}[31mred\u{1B}[0m\u{7}"), Table.Cell(-3), "👩‍👩‍👧 🇬🇧", "DE"])
        return table
    }

    @Test(arguments: [20, 40, 60, 80, 120])
    func aTableFitsTheTerminal(width: Int) throws {
        let lines = table().lines(width: width, colour: false)
        for line in lines { #expect(TextWidth.of(line) <= width, "\(line)") }
        try Golden.compare(lines.joined(separator: "\n") + "\n", "table-\(width).txt")
    }

    /// What nobody says takes no room; elsewhere a program may count the columns.
    @Test func aColumnThatIsEmptyInEveryRowGoes() {
        var table = Table([.init("ORDER"), .init("HOLD"), .init("TO")])
        table.add(["DM-7K4Q-99", "", "GB"])
        table.add(["DM-7K4R-22", "", ""])
        #expect(table.lines(width: 80, colour: false) == ["ORDER       TO", "DM-7K4Q-99  GB", "DM-7K4R-22"])
        #expect(table.lines(width: nil, colour: false)[0] == "ORDER       HOLD  TO")
        #expect(Table([.init("ORDER"), .init("HOLD")]).lines(width: 80, colour: false) == ["ORDER  HOLD"])
    }

    @Test(arguments: [10, 20, 40, 60, 100])
    func ordersAndAddressesAreNeverCut(width: Int) {
        let page = "https://shop.example/o/" + String(repeating: "t", count: 43)
        var table = Table([
            .init("ORDER", isWhole: true), .init("PLACED"), .init("NAME", canShrink: true),
            .init("PAGE", isWhole: true),
        ])
        table.add(["DM-7K4Q-99", Table.Cell("2026-11-24 09:12", short: "2026-11-24"), "Ada Example", Table.Cell(page)])
        let lines = table.lines(width: width, colour: false)
        #expect(lines[1].hasPrefix("DM-7K4Q-99") && lines.contains { $0.hasSuffix(page) }, "\(lines)")
        #expect(lines.count == (width < 100 ? 3 : 2), "\(lines)")
        if width >= 40 { #expect(lines[1].contains("2026-11-24") && TextWidth.of(lines[1]) <= width) }
    }

    /// All that a list tells is there at 120 columns, and at 80 what matters most.
    @Test func aListUsesTheWidth() async throws {
        let orders = SampleAnswers.orders.replacing(
            #"[{"sku":"DM-KIT","quantity":2}]"#,
            with: #"[{"sku":"DM-KIT","quantity":1},{"sku":"CLEANSE-SHAMPOO","quantity":2}]"#
        )
        try await withStore({ _ in .answer(200, orders) }) { _, machine in
            func list(_ width: Int) async -> CommandOutcome {
                await machine.run("orders", "list", "--color", "never", width: width)
            }
            let wide = await list(120)
            #expect(
                wide.lines[0].split(separator: " ").joined(separator: " ")
                    == "ORDER PLACED STATUS PAYMENT TOTAL HOLD ITEMS PARCELS SHIP BY TO"
            )
            #expect(wide.output.contains("1 DM-KIT, 2 CLEANS") && wide.output.contains("addressProblem"))
            let narrow = await list(80)
            #expect(narrow.output.contains("1 DM-KIT, 2") && narrow.output.contains("addressP"), "\(narrow.output)")
            for line in narrow.lines { #expect(TextWidth.of(line) <= 80, "\(line)") }
        }
    }

    @Test func elsewhereNothingIsCut() {
        let text = table().lines(width: nil, colour: false).joined(separator: "\n")
        #expect(text.contains("Leave it with the neighbour at number 12."))
        #expect(text.contains(Self.wide))
        #expect(!text.contains("…"))
    }

    @Test func numbersEndAtTheSameColumn() {
        let lines = table().lines(width: nil, colour: false)
        let ends = zip(lines, ["QTY", "7", "1200", "-3"]).map { line, number in
            line.firstRange(of: " \(number) ").map { TextWidth.of(String(line[..<$0.upperBound])) }
        }
        #expect(Set(ends).count == 1 && ends[0] != nil)
    }

    @Test func coloursTakeNoRoom() {
        let plain = table().lines(width: 60, colour: false)
        let painted = table().lines(width: 60, colour: true)
        #expect(painted[1].contains("\u{1B}[1mDM-KIT\u{1B}[0m"))
        let bare = painted.map { $0.replacing(/\u{1B}\[\d+m/, with: "") }
        #expect(bare == plain)
    }

    @Test(arguments: [
        ("a", 1), ("é", 1), ("e\u{301}", 1), ("寿", 2), ("한", 2), ("ﾊ", 1), ("Ａ", 2), ("👍🏽", 2), ("👩‍👩‍👧", 2), ("🇬🇧", 2),
        ("❤\u{FE0F}", 2), ("❤", 1), ("\u{200B}", 0), ("", 0), ("नि", 1), ("…", 1),
    ])
    func aCharacterHasItsWidth(text: String, width: Int) { #expect(TextWidth.of(text) == width, "\(text)") }

    @Test func cuttingNeverSplitsACharacter() {
        #expect(TextWidth.cut("寿司屋", to: 4) == "寿…")
        #expect(TextWidth.cut("寿司", to: 4) == "寿司")
        #expect(TextWidth.cut("👩‍👩‍👧ab", to: 3) == "👩‍👩‍👧…")
        #expect(TextWidth.cut("abc", to: 1) == "…")
        #expect(TextWidth.cut("abc", to: 0) == "")
    }

    @Test func controlCharactersAreShown() {
        #expect(
            SafeText.line("a\u{1B}[2Jb\r\n\u{7F}\u{9B}1m\u{202E}c\u{2028}") == "a␛[2Jb␍␊␡<U+009B>1m<U+202E>c<U+2028>"
        )
        #expect(SafeText.lines("a\tb\nc\u{1B}") == "a\tb\nc␛")
    }

    @Test func aBarIsFull() {
        #expect(ProgressBar.line("Printing", done: 5, total: 10) == "Printing [############............] 5/10")
        #expect(ProgressBar.line("Printing", done: 99, total: 10).hasSuffix("] 10/10"))
    }

    @Test func jsonThatWasWrittenIsWrittenTheSameAgain() throws {
        let once = try JSONText.of(Array("[888888888888888888.08, 1e30, 0.1, 2.0]".utf8))
        #expect(try JSONText.of(Array(once.utf8)) == once)
        #expect(once.contains("888888888888888832") && once.contains("0.1"), "\(once)")
    }

    @Test func jsonIsStableAndHarmless() throws {
        let bytes = Array(#"{"b":[1,2.5,true,null,{}],"a":"x\u001b[2J\u009b\"/é","c":[],"big":9007199254740993}"#.utf8)
        let text = try JSONText.of(bytes)
        #expect(
            text == """
                {
                  "a": "x\\u001b[2J\\u009b\\"/é",
                  "b": [
                    1,
                    2.5,
                    true,
                    null,
                    {}
                  ],
                  "big": 9007199254740993,
                  "c": []
                }
                """
        )
        #expect(try JSONText.value(Array(text.utf8)) == JSONText.value(bytes))
    }
}
