package import Commerce

/// How the shop sells: where to, with which tax, carried how, and at what discount. Part of the catalog, and versioned
/// with it.
package struct Terms: Sendable, Hashable {
    /// What invoices say of the shop; nil where the file names no seller, and then no invoice is issued.
    package let seller: Seller?
    package let markets: [Market]
    package let taxes: [TaxRate]
    /// In the order in which they are offered; a cart that names none gets the first that serves it.
    package let shipping: [ShippingMethod]
    package let discounts: [Discount]

    package static let none = Terms(markets: [], taxes: [], shipping: [], discounts: [])

    package init(
        seller: Seller? = nil,
        markets: [Market],
        taxes: [TaxRate],
        shipping: [ShippingMethod],
        discounts: [Discount]
    ) {
        self.seller = seller
        self.markets = markets
        self.taxes = taxes
        self.shipping = shipping
        self.discounts = discounts
    }

    /// Where the shop sells to: its markets, or else wherever a delivery method goes, and anywhere where there is none.
    package var countriesSoldTo: [Country] {
        if !markets.isEmpty { return markets.map(\.country) }
        let served = shipping.flatMap(\.rates).map(\.countries)
        if served.isEmpty || served.contains(where: \.isEmpty) { return Country.all }
        return Set(served.joined()).sorted { $0.rawValue < $1.rawValue }
    }

    /// Whether a country's prices include the tax. Where nothing is said, they do.
    package func isTaxIncluded(in country: Country?) -> Bool {
        markets.first { $0.country == country }?.isTaxIncluded ?? true
    }

    /// The rate for a class of goods on a day: the latest that is in force, a region's before its country's. Where there
    /// is none, nothing is due.
    package func taxBasisPoints(_ taxClass: String, country: Country?, region: String?, on day: CalendarDate) -> Int64 {
        let rates = taxes.filter { $0.country == country && $0.taxClass == taxClass && $0.from <= day }
        let key = region.map(TaxRate.regionKey)
        let own = rates.filter { rate in rate.region.map { TaxRate.regionKey($0) == key } ?? false }
        return (own.isEmpty ? rates.filter { $0.region == nil } : own).max { $0.from < $1.from }?.basisPoints ?? 0
    }

    /// Why a region doesn't say which tax is due.
    package enum RegionError: Error, Equatable {
        /// The country's tax differs by region, and none is named.
        case missing(known: [String])
        /// It may be another name of one that has a tax of its own.
        case unknown(known: [String])
    }

    /// Whether it is clear which tax is due in a region of a country; nil where it is.
    ///
    /// Where the regions with a tax of their own are named by codes, any other code is a region without one, and a name
    /// could be any of them. Where they are named by names, another name is a region like the rest of the country, as
    /// far as the country has a tax of its own.
    package func regionError(country: Country?, region: String?) -> RegionError? {
        let rates = taxes.filter { $0.country == country }
        let known = Set(rates.compactMap(\.region)).sorted()
        guard !known.isEmpty else { return nil }
        guard let region else { return .missing(known: known) }
        if known.contains(where: { TaxRate.regionKey($0) == TaxRate.regionKey(region) }) { return nil }
        let isClear =
            known.allSatisfy(TaxRate.isRegionCode)
            ? TaxRate.isRegionCode(region) : rates.contains { $0.region == nil }
        return isClear ? nil : .unknown(known: known)
    }

    /// A discount by its code, in any case.
    package func discount(_ code: String) -> Discount? {
        let code = code.uppercased()
        return discounts.first { $0.code == code }
    }
}

/// Who sells.
package struct Seller: Sendable, Hashable, Codable {
    package let name: String
    package let addressLines: [String]
    /// Whose law says how long invoices are kept, by its code; nil where the file does not say.
    package let country: String?
    package let taxNumber: String?
    package let email: String?
    /// How an invoice is paid, line by line.
    package let paymentLines: [String]

    package init(
        name: String,
        addressLines: [String],
        country: Country? = nil,
        taxNumber: String?,
        email: String?,
        paymentLines: [String]
    ) {
        self.name = name
        self.addressLines = addressLines
        self.country = country?.rawValue
        self.taxNumber = taxNumber
        self.email = email
        self.paymentLines = paymentLines
    }
}

/// A country that the shop sells to, and how prices are meant there.
package struct Market: Sendable, Hashable {
    package let country: Country
    package let isTaxIncluded: Bool

    package init(country: Country, isTaxIncluded: Bool) {
        self.country = country
        self.isTaxIncluded = isTaxIncluded
    }
}

/// A tax on a class of goods, from a day on.
package struct TaxRate: Sendable, Hashable {
    package let country: Country
    /// Nil for the whole country.
    package let region: String?
    package let taxClass: String
    /// Hundredths of a percent: 2000 is 20 %.
    package let basisPoints: Int64
    package let from: CalendarDate

    package init(country: Country, region: String?, taxClass: String, basisPoints: Int64, from: CalendarDate) {
        self.country = country
        self.region = region
        self.taxClass = taxClass
        self.basisPoints = basisPoints
        self.from = from
    }

    /// What regions are compared by: people write `NY`, `ny` and `New  york`.
    package static func regionKey(_ region: String) -> String {
        region.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
    }

    /// Whether it is a subdivision's code, as ISO 3166-2 has them after the country's: one to three letters or digits.
    fileprivate static func isRegionCode(_ region: String) -> Bool {
        (1...3).contains(region.utf8.count)
            && region.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) }
    }
}

/// A way to the customer.
package struct ShippingMethod: Sendable, Hashable {
    /// What it costs where, for what.
    package struct Rate: Sendable, Hashable {
        /// Empty for everywhere.
        package let countries: Set<Country>
        package let currency: Currency
        /// The most that a parcel at this rate may weigh; nil for any weight.
        package let weightMaxGrams: Int?
        package let amount: Int64
        /// At this value of goods after discount it costs nothing; nil for never.
        package let freeFrom: Int64?

        package init(countries: Set<Country>, currency: Currency, weightMaxGrams: Int?, amount: Int64, freeFrom: Int64?)
        {
            self.countries = countries
            self.currency = currency
            self.weightMaxGrams = weightMaxGrams
            self.amount = amount
            self.freeFrom = freeFrom
        }
    }

    package let code: String
    package let name: String
    /// The least and the most of the carrier's working days on the way.
    package let transitDays: ClosedRange<Int>
    /// Minutes after midnight, in the shop's time zone: what is ordered later leaves the next working day.
    package let cutOffMinutes: Int
    /// The carrier's working weekdays, 1 Monday to 7 Sunday.
    package let workingWeekdays: Set<Int>
    package let holidays: Set<CalendarDate>
    /// The first that fits is taken.
    package internal(set) var rates: [Rate]

    package init(
        code: String,
        name: String,
        transitDays: ClosedRange<Int>,
        cutOffMinutes: Int,
        workingWeekdays: Set<Int>,
        holidays: Set<CalendarDate>,
        rates: [Rate]
    ) {
        self.code = code
        self.name = name
        self.transitDays = transitDays
        self.cutOffMinutes = cutOffMinutes
        self.workingWeekdays = workingWeekdays
        self.holidays = holidays
        self.rates = rates
    }

    /// What it costs; nil where it does not go, or not with so much.
    package func price(country: Country?, currency: Currency, weightGrams: Int, value: Int64) -> Int64? {
        let rate = rates.first { rate in
            rate.currency == currency && (rate.countries.isEmpty || country.map(rate.countries.contains) == true)
                && (rate.weightMaxGrams.map { weightGrams <= $0 } ?? true)
        }
        guard let rate else { return nil }
        return rate.freeFrom.map { value >= $0 } == true ? 0 : rate.amount
    }

    /// Whether the carrier works on a day.
    package func works(on day: CalendarDate) -> Bool {
        workingWeekdays.contains(day.weekday) && !holidays.contains(day)
    }

    /// The first working day on or after a day.
    package func workingDay(from day: CalendarDate) -> CalendarDate {
        var day = day
        while !works(on: day) { day = day + 1 }
        return day
    }

    /// The day that lies so many working days after a day.
    package func day(_ count: Int, workingDaysAfter day: CalendarDate) -> CalendarDate {
        var day = day
        for _ in 0..<count { day = workingDay(from: day + 1) }
        return day
    }

    /// When something that is ordered now arrives, at the earliest and at the latest.
    /// - Parameters:
    ///   - today: the shop's own date.
    ///   - minutes: how many have passed of it.
    package func arrival(orderedOn today: CalendarDate, at minutes: Int) -> ClosedRange<CalendarDate> {
        let leaves = workingDay(from: minutes < cutOffMinutes ? today : today + 1)
        return day(
            transitDays.lowerBound,
            workingDaysAfter: leaves
        )...day(transitDays.upperBound, workingDaysAfter: leaves)
    }

    /// The latest working day to leave and still be there on a day, whatever happens; it may have passed.
    package func shipBy(toArriveBy need: CalendarDate) -> CalendarDate {
        var day = need
        while !works(on: day) || self.day(transitDays.upperBound, workingDaysAfter: day) > need { day = day + -1 }
        return day
    }
}

/// A code that makes an order cheaper.
package struct Discount: Sendable, Hashable {
    /// What it takes off.
    package enum Value: Sendable, Hashable {
        /// Hundredths of a percent of the goods.
        case basisPoints(Int64)
        /// An amount of one currency, at most the goods' value.
        case amount(Money)
    }

    /// Capital letters, digits and dashes.
    package let code: String
    package let value: Value
    /// The shop's own dates, both included; nil for no end.
    package let from: CalendarDate?
    package let until: CalendarDate?
    /// The least value of the goods, in their currency's minor units.
    package let minimum: Int64
    /// How often it can be used in all, and by one e-mail address; nil for any number.
    package let limit: Int?
    package let limitPerEmail: Int?

    package init(
        code: String,
        value: Value,
        from: CalendarDate?,
        until: CalendarDate?,
        minimum: Int64,
        limit: Int?,
        limitPerEmail: Int?
    ) {
        self.code = code
        self.value = value
        self.from = from
        self.until = until
        self.minimum = minimum
        self.limit = limit
        self.limitPerEmail = limitPerEmail
    }

    /// Whether it can be used on a day of the shop's.
    package func holds(on day: CalendarDate) -> Bool {
        (from.map { $0 <= day } ?? true) && (until.map { day <= $0 } ?? true)
    }

    /// What it takes off goods of a value; nil where it does not apply to them.
    package func reduction(of goods: Money) -> Int64? {
        guard goods.amount >= minimum else { return nil }
        switch value {
        case .basisPoints(let points): return Share.rounded(goods.amount, times: points, over: 10_000)
        case .amount(let money): return money.currency == goods.currency ? min(money.amount, goods.amount) : nil
        }
    }
}
