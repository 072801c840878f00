import CivilTime
import Commerce
import Testing

@Suite struct CorruptFileTests {
    /// Asks rules of all kinds of moments: nothing in a file may bring the program down.
    private func ask(_ bytes: [UInt8]) -> Bool {
        guard let rules = TimeZoneRules(tzif: bytes) else { return false }
        let moments: [Int64] = [
            -1_000_000_000_000, -5_000_000_000, -1, 0, 1_800_000_000, 2_540_000_000, 10_000_000_000,
        ]
        for seconds in moments {
            _ = rules.date(at: Instant(microsecondsSince1970: seconds * 1_000_000))
        }
        return true
    }

    @Test(arguments: ["Europe/London", "Pacific/Norfolk", "Asia/Kolkata", "UTC"])
    func wholeFileIsReadAndEveryTruncationOfItRefused(zone: String) throws {
        let bytes = try zoneFile(zone)
        #expect(ask(bytes))
        #expect(bytes.indices.filter { ask(Array(bytes[..<$0])) } == [])
    }

    @Test(arguments: ["Pacific/Norfolk", "Asia/Kolkata"])
    func fileWithOneByteTurnedOverNeverBringsTheProgramDown(zone: String) throws {
        let original = try zoneFile(zone)
        var refused = 0
        for index in original.indices {
            var bytes = original
            bytes[index] ^= 0xFF
            if !ask(bytes) { refused += 1 }
        }
        // At least the marks of both headers and the counts of the second have to be what they are.
        #expect(refused >= 30)
    }

    @Test(arguments: ["Asia/Kolkata", "UTC"])
    func fileWithOneBitTurnedOverNeverBringsTheProgramDown(zone: String) throws {
        let original = try zoneFile(zone)
        var refused = 0
        for index in original.indices {
            for bit in 0..<8 {
                var bytes = original
                bytes[index] ^= 1 << UInt8(bit)
                if !ask(bytes) { refused += 1 }
            }
        }
        #expect(refused >= 30)
    }

    @Test func malformedTimeZoneFileIsRefused() throws {
        #expect(!ask([]))
        #expect(!ask(Array("TZif".utf8)))
        #expect(!ask(Array("root:x:0:0:root:/root:/bin/bash\n".utf8)))
        #expect(!ask([UInt8](repeating: 0, count: 4096)))
        #expect(!ask(Array("TZif2".utf8) + [UInt8](repeating: 0xFF, count: 4096)))
        let list = try zoneFile("tzdata.zi")
        #expect(!ask(list))
    }

    @Test func fileOfTheFirstVersionIsRefused() throws {
        var bytes = try zoneFile("Europe/London")
        bytes[4] = 0
        #expect(!ask(bytes))
    }
}
