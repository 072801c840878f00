import CivilTime
import Commerce
import Testing

/// Known moments of zones that between them do everything that a zone can do.
@Suite struct TimeZoneRulesTests {
    struct Moment: Sendable, CustomTestStringConvertible {
        let zone: String
        let instant: String
        /// Seconds ahead of UTC.
        let offset: Int

        init(_ zone: String, _ instant: String, _ offset: Int) {
            self.zone = zone
            self.instant = instant
            self.offset = offset
        }

        var testDescription: String { "\(zone) at \(instant)" }
    }

    /// Moments that the files list one by one.
    static let listed: [Moment] = [
        Moment("Europe/London", "2026-03-29T00:59:59Z", 0),
        Moment("Europe/London", "2026-03-29T01:00:00Z", 3600),
        Moment("Europe/London", "2026-10-25T00:59:59Z", 3600),
        Moment("Europe/London", "2026-10-25T01:00:00Z", 0),
        // Three years of summer time throughout.
        Moment("Europe/London", "1970-01-01T00:00:00Z", 3600),
        // Local mean time, before all transitions.
        Moment("Europe/London", "1800-01-01T00:00:00Z", -75),
        Moment("America/New_York", "2026-03-08T06:59:59Z", -18_000),
        Moment("America/New_York", "2026-03-08T07:00:00Z", -14_400),
        Moment("America/New_York", "2026-11-01T05:59:59Z", -14_400),
        Moment("America/New_York", "2026-11-01T06:00:00Z", -18_000),
        Moment("America/St_Johns", "2026-03-08T05:29:59Z", -12_600),
        Moment("America/St_Johns", "2026-03-08T05:30:00Z", -9000),
        Moment("America/St_Johns", "2026-11-01T04:29:59Z", -9000),
        Moment("America/St_Johns", "2026-11-01T04:30:00Z", -12_600),
        Moment("Asia/Kolkata", "2026-01-01T00:00:00Z", 19_800),
        Moment("Asia/Kolkata", "2026-07-01T00:00:00Z", 19_800),
        Moment("Asia/Kathmandu", "2026-07-01T00:00:00Z", 20_700),
        // Half an hour of summer time.
        Moment("Australia/Lord_Howe", "2026-04-04T14:59:59Z", 39_600),
        Moment("Australia/Lord_Howe", "2026-04-04T15:00:00Z", 37_800),
        Moment("Australia/Lord_Howe", "2026-10-03T15:29:59Z", 37_800),
        Moment("Australia/Lord_Howe", "2026-10-03T15:30:00Z", 39_600),
        Moment("Australia/Sydney", "2026-01-01T00:00:00Z", 39_600),
        Moment("Australia/Sydney", "2026-07-01T00:00:00Z", 36_000),
        // From one side of the date line to the other.
        Moment("Pacific/Apia", "2011-12-30T09:59:59Z", -36_000),
        Moment("Pacific/Apia", "2011-12-30T10:00:00Z", 50_400),
        Moment("Pacific/Kiritimati", "2026-07-01T00:00:00Z", 50_400),
        Moment("Pacific/Pago_Pago", "2026-07-01T00:00:00Z", -39_600),
        // Winter time is the exception there, and goes back from the standard.
        Moment("Europe/Dublin", "2026-03-29T00:59:59Z", 0),
        Moment("Europe/Dublin", "2026-03-29T01:00:00Z", 3600),
        Moment("Europe/Dublin", "2026-10-25T01:00:00Z", 0),
        // The clocks go back for Ramadan.
        Moment("Africa/Casablanca", "2026-01-01T00:00:00Z", 3600),
        Moment("Africa/Casablanca", "2026-03-01T00:00:00Z", 0),
        Moment("Africa/Casablanca", "2026-06-01T00:00:00Z", 3600),
        Moment("UTC", "2026-07-01T00:00:00Z", 0),
        Moment("Etc/GMT+3", "2026-07-01T00:00:00Z", -10_800),
    ]

    /// Moments beyond the lists, where the rule at the end of the file holds.
    static let ruled: [Moment] = [
        Moment("Europe/London", "2050-01-01T00:00:00Z", 0),
        Moment("Europe/London", "2050-07-01T00:00:00Z", 3600),
        Moment("Europe/London", "2050-03-27T00:59:59Z", 0),
        Moment("Europe/London", "2050-03-27T01:00:00Z", 3600),
        Moment("Europe/London", "2050-10-30T00:59:59Z", 3600),
        Moment("Europe/London", "2050-10-30T01:00:00Z", 0),
        Moment("America/New_York", "2040-01-15T00:00:00Z", -18_000),
        Moment("America/New_York", "2040-07-01T00:00:00Z", -14_400),
        Moment("America/New_York", "2040-03-11T06:59:59Z", -18_000),
        Moment("America/New_York", "2040-03-11T07:00:00Z", -14_400),
        Moment("Australia/Sydney", "2050-01-15T00:00:00Z", 39_600),
        Moment("Australia/Sydney", "2050-07-15T00:00:00Z", 36_000),
        Moment("Australia/Sydney", "2050-04-02T15:59:59Z", 39_600),
        Moment("Australia/Sydney", "2050-04-02T16:00:00Z", 36_000),
        Moment("Australia/Sydney", "2050-10-01T15:59:59Z", 36_000),
        Moment("Australia/Sydney", "2050-10-01T16:00:00Z", 39_600),
        // Summer goes on over the new year, which comes earlier there than in UTC.
        Moment("Australia/Sydney", "2049-12-31T12:59:59Z", 39_600),
        Moment("Australia/Sydney", "2049-12-31T13:00:00Z", 39_600),
        Moment("Australia/Sydney", "2049-12-31T14:00:00Z", 39_600),
        Moment("Australia/Lord_Howe", "2050-01-15T00:00:00Z", 39_600),
        Moment("Australia/Lord_Howe", "2050-07-15T00:00:00Z", 37_800),
        Moment("Europe/Dublin", "2050-01-15T00:00:00Z", 0),
        Moment("Europe/Dublin", "2050-07-15T00:00:00Z", 3600),
        Moment("America/St_Johns", "2050-07-15T00:00:00Z", -9000),
        Moment("Pacific/Chatham", "2050-01-15T00:00:00Z", 49_500),
        Moment("Pacific/Chatham", "2050-07-15T00:00:00Z", 45_900),
        Moment("Asia/Kolkata", "2050-07-15T00:00:00Z", 19_800),
        Moment("Pacific/Kiritimati", "2050-07-15T00:00:00Z", 50_400),
        Moment("UTC", "2050-07-15T00:00:00Z", 0),
    ]

    struct LocalDate: Sendable, CustomTestStringConvertible {
        let zone: String
        let instant: String
        let date: String

        init(_ zone: String, _ instant: String, _ date: String) {
            self.zone = zone
            self.instant = instant
            self.date = date
        }

        var testDescription: String { "\(zone) at \(instant)" }
    }

    static let localDates: [LocalDate] = [
        LocalDate("Europe/London", "2026-06-30T22:59:59Z", "2026-06-30"),
        LocalDate("Europe/London", "2026-06-30T23:00:00Z", "2026-07-01"),
        LocalDate("Europe/London", "2026-12-31T23:59:59Z", "2026-12-31"),
        LocalDate("Europe/London", "2027-01-01T00:00:00Z", "2027-01-01"),
        // The night in which the clocks go back has its day once.
        LocalDate("Europe/London", "2026-10-24T23:00:00Z", "2026-10-25"),
        LocalDate("Europe/London", "2026-10-25T23:59:59Z", "2026-10-25"),
        LocalDate("Pacific/Kiritimati", "2026-01-01T09:59:59Z", "2026-01-01"),
        LocalDate("Pacific/Kiritimati", "2026-01-01T10:00:00Z", "2026-01-02"),
        LocalDate("Pacific/Pago_Pago", "2026-01-01T10:59:59Z", "2025-12-31"),
        LocalDate("Pacific/Pago_Pago", "2026-01-01T11:00:00Z", "2026-01-01"),
        // Samoa had no 30 December 2011.
        LocalDate("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29"),
        LocalDate("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31"),
        LocalDate("Pacific/Honolulu", "1969-12-31T09:59:59Z", "1969-12-30"),
        LocalDate("Pacific/Honolulu", "1969-12-31T10:00:00Z", "1969-12-31"),
        LocalDate("Asia/Kolkata", "2028-02-28T18:30:00Z", "2028-02-29"),
    ]

    struct LocalHour: Sendable, CustomTestStringConvertible {
        let zone: String
        let date: String
        let hour: Int
        let instant: String

        init(_ zone: String, _ date: String, _ hour: Int, _ instant: String) {
            self.zone = zone
            self.date = date
            self.hour = hour
            self.instant = instant
        }

        var testDescription: String { "\(zone) \(date) \(hour):00" }
    }

    static let localHours: [LocalHour] = [
        LocalHour("Europe/London", "2026-03-29", 0, "2026-03-29T00:00:00Z"),
        // Clocks skip from 1:00 to 2:00.
        LocalHour("Europe/London", "2026-03-29", 1, "2026-03-29T01:00:00Z"),
        LocalHour("Europe/London", "2026-03-29", 2, "2026-03-29T01:00:00Z"),
        LocalHour("Europe/London", "2026-03-29", 9, "2026-03-29T08:00:00Z"),
        LocalHour("Europe/London", "2026-10-25", 0, "2026-10-24T23:00:00Z"),
        // 1:00 comes twice.
        LocalHour("Europe/London", "2026-10-25", 1, "2026-10-25T00:00:00Z"),
        LocalHour("Europe/London", "2026-10-25", 2, "2026-10-25T02:00:00Z"),
        LocalHour("Europe/London", "2026-10-25", 20, "2026-10-25T20:00:00Z"),
        LocalHour("America/New_York", "2026-03-08", 1, "2026-03-08T06:00:00Z"),
        LocalHour("America/New_York", "2026-03-08", 2, "2026-03-08T07:00:00Z"),
        LocalHour("America/New_York", "2026-03-08", 3, "2026-03-08T07:00:00Z"),
        LocalHour("America/New_York", "2026-11-01", 1, "2026-11-01T05:00:00Z"),
        LocalHour("America/New_York", "2026-11-01", 2, "2026-11-01T07:00:00Z"),
        // Half an hour is skipped: 2:00 would have been when 2:30 is shown.
        LocalHour("Australia/Lord_Howe", "2026-10-04", 2, "2026-10-03T15:30:00Z"),
        LocalHour("Australia/Lord_Howe", "2026-10-04", 3, "2026-10-03T16:00:00Z"),
        LocalHour("America/Santiago", "2026-09-06", 0, "2026-09-06T04:00:00Z"),
        LocalHour("America/Santiago", "2026-09-06", 1, "2026-09-06T04:00:00Z"),
        LocalHour("America/Santiago", "2026-04-04", 23, "2026-04-05T02:00:00Z"),
        LocalHour("Pacific/Chatham", "2050-07-15", 8, "2050-07-14T19:15:00Z"),
        LocalHour("Pacific/Kiritimati", "2026-01-01", 9, "2025-12-31T19:00:00Z"),
        LocalHour("Asia/Kolkata", "2028-02-29", 8, "2028-02-29T02:30:00Z"),
        LocalHour("Pacific/Apia", "2011-12-31", 9, "2011-12-30T19:00:00Z"),
    ]

    private let database: TimeZoneDatabase

    init() throws {
        database = try TimeZoneDatabase(folder: zoneFolder)
    }

    @Test(arguments: TimeZoneRulesTests.listed)
    func listedMomentHasItsOffset(moment: Moment) throws {
        let rules = try #require(database.rules(for: moment.zone))
        let asked = try instant(moment.instant)
        #expect(rules.offset(at: asked) == moment.offset)
    }

    @Test(arguments: TimeZoneRulesTests.ruled)
    func momentBeyondTheListFollowsTheRule(moment: Moment) throws {
        let rules = try #require(database.rules(for: moment.zone))
        let asked = try instant(moment.instant)
        #expect(rules.offset(at: asked) == moment.offset)
    }

    @Test(arguments: TimeZoneRulesTests.localDates)
    func localCalendarShowsItsDate(local: LocalDate) throws {
        let asked = try instant(local.instant)
        #expect(database.today(in: local.zone, at: asked)?.description == local.date)
    }

    @Test(arguments: TimeZoneRulesTests.localHours)
    func localClockShowsAnHourAtItsInstant(local: LocalHour) throws {
        let rules = try #require(database.rules(for: local.zone))
        let date = try #require(CalendarDate(local.date))
        #expect(rules.instant(on: date, hour: local.hour).description == local.instant)
    }

    /// Whatever a zone does, an hour that its clocks show is found, and found at its first time.
    @Test func everyHourThatIsShownIsFound() throws {
        let days = try #require(CalendarDate("2026-01-01"))
        for zone in database.places.enumerated().filter({ $0.offset % 7 == 0 }).map(\.element) {
            let rules = try #require(database.rules(for: zone))
            for day in 0..<730 {
                for hour in [0, 1, 2, 3, 8, 20, 23] {
                    let found = rules.instant(on: days + day, hour: hour)
                    let isShown = rules.date(at: found) == days + day && rules.minutes(at: found) == hour * 60
                    let before = found + .seconds(-3600)
                    // Only what is skipped is not shown.
                    #expect(
                        isShown || rules.offset(at: before) < rules.offset(at: found),
                        "\(zone) \(days + day) \(hour)"
                    )
                    let isShownBefore = rules.date(at: before) == days + day && rules.minutes(at: before) == hour * 60
                    #expect(!isShownBefore, "\(zone) \(days + day) \(hour) is found late")
                }
            }
        }
    }

    @Test func lastMicrosecondOfADayStillBelongsToIt() throws {
        let midnight = try instant("2026-06-30T23:00:00Z")
        let before = Instant(microsecondsSince1970: midnight.microsecondsSince1970 - 1)
        #expect(database.today(in: "Europe/London", at: before)?.description == "2026-06-30")
    }
}
