import Catalog
import Commerce
import Testing

@Suite struct ShippingMethodTests {
    private func date(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }

    /// Two to four working days, Monday to Friday, until three in the afternoon, closed on Christmas Day.
    private func method() throws -> ShippingMethod {
        let pounds = try #require(Currency(rawValue: "GBP"))
        let britain = try #require(Country(rawValue: "GB"))
        return ShippingMethod(
            code: "standard",
            name: "Standard",
            transitDays: 2...4,
            cutOffMinutes: 15 * 60,
            workingWeekdays: [1, 2, 3, 4, 5],
            holidays: [try date("2026-12-25")],
            rates: [
                ShippingMethod.Rate(
                    countries: [britain],
                    currency: pounds,
                    weightMaxGrams: 2000,
                    amount: 395,
                    freeFrom: 4000
                ),
                ShippingMethod.Rate(countries: [], currency: pounds, weightMaxGrams: nil, amount: 995, freeFrom: nil),
            ]
        )
    }

    /// Tuesday 24 November 2026, and what is ordered around it.
    @Test(arguments: [
        ("2026-11-24", 899, "2026-11-26", "2026-11-30"), ("2026-11-24", 900, "2026-11-27", "2026-12-01"),
        ("2026-11-28", 0, "2026-12-02", "2026-12-04"), ("2026-12-23", 0, "2026-12-28", "2026-12-30"),
    ])
    func aParcelArrivesSoManyWorkingDaysAfterItLeft(day: String, minutes: Int, from: String, to: String) throws {
        let arrives = try method().arrival(orderedOn: date(day), at: minutes)
        #expect(arrives.lowerBound.description == from && arrives.upperBound.description == to)
    }

    @Test(arguments: [
        ("2026-12-01", "2026-11-25"), ("2026-11-29", "2026-11-23"), ("2026-12-29", "2026-12-22"),
        ("2026-12-28", "2026-12-21"),
    ])
    func theLatestDayToSendIsTheLastFromWhichTheLongestWayArrives(need: String, shipBy: String) throws {
        let method = try method()
        let day = method.shipBy(toArriveBy: try date(need))
        #expect(day.description == shipBy)
        #expect(method.day(4, workingDaysAfter: day) <= (try date(need)))
        var next = day + 1
        while !method.works(on: next) { next = next + 1 }
        #expect(method.day(4, workingDaysAfter: next) > (try date(need)))
    }

    @Test func theFirstRateThatFitsIsTaken() throws {
        let method = try method()
        let pounds = try #require(Currency(rawValue: "GBP"))
        let (britain, france) = (Country(rawValue: "GB"), Country(rawValue: "FR"))
        #expect(method.price(country: britain, currency: pounds, weightGrams: 500, value: 3999) == 395)
        #expect(method.price(country: britain, currency: pounds, weightGrams: 500, value: 4000) == 0)
        #expect(method.price(country: britain, currency: pounds, weightGrams: 2001, value: 4000) == 995)
        #expect(method.price(country: france, currency: pounds, weightGrams: 1, value: 4000) == 995)
        #expect(method.price(country: nil, currency: pounds, weightGrams: 1, value: 1) == 995)
        let euro = try #require(Currency(rawValue: "EUR"))
        #expect(method.price(country: britain, currency: euro, weightGrams: 1, value: 1) == nil)
    }
}
