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
        for text in [
            number, fours.joined(separator: " "), fours.joined(separator: "-"), fours.joined(separator: "  "),
            fours.joined(separator: "\u{A0}"), fours.joined(separator: " – "), "Card: \(number).", "(\(number))",
            "12 \(fours.joined(separator: " "))", "\(fours.joined(separator: " ")) 12/29 123", "my card\(number)",
            String(number.map { Character(UnicodeScalar(0xFF10 + UInt32($0.wholeNumberValue ?? 0)) ?? "0") }),
        ] {
            #expect(CardNumber.isIn(text), "\(text)")
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
        "4111.1111.1111.1111", "4111/1111/1111/1111", "9999 9999 9999 9995", "+44 20 7946 0991", "DM-7K4Q-99",
        "INV-000123",
        "978-3-16-148410-0", "2000000000022", "GB82WEST12345698765432", "DE89370400440532013000",
        "41111111111111112026",
        "34 High Street, London N1 1AA", "2026-12-03 2026-12-15",
    ])
    func otherTextIsNot(_ text: String) { #expect(!CardNumber.isIn(text)) }
}
