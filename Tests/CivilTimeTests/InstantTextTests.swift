import CivilTime
import Commerce
import Testing

struct InstantTextTests {
    @Test(arguments: [
        ("2026-11-26T19:00:00Z", "2026-11-26T19:00:00Z"), ("2026-11-26 19:00:00+00", "2026-11-26T19:00:00Z"),
        ("2026-11-26T19:00:00.5+05:30", "2026-11-26T13:30:00Z"), ("2026-11-26 00:15:00-0130", "2026-11-26T01:45:00Z"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
    ])
    func momentsAreRead(text: String, moment: String) throws {
        #expect(try #require(Instant(text)).description == moment)
    }

    @Test func microsecondsCount() throws {
        let whole = try #require(Instant("2026-11-26T19:00:00Z"))
        #expect(Instant("2026-11-26T19:00:00.000123Z") == whole + .microseconds(123))
        #expect(Instant("2026-11-26T19:00:00.1Z") == whole + .milliseconds(100))
    }

    @Test(arguments: [
        "", "now", "2026-11-26", "2026-11-26T19:00:00", "2026-02-30T19:00:00Z", "2026-11-26T24:00:00Z",
        "2026-11-26T19:60:00Z", "2026-11-26T19:00:00.1234567Z", "2026-11-26T19:00:00Z ", "26-11-26T19:00:00Z",
    ])
    func whatIsNoMomentIsNone(text: String) { #expect(Instant(text) == nil) }
}
