import Commerce
import JSONFields

extension CatalogFile {
    /// The cut-off of a carrier that names none: noon, in minutes after midnight.
    private static let standardCutOff = 12 * 60
    /// The working days of a carrier that names none: Monday to Friday.
    private static let standardWeekdays = Set(1...5)
    /// From when a tax holds that names no day.
    private static let always = CalendarDate(daysSince1970: 0)

    /// Reads where to, with which tax, carried how and at what discount the shop sells.
    static func readTerms(_ fields: Fields) -> Terms {
        Terms(
            seller: fields.object("seller", readSeller),
            markets: unique(fields, "markets", countMax: 300, readMarket, name: \.country.rawValue),
            taxes: unique(fields, "taxes", countMax: 2000, readTax) { tax in
                "\(tax.country) \(tax.region.map(TaxRate.regionKey) ?? "") \(tax.taxClass) \(tax.from == always ? "" : tax.from.description)"
            },
            shipping: unique(fields, "shipping", countMax: 50, readMethod, name: \.code),
            discounts: unique(fields, "discounts", countMax: 10_000, readDiscount, name: \.code)
        )
    }

    /// Reads the texts that orders are placed under.
    static func readLegalTexts(_ fields: Fields) -> [LegalText] {
        unique(fields, "legalTexts", countMax: 100, LegalText.init, name: \.name)
    }

    private static func readSeller(_ fields: Fields) -> Seller? {
        fields.allow("name", "addressLines", "country", "taxNumber", "email", "paymentLines")
        let name = fields.require("name") ? fields.checkLine("name", lengthMax: 120) : nil
        let addressLines = fields.require("addressLines") ? lines(fields, "addressLines", needsOne: true) : []
        let country = fields.has("country") ? country(fields, "country") : nil
        let taxNumber = fields.checkLine("taxNumber", lengthMax: 40)
        let email = fields.text("email")
        if let email, EmailAddress(rawValue: email) == nil {
            fields.report("email", "notAnEmailAddress", "An e-mail address looks like shop@example.com.")
        }
        let paymentLines = lines(fields, "paymentLines", needsOne: false)
        return name.map {
            Seller(
                name: $0,
                addressLines: addressLines,
                country: country,
                taxNumber: taxNumber,
                email: email,
                paymentLines: paymentLines
            )
        }
    }

    private static func readMarket(_ fields: Fields) -> Market? {
        fields.allow("country", "taxIncluded")
        let isTaxIncluded = fields.require("taxIncluded") ? fields.flag("taxIncluded") : nil
        return country(fields, "country").map { Market(country: $0, isTaxIncluded: isTaxIncluded ?? true) }
    }

    private static func readTax(_ fields: Fields) -> TaxRate? {
        fields.allow("country", "region", "taxClass", "basisPoints", "from")
        let country = country(fields, "country")
        let points = fields.require("basisPoints") ? fields.integer("basisPoints", in: 0...10_000) : nil
        let region = fields.checkLine("region", lengthMax: 100)
        let taxClass = taxClass(fields)
        let from = date(fields, "from")
        return country.map {
            TaxRate(
                country: $0,
                region: region,
                taxClass: taxClass,
                basisPoints: Int64(points ?? 0),
                from: from ?? always
            )
        }
    }

    private static func readMethod(_ fields: Fields) -> ShippingMethod? {
        fields.allow("code", "name", "transitLeast", "transitMost", "cutOff", "weekdays", "holidays", "rates")
        let code = code(fields, "code", letters: "a"..."z")
        let name = fields.require("name") ? fields.checkLine("name", lengthMax: 80) : nil
        let least = fields.require("transitLeast") ? fields.integer("transitLeast", in: 0...60) : nil
        let most = fields.require("transitMost") ? fields.integer("transitMost", in: 0...60) : nil
        if let least, let most, most < least {
            fields.report("transitMost", "outOfRange", "The most days are no fewer than the least.")
        }
        let cutOff = fields.text("cutOff").map { minutes($0) }
        if cutOff == .some(nil) {
            fields.report("cutOff", "notATime", "The cut-off is a time of day such as 14:00.")
        }
        let weekdays = fields.integers("weekdays", in: 1...7, countMax: 7)
        if let weekdays, weekdays.isEmpty {
            fields.report("weekdays", "missing", "A carrier works on some day of the week.")
        }
        let holidays = (fields.texts("holidays", countMax: 200) ?? []).enumerated().compactMap { index, text in
            let date = CalendarDate(text)
            if date == nil {
                fields.report("holidays", at: index, "notADate", "This is not a day of the calendar, as YYYY-MM-DD.")
            }
            return date
        }
        _ = fields.require("rates")
        let rates = fields.objects("rates", countMax: 300, readRate) ?? []
        guard let code else { return nil }
        return ShippingMethod(
            code: code,
            name: name ?? code,
            transitDays: min(least ?? 0, most ?? 0)...(most ?? 0),
            cutOffMinutes: (cutOff ?? nil) ?? standardCutOff,
            workingWeekdays: weekdays.map(Set.init) ?? standardWeekdays,
            holidays: Set(holidays),
            rates: rates
        )
    }

    private static func readRate(_ fields: Fields) -> ShippingMethod.Rate? {
        fields.allow("countries", "currency", "weightMaxGrams", "amount", "freeFrom")
        let countries = (fields.texts("countries", countMax: 300) ?? []).enumerated().compactMap { index, text in
            let country = Country(rawValue: text)
            if country == nil {
                fields.report("countries", at: index, "unknownCountry", "This is not an ISO 3166-1 code.")
            }
            return country
        }
        let currency = currency(fields, "currency")
        let weightMax = fields.integer("weightMaxGrams", in: 1...1_000_000)
        let amount = fields.require("amount") ? fields.integer("amount", in: 0...Int(Money.amountMax)) : nil
        let freeFrom = fields.integer("freeFrom", in: 0...Int(Money.amountMax))
        return currency.map {
            ShippingMethod.Rate(
                countries: Set(countries),
                currency: $0,
                weightMaxGrams: weightMax,
                amount: Int64(amount ?? 0),
                freeFrom: freeFrom.map(Int64.init)
            )
        }
    }

    private static func readDiscount(_ fields: Fields) -> Discount? {
        fields.allow(
            "code",
            "basisPoints",
            "amount",
            "currency",
            "from",
            "until",
            "minimum",
            "limit",
            "limitPerEmail"
        )
        let code = code(fields, "code", letters: "A"..."Z")
        let points = fields.integer("basisPoints", in: 1...10_000)
        let amount = fields.integer("amount", in: 1...Int(Money.amountMax))
        if (points == nil) == (amount == nil) {
            fields.report("amount", "eitherOr", "A discount has basisPoints, or amount and currency.")
        }
        let currency = amount == nil ? nil : currency(fields, "currency")
        let (from, until) = (date(fields, "from"), date(fields, "until"))
        if let from, let until, until < from {
            fields.report("until", "outOfRange", "The last day is not before the first.")
        }
        let minimum = fields.integer("minimum", in: 0...Int(Money.amountMax))
        let limit = fields.integer("limit", in: 1...1_000_000_000)
        let limitPerEmail = fields.integer("limitPerEmail", in: 1...1_000_000)
        guard let code else { return nil }
        let money = amount.flatMap { amount in currency.map { Discount.Value.amount(Money(Int64(amount), $0)) } }
        return Discount(
            code: code,
            value: money ?? .basisPoints(Int64(points ?? 0)),
            from: from,
            until: until,
            minimum: Int64(minimum ?? 0),
            limit: limit,
            limitPerEmail: limitPerEmail
        )
    }

    /// Reads a list whose entries have names, each once.
    private static func unique<Entry>(
        _ fields: Fields,
        _ list: String,
        countMax: Int,
        _ read: (Fields) -> Entry?,
        name: (Entry) -> String
    ) -> [Entry] {
        let entries = fields.objects(list, countMax: countMax, read) ?? []
        var seen: Set<String> = []
        for name in entries.map(name) where !seen.insert(name).inserted {
            fields.report(list, "duplicate", "\(name) is listed twice.")
        }
        return entries
    }

    /// Some lines of text.
    static func lines(
        _ fields: Fields,
        _ name: String,
        needsOne: Bool,
        countMax: Int = 6,
        lengthMax: Int = 120
    ) -> [String] {
        guard let lines = fields.texts(name, countMax: countMax) else { return [] }
        if needsOne, lines.isEmpty { fields.report(name, "missing", "There is at least one line.") }
        for (index, line) in lines.enumerated() where (try? OneLineText.checked(line, lengthMax: lengthMax)) == nil {
            fields.report(name, at: index, "notALine", "This is 1 to \(lengthMax) characters on one line.")
        }
        return lines
    }

    private static func country(_ fields: Fields, _ name: String) -> Country? {
        guard fields.require(name), let text = fields.text(name) else { return nil }
        let country = Country(rawValue: text)
        if country == nil { fields.report(name, "unknownCountry", "This is not an ISO 3166-1 code.") }
        return country
    }

    private static func currency(_ fields: Fields, _ name: String) -> Currency? {
        guard fields.require(name), let text = fields.text(name) else { return nil }
        let currency = Currency(rawValue: text)
        if currency == nil { fields.report(name, "unknownCurrency", "This is not an ISO 4217 currency.") }
        return currency
    }

    private static func date(_ fields: Fields, _ name: String) -> CalendarDate? {
        guard let text = fields.text(name) else { return nil }
        let date = CalendarDate(text)
        if date == nil { fields.report(name, "notADate", "This is not a day of the calendar, as YYYY-MM-DD.") }
        return date
    }

    private static func code(_ fields: Fields, _ name: String, letters: ClosedRange<Character>) -> String? {
        guard fields.require(name), let text = fields.text(name) else { return nil }
        let isCode =
            (2...40).contains(text.count) && text.first != "-"
            && text.allSatisfy { letters.contains($0) || ("0"..."9").contains($0) || $0 == "-" }
        if !isCode {
            fields.report(name, "notACode", "A code has 2 to 40 letters \(letters), digits and dashes.")
        }
        return text
    }

    /// A time of day such as 14:00 as minutes after midnight.
    private static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard text.utf8.count == 5, parts.count == 2, let hours = Int(parts[0]), let minutes = Int(parts[1]),
            (0...23).contains(hours), (0...59).contains(minutes)
        else { return nil }
        return hours * 60 + minutes
    }
}
