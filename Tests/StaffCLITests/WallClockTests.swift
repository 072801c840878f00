@testable import StaffCLI
import Testing

/// People read their own clock, programs UTC.
@Suite struct WallClockTests {
    @Test(arguments: [
        ("Europe/Berlin", "2026-11-24T09:12:44Z", "2026-11-24 10:12"),
        ("Europe/Berlin", "2026-07-31T22:30:00Z", "2026-08-01 00:30"),
        (":America/New_York", "2026-01-01T04:59:59Z", "2025-12-31 23:59"),
        ("Asia/Kathmandu", "2026-11-24T09:12:44Z", "2026-11-24 14:57"),
        ("UTC", "2026-11-24T09:12:44Z", "2026-11-24 09:12"),
        ("Nowhere/Else", "2026-11-24T09:12:44Z", "2026-11-24 09:12"), ("Europe/Berlin", "never", "never"),
        ("Europe/Berlin", "2026-11-24T09Z", "2026-11-24T09Z"), ("Europe/Berlin", "", ""),
        // More hours than a number of seconds can hold.
        ("Europe/Berlin", "2026-11-24T9223372036854775807:00:00Z", "2026-11-24T9223372036854775807:00:00Z"),
        ("Europe/Berlin", "2026-11-24T-1:00:00Z", "2026-11-24T-1:00:00Z"),
    ])
    func aTimeIsThatOfTheZone(zone: String, time: String, shown: String) {
        #expect(WallClock(environment: ["TZ": zone]).text(time) == shown)
    }

    @Test func theZoneIsSaidOnce() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { _, machine in
            let zone = ["TZ": "Asia/Tokyo"]
            for command in [
                ["orders", "list"], ["orders", "show", "A1"], ["token", "list"], ["day", "show"], ["next"], ["events"],
            ] {
                let outcome = await machine.run(all: command, environment: zone)
                #expect(outcome.errors.ranges(of: "Times are those of Asia/Tokyo.").count == 1, "\(outcome)")
                #expect(outcome.output.firstMatch(of: /T\d\d:\d\d:\d\dZ/) == nil, "\(outcome.output)")
            }
            let list = await machine.run("orders", "list", environment: zone)
            #expect(list.output.contains("2026-11-24 18:12"))
            #expect(!(await machine.run("stock", "list", environment: zone)).errors.contains("Times"))
            let json = await machine.run("orders", "list", "--json", environment: zone)
            #expect(json.output.contains("2026-11-24T09:12:44Z") && json.errors.isEmpty)
        }
    }
}
