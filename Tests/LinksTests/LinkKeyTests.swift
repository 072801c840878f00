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

    @Test func randomKeysDiffer() {
        let one = LinkKey.randomBytes()
        #expect(one.count == LinkKey.byteCount)
        #expect(one != LinkKey.randomBytes())
    }
}
