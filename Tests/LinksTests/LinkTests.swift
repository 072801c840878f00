import Testing

@testable import Links

/// Nobody can make a link, guess one, or read out of one where it leads.
@Suite struct LinkTests {
    private let keys: LinkKeys
    private let target = LinkTarget(id: 4711, version: 3, key: 2)

    init() throws {
        var keys: [Int16: LinkKey] = [:]
        for number: Int16 in [0, 2, 15] {
            let key = try #require(LinkKey(bytes: Array(repeating: UInt8(number), count: 32)))
            keys[number] = key
        }
        self.keys = LinkKeys(current: 2, keys: keys)
    }

    private func token(_ purpose: LinkPurpose = .order, _ target: LinkTarget? = nil) throws -> LinkToken {
        try keys.link(purpose, to: target ?? self.target).token
    }

    // MARK: - Where it leads

    @Test(
        arguments: [
            (0, 1, 0), (1, 1, 2), (LinkTarget.idMax, LinkTarget.versionMax, LinkTarget.keyMax), (4711, 2048, 15),
        ] as [(Int64, Int16, Int16)]
    )
    func linkLeadsToWhatItWasMadeFor(id: Int64, version: Int16, key: Int16) throws {
        let target = LinkTarget(id: id, version: version, key: key)
        for purpose in LinkPurpose.allCases {
            let made = try keys.link(purpose, to: target)
            let read = try #require(LinkToken(text: made.token.text))
            #expect(keys.link(purpose, read)?.target == target)
        }
    }

    @Test(
        arguments: [
            (-1, 1, 2), (LinkTarget.idMax + 1, 1, 2), (1, 0, 2), (1, LinkTarget.versionMax + 1, 2), (1, -1, 2),
            (1, 1, 1),
            (1, 1, 16), (1, 1, -1),
        ] as [(Int64, Int16, Int16)]
    )
    func whatALinkHasNoRoomForHasNoLink(id: Int64, version: Int16, key: Int16) {
        #expect(throws: (any Error).self) {
            _ = try keys.link(.order, to: LinkTarget(id: id, version: version, key: key))
        }
    }

    /// Links that customers hold must go on working.
    @Test(arguments: [
        (LinkPurpose.cart, "AB6dJxhRYS39HzWsUj9v-9XgyYYq85-Nmuq00y7rQyk"),
        (LinkPurpose.order, "AFSajS3qLRLfbjWEAzjLVswM6OvSumrfjuAPLlRVYmc"),
        (LinkPurpose.guide, "Rw3JBHD8yskwWW5ajLJpdwuEDNwb75H4NWqYYB0AV3c"),
        (LinkPurpose.calendar, "dTsW9Ri9stjdl5t12ps5CZhfYgX2S27SHzY0fVRT6S8"),
        (LinkPurpose.unsubscription, "xGFzl09EA0b0zZdsefjI9MwzFRArOU9r2Q9vwdAaeqQ"),
    ])
    func tokenNeverChanges(purpose: LinkPurpose, text: String) throws {
        #expect(try token(purpose).text == text)
    }

    @Test func linkIsTheSameEachTimeItIsMade() throws {
        #expect(try token() == token())
    }

    // MARK: - Forging

    @Test func noBitOfALinkCanBeChanged() throws {
        for purpose in LinkPurpose.allCases {
            let right = try token(purpose).bytes
            for bit in 0..<256 {
                var wrong = right
                wrong[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(keys.link(purpose, LinkToken(bytes: wrong)) == nil, "\(purpose) bit \(bit)")
            }
        }
    }

    @Test func linkOpensNothingOfAnotherPurpose() throws {
        for purpose in LinkPurpose.allCases {
            let token = try token(purpose)
            for other in LinkPurpose.allCases where other != purpose { #expect(keys.link(other, token) == nil) }
        }
    }

    /// Where a link leads is masked by its code: the end of another link makes another target of it, and no code fits.
    @Test func endOfALinkFitsNoOther() throws {
        let tokens = try (1...50).map { try token(.order, LinkTarget(id: $0, version: 1, key: 2)).bytes }
        for first in tokens {
            for second in tokens where first != second {
                let mixed = LinkToken(bytes: Array(first.prefix(24) + second.suffix(8)))
                #expect(keys.link(.order, mixed) == nil)
            }
        }
    }

    @Test func linkOfAnUnknownKeyOpensNothing() throws {
        let foreign = try #require(LinkKey(bytes: Array(repeating: 9, count: 32)))
        let token = try #require(foreign.token(.order, to: target))
        #expect(keys.link(.order, token) == nil)
        // The right key under another number makes other links too.
        let moved = LinkKeys(current: 0, keys: [0: foreign])
        #expect(moved.link(.order, token) == nil)
    }

    @Test func formerKeysGoOnOpeningTheirLinks() throws {
        let former = try #require(LinkKey(bytes: Array(repeating: 0, count: 32)))
        let next = try #require(LinkKey(bytes: Array(repeating: 1, count: 32)))
        let before = LinkKeys(current: 0, keys: [0: former])
        let after = LinkKeys(current: 1, keys: [0: former, 1: next])
        let target = LinkTarget(id: 7, version: 1, key: 0)
        let token = try before.link(.guide, to: target).token
        #expect(after.link(.guide, token)?.target == target)
        // What was made before is made again, to the byte.
        #expect(try after.link(.guide, to: target).token == token)
        #expect(LinkKeys(current: 1, keys: [1: next]).link(.guide, token) == nil)
    }

    @Test func randomTokensOpenNothing() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let bytes = (0..<4).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
            #expect(keys.link(.order, LinkToken(bytes: bytes)) == nil)
        }
    }

    // MARK: - Reading

    /// Links of neighbouring things have no more in common than random bytes: about half of their bits.
    @Test func neighboursHaveNothingInCommon() throws {
        let tokens = try (0..<500).map { try token(.order, LinkTarget(id: $0, version: 1, key: 2)).bytes }
        let differing = zip(tokens, tokens.dropFirst()).map { one, other in
            zip(one.suffix(8), other.suffix(8)).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
        }
        let share = Double(differing.reduce(0, +)) / Double(differing.count * 64)
        #expect((0.47...0.53).contains(share))
        #expect(Set(tokens).count == tokens.count)
    }

    @Test func tokenSaysNothingOfItself() throws {
        let token = try token()
        #expect("\(token)" == "a token")
        #expect(Mirror(reflecting: token).children.isEmpty)
    }

    // MARK: - Its text

    @Test func onlyOneSpellingOfATokenIsTheToken() throws {
        let text = try token().text
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = try #require(text.last)
        let place = try #require(alphabet.firstIndex(of: last))
        // The last character holds four bits; these three spellings differ only in the two that are spare.
        for spare in 1...3 { #expect(LinkToken(text: "\(text.dropLast())\(alphabet[place + spare])") == nil) }
    }

    @Test func textThatIsNoTokenIsRefused() throws {
        let text = try token().text
        let short = String(text.dropLast())
        let wrongs: [String] = [
            "", short, "\(text)=", "\(text)A", " \(short)", "\(text) ", "=\(short)", "\(short)=",
            String(repeating: "é", count: 43), String(repeating: "*", count: 43),
            String(repeating: "+", count: 42) + "A", String(repeating: "/", count: 42) + "A",
        ]
        for wrong in wrongs.dropLast(2) { #expect(LinkToken(text: wrong) == nil, "\(wrong)") }
        // The other alphabet of base64 spells no token.
        for wrong in wrongs.suffix(2) { #expect(LinkToken(text: wrong) == nil, "\(wrong)") }
    }
}
