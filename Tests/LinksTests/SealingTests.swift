@testable import Links
import Testing

/// What rests in the database sealed can be read by a server with the shop's keys alone, as what it was sealed as.
@Suite struct SealingTests {
    private func keys(current: Int16, _ fills: [Int16: UInt8]) throws -> LinkKeys {
        LinkKeys(
            current: current,
            keys: try fills.mapValues { try #require(LinkKey(bytes: Array(repeating: $0, count: 32))) }
        )
    }

    @Test(arguments: [0, 1, 24, 64, 1000]) func whatIsSealedIsReadBack(count: Int) throws {
        let keys = try keys(current: 0, [0: 7])
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try keys.seal(bytes, for: "a secret")
        #expect(sealed.key == 0 && sealed.bytes.count == count + 28)
        #expect(try keys.open(sealed, for: "a secret") == bytes)
        // The same again looks like another.
        #expect(try keys.seal(bytes, for: "a secret") != sealed)
    }

    /// After a change of keys the former one still opens, and the new one seals.
    @Test func formerKeyStillOpens() throws {
        let former = try keys(current: 0, [0: 7])
        let sealed = try former.seal([1, 2, 3], for: "a secret")
        let now = try keys(current: 1, [0: 7, 1: 8])
        #expect(try now.open(sealed, for: "a secret") == [1, 2, 3])
        #expect(try now.seal([1, 2, 3], for: "a secret").key == 1)
    }

    @Test func nothingElseOpensIt() throws {
        let own = try keys(current: 0, [0: 7])
        let sealed = try own.seal([1, 2, 3], for: "a secret")
        for other in [try keys(current: 0, [0: 8]), try keys(current: 1, [1: 7])] {
            #expect(throws: (any Error).self) { try other.open(sealed, for: "a secret") }
        }
        #expect(throws: (any Error).self) { try own.open(sealed, for: "another") }
        for place in sealed.bytes.indices {
            var changed = sealed.bytes
            changed[place] ^= 1
            #expect(throws: (any Error).self) { try own.open(SealedBytes(key: 0, bytes: changed), for: "a secret") }
        }
        for count in [0, 27, 28, sealed.bytes.count - 1] {
            let cut = SealedBytes(key: 0, bytes: Array(sealed.bytes.prefix(count)))
            #expect(throws: (any Error).self) { try own.open(cut, for: "a secret") }
        }
    }
}
