import Commerce
import Testing

@testable import CivilTime

@Suite struct RecurringRuleTests {
    private func offset(_ rule: String, _ moment: String) throws -> Int {
        let parsed = try #require(RecurringRule(rule))
        return parsed.offset(at: try instant(moment).secondsSince1970)
    }

    @Test(arguments: [
        ("UTC0", 0), ("GMT+0", 0), ("IST-5:30", 19_800), ("EST5", -18_000), ("EST+5", -18_000), ("<-00>0", 0),
        ("<+0330>-3:30", 12_600), ("<-03>3", -10_800), ("<+14>-14", 50_400), ("LMT0:01:15", -75), ("LMT-1:02:03", 3723),
    ])
    func ruleWithoutSummerTimeHoldsAlways(rule: String, expected: Int) throws {
        for moment in ["1970-01-01T00:00:00Z", "2026-07-01T12:00:00Z", "2050-12-31T23:59:59Z"] {
            #expect(try offset(rule, moment) == expected)
        }
    }

    @Test func weekdayOfAWeekOfAMonthStartsAndEndsSummer() throws {
        let rule = "EST5EDT,M3.2.0,M11.1.0"
        #expect(try offset(rule, "2026-03-08T06:59:59Z") == -18_000)
        #expect(try offset(rule, "2026-03-08T07:00:00Z") == -14_400)
        #expect(try offset(rule, "2026-11-01T05:59:59Z") == -14_400)
        #expect(try offset(rule, "2026-11-01T06:00:00Z") == -18_000)
    }

    @Test func fifthWeekIsTheLastWhetherTheMonthHasFourOrFive() throws {
        let rule = "GMT0BST,M3.5.0/1,M10.5.0"
        // The last Sundays of March: the 29th is a fifth one, the 28th of 2027 a fourth.
        #expect(try offset(rule, "2026-03-29T00:59:59Z") == 0)
        #expect(try offset(rule, "2026-03-29T01:00:00Z") == 3600)
        #expect(try offset(rule, "2027-03-28T00:59:59Z") == 0)
        #expect(try offset(rule, "2027-03-28T01:00:00Z") == 3600)
        #expect(try offset(rule, "2026-10-25T00:59:59Z") == 3600)
        #expect(try offset(rule, "2026-10-25T01:00:00Z") == 0)
    }

    @Test func summerOfTheSouthGoesOnOverTheNewYear() throws {
        let rule = "AEST-10AEDT,M10.1.0,M4.1.0/3"
        #expect(try offset(rule, "2050-04-02T15:59:59Z") == 39_600)
        #expect(try offset(rule, "2050-04-02T16:00:00Z") == 36_000)
        #expect(try offset(rule, "2050-10-01T15:59:59Z") == 36_000)
        #expect(try offset(rule, "2050-10-01T16:00:00Z") == 39_600)
        for moment in ["2050-12-31T12:59:59Z", "2050-12-31T13:00:00Z", "2051-01-01T00:00:00Z"] {
            #expect(try offset(rule, moment) == 39_600)
        }
    }

    @Test func dayCountedWithoutTheLeapDayIsTheSameDateEveryYear() throws {
        // Day 59 is 28 February, day 60 always 1 March, day 300 always 27 October.
        let rule = "EST5EDT,J60,J300"
        for year in ["2026", "2028"] {
            #expect(try offset(rule, "\(year)-02-28T12:00:00Z") == -18_000)
            #expect(try offset(rule, "\(year)-03-01T06:59:59Z") == -18_000)
            #expect(try offset(rule, "\(year)-03-01T07:00:00Z") == -14_400)
            #expect(try offset(rule, "\(year)-10-27T05:59:59Z") == -14_400)
            #expect(try offset(rule, "\(year)-10-27T06:00:00Z") == -18_000)
        }
        #expect(try offset(rule, "2028-02-29T12:00:00Z") == -18_000)
        #expect(try offset("EST5EDT,J59,J300", "2028-02-28T07:00:00Z") == -14_400)
    }

    @Test func dayCountedWithTheLeapDayMovesInALeapYear() throws {
        let rule = "EST5EDT,59,299"
        #expect(try offset(rule, "2026-03-01T06:59:59Z") == -18_000)
        #expect(try offset(rule, "2026-03-01T07:00:00Z") == -14_400)
        #expect(try offset(rule, "2026-10-27T05:59:59Z") == -14_400)
        #expect(try offset(rule, "2026-10-27T06:00:00Z") == -18_000)
        #expect(try offset(rule, "2028-02-29T06:59:59Z") == -18_000)
        #expect(try offset(rule, "2028-02-29T07:00:00Z") == -14_400)
        #expect(try offset(rule, "2028-10-26T05:59:59Z") == -14_400)
        #expect(try offset(rule, "2028-10-26T06:00:00Z") == -18_000)
    }

    @Test func quotedNamesMayHoldDigitsAndSigns() throws {
        let rule = "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45"
        #expect(try offset(rule, "2026-07-01T00:00:00Z") == 45_900)
        #expect(try offset(rule, "2026-01-01T00:00:00Z") == 49_500)
        #expect(try offset(rule, "2026-04-04T13:59:59Z") == 49_500)
        #expect(try offset(rule, "2026-04-04T14:00:00Z") == 45_900)
        #expect(try offset(rule, "2026-09-26T13:59:59Z") == 45_900)
        #expect(try offset(rule, "2026-09-26T14:00:00Z") == 49_500)
    }

    @Test func summerMayDifferByOtherThanAnHour() throws {
        let rule = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"
        #expect(try offset(rule, "2050-01-15T00:00:00Z") == 39_600)
        #expect(try offset(rule, "2050-07-15T00:00:00Z") == 37_800)
        #expect(try offset(rule, "2026-04-04T14:59:59Z") == 39_600)
        #expect(try offset(rule, "2026-04-04T15:00:00Z") == 37_800)
    }

    @Test func standardTimeMayBeTheOneOfSummer() throws {
        let rule = "IST-1GMT0,M10.5.0,M3.5.0/1"
        #expect(try offset(rule, "2026-03-29T00:59:59Z") == 0)
        #expect(try offset(rule, "2026-03-29T01:00:00Z") == 3600)
        #expect(try offset(rule, "2026-10-25T00:59:59Z") == 3600)
        #expect(try offset(rule, "2026-10-25T01:00:00Z") == 0)
        #expect(try offset(rule, "2027-01-01T00:00:00Z") == 0)
    }

    @Test func changeMayComeBeforeMidnightOfItsDay() throws {
        // An hour before the last Sunday of March begins, which is 01:00 in UTC.
        let rule = "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"
        #expect(try offset(rule, "2050-03-27T00:59:59Z") == -7200)
        #expect(try offset(rule, "2050-03-27T01:00:00Z") == -3600)
        #expect(try offset(rule, "2050-10-30T00:59:59Z") == -3600)
        #expect(try offset(rule, "2050-10-30T01:00:00Z") == -7200)
    }

    @Test func changeMayComeDaysAfterItsDay() throws {
        // Fifty hours after the fourth Thursday began: Saturday at 02:00.
        let rule = "EET-2EEST,M3.4.4/50,M10.4.4/50"
        #expect(try offset(rule, "2050-03-25T23:59:59Z") == 7200)
        #expect(try offset(rule, "2050-03-26T00:00:00Z") == 10_800)
        #expect(try offset(rule, "2050-10-28T22:59:59Z") == 10_800)
        #expect(try offset(rule, "2050-10-28T23:00:00Z") == 7200)
    }

    @Test func summerMayLastAllYear() throws {
        // The example of RFC 8536: each summer ends at the moment in which the next one starts.
        let rule = "XXX3EDT4,0/0,J365/23"
        for year in ["2026", "2027", "2028"] {
            for moment in ["01-01T02:59:59Z", "01-01T03:00:00Z", "07-01T00:00:00Z", "12-31T23:59:59Z"] {
                #expect(try offset(rule, "\(year)-\(moment)") == -14_400)
            }
        }
        #expect(try offset(rule, "2028-02-29T12:00:00Z") == -14_400)
    }

    @Test(arguments: [
        "", "GMT", "0", "GM0", "<+03-3", "<+03>", " GMT0", "GMT0 ", "GMT:1", "GMT1:", "GMT1:2:", "GMT-", "GMT0\n",
        // Summer time without its rule, or with half of one.
        "GMT0BST", "GMT0BST,", "GMT0BST,M3.5.0", "GMT0BST,M3.5.0,", "GMT0BST,M3.5.0/1M10.5.0",
        "GMT0BST,M3.5.0,M10.5.0,", "GMT0BST,M3.5.0/,M10.5.0", "GMT0BST,M3.5,M10.5.0", "GMT0BST,M3.5.0.1,M10.5.0",
        // Days that there are not.
        "GMT0BST,M0.1.0,M10.5.0", "GMT0BST,M13.1.0,M10.5.0", "GMT0BST,M3.0.0,M10.5.0", "GMT0BST,M3.6.0,M10.5.0",
        "GMT0BST,M3.5.7,M10.5.0", "GMT0BST,J0,J300", "GMT0BST,J1,J366", "GMT0BST,366,1", "GMT0BST,-1,1",
        "GMT0BST,X,Y",
        // Times that do not fit an integer.
        "GMT9999999999999999", "GMT0:999999999999999999", "GMT0BST,J1/9999999999999999,J9",
    ])
    func anythingElseIsRefused(text: String) {
        let isRule = RecurringRule(text) != nil
        #expect(!isRule)
    }
}
