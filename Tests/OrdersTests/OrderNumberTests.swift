import Orders
import TestSupport
import Testing

@Suite struct OrderNumberTests {
    private let secret = Array(UInt8(0)..<32)
    private let alphabet = Array("23456789ACEFHJKMPQRTWXY")
    /// How many orders the shortest numbers suffice for: 23^5.
    private let boundary: UInt64 = 6_436_343

    private func number(_ sequence: UInt64) -> String {
        OrderNumber(sequence: sequence, secret: secret).description
    }

    /// A number without prefix and dashes.
    private func plain(_ number: String) -> [Character] { Array(number.dropFirst(3).filter { $0 != "-" }) }

    /// A change here would give numbers again that orders already have.
    @Test(
        arguments: [
            (0, "DM-PT84-YY"), (1, "DM-5M7H-PC"), (2, "DM-Y79H-87"), (19_999, "DM-WXWY-5W"), (6_436_342, "DM-Y86Y-3T"),
            (6_436_343, "DM-64A6-28F"), (6_436_344, "DM-6EAW-WP5"), (154_472_232, "DM-XMQC-THE4"),
        ] as [(UInt64, String)]
    )
    func numberOfASequenceNeverChanges(sequence: UInt64, text: String) {
        #expect(number(sequence) == text)
    }

    @Test func first20000NumbersAreUnique() {
        #expect(Set((0..<20_000).map { number($0) }).count == 20_000)
    }

    @Test func numbersStayUniqueWhereTheyGrowByACharacter() {
        let numbers = (boundary - 500..<boundary + 500).map { number($0) }
        #expect(Set(numbers).count == 1000)
        #expect(Set(numbers.prefix(500).map { plain($0).count }) == [6])
        #expect(Set(numbers.suffix(500).map { plain($0).count }) == [7])
    }

    @Test func numberIsReadBackHoweverItIsTyped() {
        let sequences: [UInt64] = [0, 1, 77, boundary - 1, boundary, boundary + 1]
        for sequence in sequences {
            let order = OrderNumber(sequence: sequence, secret: secret)
            let text = order.description
            let bare = String(plain(text))
            let spellings: [String] = [
                text, text.lowercased(), bare, bare.lowercased(), "DM\(bare)", "dm \(bare)", " \(text) ",
                String(text.dropFirst(3)), text.map { "\($0) " }.joined(), "\u{A0}\(bare)\n",
            ]
            for spelling in spellings { #expect(OrderNumber(spelling) == order, "\(spelling)") }
        }
    }

    @Test func numberTellsItsSequenceToWhoeverHasTheSecret() throws {
        var random = SeededGenerator(seed: 7)
        // All that have 5 to 12 characters before the check.
        let all: UInt64 = (5...12).reduce(0) { sum, length in sum + (0..<length).reduce(1) { power, _ in power * 23 } }
        var sequences = Array(0..<5000 as Range<UInt64>) + Array(boundary - 500..<boundary + 500) + [all - 1]
        for _ in 0..<500 { sequences.append(UInt64.random(in: 0..<all, using: &random)) }
        for sequence in sequences {
            let number = OrderNumber(sequence: sequence, secret: secret)
            #expect(number.sequence(secret: secret) == sequence)
        }
        let typed = try #require(OrderNumber("dm pt84 yy"))
        #expect(typed.sequence(secret: secret) == 0 && typed.sequence(secret: [1]) != 0)
    }

    @Test(arguments: [
        "", "DM", "DM-", "DM-PT84", "DM-PT84-Y", "DM-PT84-YY3", "DM-PT84-YO", "DM-PT8O-YY", "DX-PT84-YY",
        "DMDM-PT84-YY", "DM_PT84_YY", "DM-PT84-YY/1", "PT84YY'; DROP TABLE", "2", "222222222222222222222222222222",
    ])
    func malformedNumberIsRefused(text: String) {
        #expect(OrderNumber(text) == nil)
    }

    @Test(arguments: [0, 1, 4711, 6_436_342, 6_436_343, 200_000_000] as [UInt64])
    func oneWrongCharacterIsNoticed(sequence: UInt64) {
        let right = plain(number(sequence))
        #expect(OrderNumber(String(right)) != nil)
        var missed: [String] = []
        for place in right.indices {
            for other in alphabet where other != right[place] {
                var wrong = right
                wrong[place] = other
                if OrderNumber(String(wrong)) != nil { missed.append(String(wrong)) }
            }
        }
        #expect(missed == [])
    }

    @Test func twoNeighboursSwappedAreNoticed() {
        var missed: [String] = []
        let sequences = [UInt64](0..<200) + [UInt64](boundary..<boundary + 200)
        for sequence in sequences {
            let right = plain(number(sequence))
            for place in right.indices.dropLast() where right[place] != right[place + 1] {
                var wrong = right
                wrong.swapAt(place, place + 1)
                if OrderNumber(String(wrong)) != nil { missed.append(String(wrong)) }
            }
        }
        #expect(missed == [])
    }

    @Test func anotherSecretGivesOtherNumbers() {
        let other = Array(UInt8(1)...32)
        let same = (UInt64(0)..<1000).count {
            OrderNumber(sequence: $0, secret: secret) == OrderNumber(sequence: $0, secret: other)
        }
        #expect(same < 5)
    }

    @Test func numbersInARowDoNotTellTheirOrder() {
        let numbers = (UInt64(0)..<2000).map { number($0) }
        let neighbours = Array(zip(numbers, numbers.dropFirst()))
        // About half of all numbers are greater than the one before, and one place in 23 agrees with it.
        let ascending = neighbours.count { $0.0 < $0.1 }
        #expect((900...1100).contains(ascending))
        let agreeing = neighbours.reduce(0) { sum, pair in
            sum + zip(plain(pair.0), plain(pair.1)).count { $0.0 == $0.1 }
        }
        #expect(agreeing * 100 < neighbours.count * 6 * 8)
    }

    @Test func onlyCharactersThatCannotBeMistakenAreUsed() {
        let used = Set((UInt64(0)..<1000).flatMap { plain(number($0)) })
        #expect(used == Set(alphabet))
    }
}
