import HostCLI
import Testing

/// A name in another encoding is refused before it becomes another name.
struct ArgumentTextTests {
    @Test func textIsTaken() {
        #expect(ArgumentText.fault(in: ["aftercare", "--name", "Jürgen Müller 東京 🧴"].map { Array($0.utf8) }) == nil)
        #expect(ArgumentText.fault(in: []) == nil && ArgumentText.fault(in: [[]]) == nil)
    }

    /// `Jürgen` in Windows-1252, the start of a letter at the end, a letter that is written too long.
    @Test(
        arguments: [
            ([74, 0xFC, 114, 103], 2), ([65, 66, 0xC3], 3), ([0xC0, 0x80], 1), ([0xC3, 0xBC, 0xFF], 2),
        ] as [([UInt8], Int)]
    )
    func otherBytesAreRefusedWithTheirPlace(bytes: [UInt8], place: Int) {
        #expect(
            ArgumentText.fault(in: [Array("aftercare".utf8), bytes])
                == "Argument 1 is not UTF-8, from its character \(place) on: set the terminal to UTF-8."
        )
    }
}
