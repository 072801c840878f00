import Commerce
import Testing

@Suite struct CalendarDateTests {
    @Test func everyDayFrom1900To2200IsCountedWrittenAndReadAlike() {
        // 1 January 1900 was a Monday, 70 years and 17 leap days before the epoch.
        var count: Int32 = -(70 * 365 + 17)
        var weekday = 1
        var wrong: [String] = []
        for year in 1900...2200 {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            for (index, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                let month = index + 1
                for day in 1...length {
                    let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
                    let date = CalendarDate(daysSince1970: count)
                    let parts = date.parts
                    var isRight = CalendarDate(year: year, month: month, day: day) == date
                    isRight = isRight && CalendarDate(text) == date
                    isRight = isRight && date.description == text
                    isRight = isRight && date.weekday == weekday
                    isRight = isRight && parts == (year, month, day)
                    if !isRight { wrong.append(text) }
                    count += 1
                    weekday = weekday == 7 ? 1 : weekday + 1
                }
                if CalendarDate(year: year, month: month, day: length + 1) != nil { wrong.append("\(year)-\(month)") }
                if CalendarDate.daysInMonth(month, of: year) != length { wrong.append("\(year)-\(month)") }
            }
        }
        #expect(wrong == [])
        // 301 years, 73 of them leap years.
        #expect(count + (70 * 365 + 17) == 301 * 365 + 73)
    }

    @Test(arguments: [
        "2026-02-30", "2026-02-29", "1900-02-29", "2100-02-29", "2026-04-31", "2026-06-31", "2026-09-31", "2026-11-31",
        "2026-01-32", "2026-00-10", "2026-13-01", "2026-01-00", "2026-99-99", "0000-01-01",
    ])
    func dayThatDoesNotExistIsRefused(text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test(arguments: [
        "", "2026", "2026-2-3", "2026-02-3", "2026-2-03", "26-02-03", "12026-02-03", "20260203", "2026/02/03",
        "2026.02.03", "03-02-2026", "2026-02-03T00:00:00Z", "2026-02-03 ", " 2026-02-03", "2026-02-0 ", "2026- 2-03",
        "2026-02-03\n", "2026-02-0\u{0}", "+026-02-03", "-026-02-03", "2026-+2-03", "2026-02--3", "-2026-02-03",
        "2026-02-0a", "2O26-02-03", "0x26-02-03",
        // Digits and dashes of other scripts; the third has ten bytes, like a real date.
        "２０２６-０２-０３", "٢٠٢٦-٠٢-٠٣", "２6-02-03", "2026‐02‐03", "2026−02−03", "2026-02-03\u{301}",
    ])
    func anythingButTheOneNotationIsRefused(text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test(arguments: ["2000-02-29", "2024-02-29", "2400-02-29", "0001-01-01", "9999-12-31", "1970-01-01"])
    func unusualDaysThatExistAreRead(text: String) {
        #expect(CalendarDate(text)?.description == text)
    }

    @Test func dateIsReadFromAPartOfAText() {
        #expect(CalendarDate("on 2026-12-01".dropFirst(3)) == CalendarDate("2026-12-01"))
        #expect(CalendarDate("2026-12-01") != nil)
    }

    @Test func partsThatMakeNoDayAreRefused() {
        #expect(CalendarDate(year: 2026, month: 2, day: 29) == nil)
        #expect(CalendarDate(year: 2026, month: 0, day: 1) == nil)
        #expect(CalendarDate(year: 2026, month: 13, day: 1) == nil)
        #expect(CalendarDate(year: 2026, month: 1, day: 0) == nil)
        #expect(CalendarDate(year: 2026, month: 1, day: -1) == nil)
        #expect(CalendarDate(year: 0, month: 1, day: 1) == nil)
        #expect(CalendarDate(year: 10_000, month: 1, day: 1) == nil)
        #expect(CalendarDate(year: .max, month: .max, day: .max) == nil)
        #expect(CalendarDate(year: .min, month: .min, day: .min) == nil)
    }

    @Test(arguments: [
        ("1970-01-01", 4), ("1969-12-31", 3), ("1969-12-28", 7), ("2000-01-01", 6), ("2024-02-29", 4),
        ("2026-12-01", 2), ("2100-03-01", 1), ("1582-10-15", 5),
    ])
    func weekdaysCountFromMonday(text: String, weekday: Int) {
        #expect(CalendarDate(text)?.weekday == weekday)
    }

    @Test func datesAreCountedOnAndBack() throws {
        let date = try #require(CalendarDate("2026-12-31"))
        #expect((date + 1).description == "2027-01-01")
        #expect((date - 365).description == "2025-12-31")
        #expect((date + 0) == date)
        #expect((date + -31).description == "2026-11-30")
        let leap = try #require(CalendarDate("2028-02-28"))
        #expect((leap + 1).description == "2028-02-29")
        #expect((leap + 2).description == "2028-03-01")
        let centuryWithoutLeapDay = try #require(CalendarDate("2100-02-28"))
        #expect((centuryWithoutLeapDay + 1).description == "2100-03-01")
    }

    @Test func distanceIsTheNumberOfDaysBetween() throws {
        let first = try #require(CalendarDate("2026-12-12"))
        let second = try #require(CalendarDate("2027-01-17"))
        #expect(second - first == 36)
        #expect(first - second == -36)
        #expect(first - first == 0)
        let start = try #require(CalendarDate("0001-01-01"))
        let end = try #require(CalendarDate("9999-12-31"))
        #expect(end - start == 3_652_058)
    }

    @Test func earlierDatesSortFirst() {
        let texts = ["2027-01-01", "1969-12-31", "2026-12-31", "1970-01-01"]
        #expect(
            texts.compactMap { CalendarDate($0) }.sorted().map(\.description)
                == ["1969-12-31", "1970-01-01", "2026-12-31", "2027-01-01"]
        )
    }
}
