import Foundation
import StoreAPI
import Testing

/// Our writer and Foundation's agree on every byte.
@Suite struct JSONWriterTests {
    private func foundation(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private func ours(_ value: some Encodable) throws -> String {
        String(decoding: try JSONWriter.bytes(value), as: UTF8.self)
    }

    private struct Everything: Encodable {
        var zulu = "z/\"\\\u{1F}"
        var alpha: [[Int]] = [[], [1, -2], [.max, .min]]
        var mike: [String: [String?]] = ["b": [nil, "é"], "a": [], "": ["👩‍⚕️"], "a b": [nil]]
        var absent: Int?
        var bravo: [Bool] = [true, false]
        var widths: [Int8] = [.min, .max]
        var small: UInt64 = .max
        var list: [Nested] = [Nested(), Nested(yes: false, inner: ["x": .min])]
        var none: [Nested] = []
        @Nullable var nothing: CustomerBody?
        @Nullable var customer: CustomerBody? = CustomerBody(
            name: "N\n",
            givenName: nil,
            email: "n@example.com",
            phone: nil
        )

        struct Nested: Encodable {
            var yes = true
            var inner: [String: Int32] = [:]
        }
    }

    @Test func objectsListsAndNothing() throws {
        #expect(try ours(Everything()) == foundation(Everything()))
        #expect(try ours([Everything(), Everything(absent: 0)]) == foundation([Everything(), Everything(absent: 0)]))
        #expect(try ours("plain") == foundation("plain"))
        #expect(try ours([String]()) == "[]" && ours([String: Int]()) == "{}" && ours(Int?.none) == "null")
    }

    @Test func fieldsComeInTheOrderOfTheirNames() throws {
        let body = CustomerBody(name: "N", givenName: nil, email: "n@example.com", phone: nil)
        #expect(try ours(body) == #"{"email":"n@example.com","name":"N","phone":null}"#)
    }

    @Test func everyCharacterIsWrittenAsFoundationWritesIt() throws {
        for value in UInt32(0)...0x2FFF {
            let text = try #require(Unicode.Scalar(value)).description
            #expect(try ours([text: text]) == foundation([text: text]), "U+\(String(value, radix: 16))")
        }
    }

    @Test func fractionsAreRefused() {
        #expect(throws: EncodingError.self) { try JSONWriter.bytes(0.5) }
        #expect(throws: EncodingError.self) { try JSONWriter.bytes([0.5]) }
        #expect(throws: EncodingError.self) { try JSONWriter.bytes(["half": Float(0.5)]) }
    }
}
