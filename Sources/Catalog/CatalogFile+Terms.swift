import Commerce
import JSONFields

extension CatalogFile {
    /// Checks where to, with which tax, carried how and at what discount the shop sells.
    static func checkTerms(_ fields: Fields) {
        _ = fields.object("seller") { seller in
            seller.allow("name", "addressLines", "taxNumber", "email", "paymentLines")
            if seller.require("name") { seller.checkLine("name", lengthMax: 120) }
            if seller.require("addressLines") { lines(seller, "addressLines", needsOne: true) }
            seller.checkLine("taxNumber", lengthMax: 40)
            if let email = seller.text("email"), EmailAddress(rawValue: email) == nil {
                seller.report("email", "notAnEmailAddress", "An e-mail address looks like shop@example.com.")
            }
            lines(seller, "paymentLines", needsOne: false)
            return true
        }
        unique(fields, "markets", countMax: 300) { market in
            market.allow("country", "taxIncluded")
            if market.require("taxIncluded") { _ = market.flag("taxIncluded") }
            return country(market, "country")
        }
        unique(fields, "taxes", countMax: 2000) { tax in
            tax.allow("country", "region", "taxClass", "basisPoints", "from")
            let country = country(tax, "country")
            if tax.require("basisPoints") { _ = tax.integer("basisPoints", in: 0...10_000) }
            let region = tax.checkLine("region", lengthMax: 100)
            let taxClass = tax.text("taxClass") ?? "standard"
            if !isTaxClass(taxClass) {
                tax.report("taxClass", "notATaxClass", "A tax class is 1 to 40 lower-case letters and dashes.")
            }
            let from = date(tax, "from")
            return country.map { "\($0) \(region ?? "") \(taxClass) \(from?.description ?? "")" }
        }
        unique(fields, "shipping", countMax: 50) { method in
            method.allow("code", "name", "transitLeast", "transitMost", "cutOff", "weekdays", "holidays", "rates")
            let code = code(method, "code", letters: "a"..."z")
            if method.require("name") { method.checkLine("name", lengthMax: 80) }
            let least = method.require("transitLeast") ? method.integer("transitLeast", in: 0...60) : nil
            let most = method.require("transitMost") ? method.integer("transitMost", in: 0...60) : nil
            if let least, let most, most < least {
                method.report("transitMost", "outOfRange", "The most days are no fewer than the least.")
            }
            if let cutOff = method.text("cutOff"), !isTime(cutOff) {
                method.report("cutOff", "notATime", "The cut-off is a time of day such as 14:00.")
            }
            let weekdays = method.integers("weekdays", in: 1...7, countMax: 7)
            if let weekdays, weekdays.isEmpty {
                method.report("weekdays", "missing", "A carrier works on some day of the week.")
            }
            for (index, text) in (method.texts("holidays", countMax: 200) ?? []).enumerated()
            where CalendarDate(text) == nil {
                method.report("holidays", at: index, "notADate", "This is not a day of the calendar, as YYYY-MM-DD.")
            }
            _ = method.require("rates")
            _ = method.objects("rates", countMax: 300) { rate in
                rate.allow("countries", "currency", "weightMaxGrams", "amount", "freeFrom")
                for (index, text) in (rate.texts("countries", countMax: 300) ?? []).enumerated()
                where Country(rawValue: text) == nil {
                    rate.report("countries", at: index, "unknownCountry", "This is not an ISO 3166-1 code.")
                }
                currency(rate, "currency")
                _ = rate.integer("weightMaxGrams", in: 1...1_000_000)
                if rate.require("amount") { _ = rate.integer("amount", in: 0...Int(Money.amountMax)) }
                _ = rate.integer("freeFrom", in: 0...Int(Money.amountMax))
                return true
            }
            return code
        }
        unique(fields, "discounts", countMax: 10_000) { discount in
            discount.allow(
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
            let code = code(discount, "code", letters: "A"..."Z")
            let points = discount.integer("basisPoints", in: 1...10_000)
            let amount = discount.integer("amount", in: 1...Int(Money.amountMax))
            if (points == nil) == (amount == nil) {
                discount.report("amount", "eitherOr", "A discount has basisPoints, or amount and currency.")
            }
            if amount != nil { currency(discount, "currency") }
            if let from = date(discount, "from"), let until = date(discount, "until"), until < from {
                discount.report("until", "outOfRange", "The last day is not before the first.")
            }
            _ = discount.integer("minimum", in: 0...Int(Money.amountMax))
            _ = discount.integer("limit", in: 1...1_000_000_000)
            _ = discount.integer("limitPerEmail", in: 1...1_000_000)
            return code
        }
    }

    /// Reads a list whose entries have names, each once.
    private static func unique(
        _ fields: Fields,
        _ list: String,
        countMax: Int,
        _ read: (Fields) -> String?
    ) {
        var seen: Set<String> = []
        for name in fields.objects(list, countMax: countMax, read) ?? [] where !seen.insert(name).inserted {
            fields.report(list, "duplicate", "\(name) is listed twice.")
        }
    }

    /// At most six lines of text.
    private static func lines(_ fields: Fields, _ name: String, needsOne: Bool) {
        guard let lines = fields.texts(name, countMax: 6) else { return }
        if needsOne, lines.isEmpty { fields.report(name, "missing", "There is at least one line.") }
        for (index, line) in lines.enumerated() where (try? OneLineText.checked(line, lengthMax: 120)) == nil {
            fields.report(name, at: index, "notALine", "This is 1 to 120 characters on one line.")
        }
    }

    private static func country(_ fields: Fields, _ name: String) -> String? {
        guard fields.require(name), let text = fields.text(name) else { return nil }
        if Country(rawValue: text) == nil { fields.report(name, "unknownCountry", "This is not an ISO 3166-1 code.") }
        return text
    }

    private static func currency(_ fields: Fields, _ name: String) {
        guard fields.require(name), let text = fields.text(name) else { return }
        if Currency(rawValue: text) == nil {
            fields.report(name, "unknownCurrency", "This is not an ISO 4217 currency.")
        }
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

    private static func isTime(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard text.utf8.count == 5, parts.count == 2, let hours = Int(parts[0]), let minutes = Int(parts[1]) else {
            return false
        }
        return (0...23).contains(hours) && (0...59).contains(minutes)
    }
}
