import Commerce
import Testing
@testable import Webhooks

@Suite struct RetryAfterTests {
    /// 2026-11-24T12:00:00Z
    private static let now = Instant(microsecondsSince1970: 1_795_521_600_000_000)

    @Test func theDayIsAsItIsWritten() { #expect("\(Self.now)" == "2026-11-24T12:00:00Z") }

    @Test(arguments: [
        ("0", 0), ("120", 120), (" 7 ", 7), ("86400", 86_400), ("86401", 86_400), ("99999999999999999999999", 86_400),
        ("Tue, 24 Nov 2026 12:00:30 GMT", 30), ("Tue, 24 Nov 2026 11:59:59 GMT", 0),
        ("Wed, 25 Nov 2026 12:00:00 GMT", 86_400), ("Fri, 01 Jan 2027 00:00:00 GMT", 86_400),
    ])
    func durationIsReadAndCapped(header: String, seconds: Int) {
        #expect(RetryAfter.duration(header, now: Self.now) == .seconds(seconds))
    }

    @Test(arguments: [
        "", "soon", "-1", "1.5", "+5", "0x10", "Tue, 31 Feb 2026 12:00:00 GMT", "Tue, 24 Nov 2026 12:00:30",
        "2026-11-24",
        "Tue, 24 Foo 2026 12:00:30 GMT",
    ])
    func whatIsNeitherIsNothing(header: String) { #expect(RetryAfter.duration(header, now: Self.now) == nil) }
}
