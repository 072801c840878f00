import Encodings
import Testing

@Suite struct EncodingsTests {
    @Test func bytesAreTwoDigitsEach() {
        #expect(([0, 1, 15, 16, 171, 255] as [UInt8]).hexadecimal == "00010f10abff")
        #expect(([] as [UInt8]).hexadecimal.isEmpty)
    }

    @Test(arguments: [
        ("DM-KIT_~9", "DM-KIT_~9"), ("", ""), ("..", "%2E%2E"), ("a/b?c=d&e", "a%2Fb%3Fc%3Dd%26e"),
        ("é\n", "%C3%A9%0A"),
        ("100 %", "100%20%25"), ("items[0]", "items%5B0%5D"),
    ])
    func everythingButLettersDigitsAndThreeMarksIsEncoded(text: String, encoded: String) {
        #expect(text.percentEncoded == encoded)
    }

    @Test(arguments: [
        ("a%20b", "a b"), ("%C3%A9", "é"), ("plain é", "plain é"), ("", ""), ("%2e%2E", ".."), ("%", nil), ("%4", nil),
        ("%GG", nil), ("%+1", nil), ("%FF", nil),
    ])
    func whatIsNotEncodedWellHasNoText(text: String, decoded: String?) {
        #expect(text.percentDecoded == decoded)
    }
}
