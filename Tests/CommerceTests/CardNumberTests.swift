import Commerce
import Testing

/// A card's number is seen wherever it stands, and nothing else is taken for one.
struct CardNumberTests {
    /// Numbers that the issuers publish for tests.
    private static let numbers = [
        "4111111111111111", "4242424242424242", "5555555555554444", "2223003122003222", "378282246310005",
        "341111111111111", "6011111111111117", "6445644564456445", "6504840209544524", "6221260000000000",
        "3530111333300000",
    ]

    @Test(arguments: numbers) func numberIsSeenHoweverItIsWritten(_ number: String) {
        let fours = stride(from: 0, to: number.count, by: 4).map { String(number.dropFirst($0).prefix(4)) }
        let singles = number.map { String($0) }
        let texts: [String] = [
            number, fours.joined(separator: " "), fours.joined(separator: "-"), fours.joined(separator: "  "),
            fours.joined(separator: "\u{A0}"), fours.joined(separator: " – "), "Card: \(number).", "(\(number))",
            "12 \(fours.joined(separator: " "))", "\(fours.joined(separator: " ")) 12/29 123", "my card\(number)",
            fours.joined(separator: "."), fours.joined(separator: "/"), fours.joined(separator: " / "),
            singles.joined(separator: "."), "12.12.2026: \(fours.joined(separator: "."))",
            String(number.map { Character(UnicodeScalar(0xFF10 + UInt32($0.wholeNumberValue ?? 0)) ?? "0") }),
        ]
        for text in texts { #expect(CardNumber.isIn(text), "\(text)") }
        // What is seen of them is a space, or nothing.
        for invisible in "\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}\u{AD}\u{A0}\u{202F}\u{2007}".unicodeScalars {
            for groups in [fours, singles] {
                let text = groups.joined(separator: String(invisible))
                #expect(CardNumber.isIn(text), "U+\(String(invisible.value, radix: 16))")
            }
        }
        for digits in 0..<number.count {
            // One digit that is wrong fails the check.
            var typo = Array(number)
            typo[digits] = typo[digits] == "9" ? "0" : Character("\((typo[digits].wholeNumberValue ?? 0) + 1)")
            #expect(!CardNumber.isIn(String(typo)), "\(String(typo))")
        }
    }

    @Test(arguments: [
        "", "4111", "41111111111111110", "4111 1111 1111 111", "411111111111111", "0000000000000000",
        "1234567812345670",
        "4111:1111:1111:1111", "4111,1111,1111,1111", "4111.1111.1111.1112", "9999 9999 9999 9995",
        "+44 20 7946 0991", "DM-7K4Q-99",
        "INV-000123",
        "978-3-16-148410-0", "2000000000022", "GB82WEST12345698765432", "DE89370400440532013000",
        "41111111111111112026",
        "34 High Street, London N1 1AA", "2026-12-03 2026-12-15",
        "12.12.2026/13.12.2026", "4.12.2026 / 15.12.2026 / 8", "1.234.567,89 EUR", "4.50/5.10/3.70/2.20/4.90/1.15",
    ])
    func otherTextIsNot(_ text: String) { #expect(!CardNumber.isIn(text)) }

    /// From the 23rd to the 27th two dates begin as an issuer's numbers do, and every tenth pair ends with a check digit.
    @Test func datesAreNot() {
        var hits: [String] = []
        for day in 1...31 {
            for month in 1...12 {
                for last in day...31 {
                    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
                    for mark in [".", "/"] {
                        let (from, to) = (
                            [two(day), two(month), "2026"].joined(separator: mark),
                            [two(last), two(month), "2026"].joined(separator: mark)
                        )
                        for between in ["-", " ", "/"] where CardNumber.isIn(from + between + to) {
                            hits.append(from + between + to)
                        }
                    }
                }
            }
        }
        #expect(hits == [])
    }
}
