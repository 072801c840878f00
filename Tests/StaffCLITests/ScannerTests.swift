@testable import StaffCLI
import Testing

/// A code that a scanner sends twice at once is one piece; two scans by hand are two.
struct ScannerTests {
    @Test func aCodeThatComesTwiceAtOnceIsOne() {
        var scanner = Scanner()
        let start = ContinuousClock.now
        // The third is a bounce of the second.
        let lines = [("A", 0), ("A", 199), ("A", 398), ("A", 598), ("B", 599), ("A", 600)]
        let repeats = lines.map { scanner.repeats($0.0, at: start + .milliseconds($0.1)) }
        #expect(repeats == [false, true, true, false, false, false])
    }
}
