import Foundation
import StoreAPI
import Testing

/// What the contract's types write and read.
@Suite struct BodyTests {
    private func written(_ body: some JSONWritable) -> String {
        String(decoding: JSONWriter.bytes(body), as: UTF8.self)
    }

    @Test func whatIsRequiredIsWrittenAsNullAndWhatIsNotIsLeftOut() throws {
        let hold = HoldBody(reason: .other, note: nil, by: "desk", at: "2026-11-24T12:00:00Z")
        #expect(written(hold) == #"{"at":"2026-11-24T12:00:00Z","by":"desk","note":null,"reason":"other"}"#)
        #expect(written(HoldRequestBody(reason: .stockProblem)) == #"{"reason":"stockProblem"}"#)
    }

    @Test func aWordOfALaterContractIsReadAndWrittenAsItCame() throws {
        let read = try JSONDecoder().decode([QueueState].self, from: Data(#"["late","early"]"#.utf8))
        #expect(read == [.late, .unknown("early")])
        #expect(written(read) == #"["late","early"]"#)
        #expect(QueueState.allCases.map(\.rawValue) == ["late", "due", "waiting", "blocked"])
    }
}
