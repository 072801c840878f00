import Foundation
import StoreAPI
import Testing

/// What the bodies write of themselves, and what Foundation writes of them, agree on every byte.
@Suite struct JSONWriterTests {
    private func foundation(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private func ours(_ value: some JSONWritable) -> String { String(decoding: JSONWriter.bytes(value), as: UTF8.self) }

    private let customer = CustomerBody(name: "N\n", givenName: nil, email: "n@example.com", phone: "/\"\\")

    @Test func objectsListsAndNothing() throws {
        let money = MoneyBody(amount: .min, currency: "GBP")
        let receipts = [ReceiptRequestBody(amount: money, reference: "é"), ReceiptRequestBody(amount: money)]
        #expect(try ours(receipts) == foundation(receipts))
        let finding = FindingBody(
            id: "7",
            kind: .unknown("later"),
            reference: "re_1",
            order: nil,
            amount: money,
            foundAt: "2026-11-26T10:00:00Z",
            settlement: SettlementBody(at: "", by: "👩‍⚕️", reason: "\u{1F}")
        )
        let list = FindingListBody(data: [finding, finding], next: nil)
        #expect(try ours(list) == foundation(list))
        #expect(try ours(FindingListBody(data: [], next: "x")) == foundation(FindingListBody(data: [], next: "x")))
        let lists: [[Int]] = [[], [1, -2], [.max, .min]]
        #expect(try ours(lists) == foundation(lists))
        #expect(ours([true, false]) == "[true,false]" && ours("plain") == #""plain""# && ours(Int?.none) == "null")
    }

    @Test func fieldsComeInTheOrderOfTheirNames() throws {
        #expect(ours(customer) == #"{"email":"n@example.com","givenName":null,"name":"N\n","phone":"/\"\\"}"#)
        #expect(try ours(customer) == foundation(customer))
    }

    @Test func everyCharacterIsWrittenAsFoundationWritesIt() throws {
        for value in UInt32(0)...0x2FFF {
            let text = "a" + (try #require(Unicode.Scalar(value))).description + "b"
            #expect(try ours([text]) == foundation([text]), "U+\(String(value, radix: 16))")
        }
    }
}
