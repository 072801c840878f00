import Links
import Testing

@Suite struct LinkKeyTests {
    private let bytes = Array(UInt8(0)..<32)
    static let hexadecimal = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    static let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

    private func sampleKey() throws -> LinkKey { try #require(LinkKey(bytes: bytes)) }

    @Test(arguments: [0, 1, 16, 31, 33, 64])
    func keyOfAnotherLengthIsRefused(count: Int) {
        #expect(LinkKey(bytes: Array(repeating: 7, count: count)) == nil)
        #expect(LinkKey(text: String(repeating: "07", count: count)) == nil)
    }

    @Test(arguments: [
        LinkKeyTests.hexadecimal, LinkKeyTests.hexadecimal.uppercased(), LinkKeyTests.base64,
        LinkKeyTests.base64 + "=", " \(LinkKeyTests.base64)=\n", "\(LinkKeyTests.hexadecimal)\n",
    ])
    func keyIsReadFromTheTextOfASetting(text: String) throws {
        let read = try #require(LinkKey(text: text))
        let key = try sampleKey()
        #expect(read.fingerprint == key.fingerprint)
        #expect(read.checkValue == key.checkValue)
    }

    @Test func bothAlphabetsOfBase64AreRead() throws {
        let key = try #require(LinkKey(bytes: Array(repeating: 0xFB, count: 32)))
        let plain = try #require(LinkKey(text: "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s="))
        let url = try #require(LinkKey(text: "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s"))
        #expect(plain.fingerprint == key.fingerprint)
        #expect(url.fingerprint == key.fingerprint)
    }

    @Test(arguments: [
        "", "key", "secret", String(LinkKeyTests.hexadecimal.dropLast()),
        String(LinkKeyTests.hexadecimal.dropLast()) + "g", LinkKeyTests.hexadecimal + "20",
        // 31 and 33 bytes.
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH*8", "AAECAwQFBgcICQoLDA0O=DxAREhMUFRYXGBkaGxwdHh8",
    ])
    func textThatIsNoKeyIsRefused(text: String) {
        #expect(LinkKey(text: text) == nil)
    }

    /// The database knows keys by these: they must be the same in every version of the program.
    @Test func fingerprintAndCheckValueNeverChange() throws {
        #expect(try sampleKey().fingerprint == [213, 15, 128, 82, 101, 252, 212, 77])
        #expect(try sampleKey().checkValue.prefix(4) == [0x21, 0x64, 0x62, 0x5B])
        #expect(try sampleKey().checkValue.count == 32)
    }

    /// Links that customers hold must go on working.
    @Test(arguments: [
        (Purpose.cart, "iKZohu2gQlmHSv2pPfCFOuB_Xnc-FDm0zz5AzQ3Buko"),
        (Purpose.order, "STVvcVKLBh0_sVeVgYb0ouV7THdUZAUt5Dj9Pkq1BA0"),
        (Purpose.guide, "VZNVT1kpOl7Zg7xZaWy3IPovEF1xgVF8y2KD3hRfOEk"),
    ])
    func tokenNeverChanges(purpose: Purpose, text: String) throws {
        #expect(try sampleKey().token(purpose, of: [1, 2, 3], version: 1).text == text)
    }

    @Test func tokenIsReadBackFromItsText() throws {
        let key = try sampleKey()
        for version in 1...200 {
            let token = key.token(.guide, of: [9, 9], version: version)
            #expect(token.text.utf8.count == 43)
            let read = try #require(Token(text: token.text))
            #expect(read == token)
            #expect(read.hash == token.hash)
            #expect(token.hash.count == 16)
        }
    }

    @Test func everyPurposeVersionAndThingHasItsOwnToken() throws {
        let key = try sampleKey()
        var texts: Set<String> = []
        var hashes: Set<[UInt8]> = []
        for purpose in Purpose.allCases {
            for version in 1...12 {
                for thing: [UInt8] in [[], [0], [1], [1, 0], [0, 1], Array(repeating: 1, count: 16)] {
                    let token = key.token(purpose, of: thing, version: version)
                    texts.insert(token.text)
                    hashes.insert(token.hash)
                }
            }
        }
        #expect(texts.count == Purpose.allCases.count * 12 * 6)
        #expect(hashes.count == texts.count)
    }

    @Test func anotherKeyMakesOtherTokens() throws {
        let one = try sampleKey()
        let other = try #require(LinkKey(bytes: bytes.reversed()))
        #expect(one.fingerprint != other.fingerprint)
        #expect(one.checkValue != other.checkValue)
        #expect(one.token(.cart, of: [1], version: 1) != other.token(.cart, of: [1], version: 1))
    }

    @Test func hashIsNotTheToken() throws {
        let token = try sampleKey().token(.order, of: [1], version: 1)
        #expect(Token(text: token.text)?.hash == token.hash)
        // Whoever reads hashes out of the database can't make a link of one.
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        #expect(token.text.allSatisfy { alphabet.contains($0) })
        let again = try #require(LinkKey(bytes: token.hash + token.hash))
        #expect(again.token(.order, of: [1], version: 1) != token)
    }

    @Test func onlyOneSpellingOfATokenIsTheToken() throws {
        let text = try sampleKey().token(.order, of: [5], version: 1).text
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = try #require(text.last)
        let place = try #require(alphabet.firstIndex(of: last))
        // The last character holds four bits; these three spellings differ only in the two that are spare.
        for spare in 1...3 { #expect(Token(text: "\(text.dropLast())\(alphabet[place + spare])") == nil) }
    }

    @Test func alphabetOfPathsIsTheOnlyOne() throws {
        let key = try sampleKey()
        let texts = (1...50).map { key.token(.cart, of: [5], version: $0).text }
            .filter { $0.contains("-") || $0.contains("_") }
        #expect(!texts.isEmpty)
        for text in texts {
            let other = text.replacing("-", with: "+").replacing("_", with: "/")
            #expect(Token(text: other) == nil)
        }
    }

    @Test func textThatIsNoTokenIsRefused() throws {
        let text = try sampleKey().token(.cart, of: [5], version: 1).text
        let short = String(text.dropLast())
        let wrongs: [String] = [
            "", short, "\(text)=", "\(text)A", " \(short)", "\(text) ", "=\(short)", "\(short)=",
            String(repeating: "é", count: 43), String(repeating: "*", count: 43),
        ]
        for wrong in wrongs {
            #expect(Token(text: wrong) == nil, "\(wrong)")
        }
    }

    @Test func randomKeysDiffer() {
        let one = LinkKey.randomBytes()
        #expect(one.count == LinkKey.byteCount)
        #expect(one != LinkKey.randomBytes())
    }
}
