import Cart
import Catalog
import CivilTime
import Commerce
import JSONFields
import UsageGuide

/// Reads what a shopper chooses, and says of every field that is wrong what would be right.
struct ChoiceReader: Sendable {
    let catalog: Catalog
    let timeZones: TimeZoneDatabase
    let now: Instant
    /// The price list of a cart that names none.
    let defaultCurrency: Currency
    /// The country of a cart that names none, where there is one.
    var defaultCountry: Country?

    /// A whole cart. What is left out is empty, but for currency and country: they are the storefront's, or the shop's.
    func choice(_ fields: Fields) -> Choice? {
        fields.allow(
            "currency",
            "country",
            "region",
            "items",
            "course",
            "shippingMethod",
            "discountCodes",
            "ref"
        )
        let currency = currency(fields)
        let country = country(fields) ?? defaultCountry
        let items = items(fields, currency: currency ?? defaultCurrency)
        let course = fields.object("course", course)
        let region = fields.checkLine("region", lengthMax: 100)
        if region != nil, country == nil, !fields.has("country") {
            fields.report("region", "countryMissing", "A region is a part of a country; name that too.")
        }
        return Choice(
            currency: currency ?? defaultCurrency,
            country: country,
            region: region,
            items: items,
            course: course,
            shippingMethod: shippingMethod(fields),
            discountCodes: discountCodes(fields),
            reference: reference(fields)
        )
    }

    func currency(_ fields: Fields) -> Currency? {
        guard let code = fields.text("currency") else { return nil }
        guard let currency = Currency(rawValue: code), catalog.sells(in: currency) else {
            fields.report(
                "currency",
                "unknownCurrency",
                "The shop has no price list in this currency. \(Known.currencies(of: catalog))"
            )
            return nil
        }
        return currency
    }

    func country(_ fields: Fields) -> Country? {
        guard let code = fields.text("country") else { return nil }
        let country = Country(rawValue: code)
        if country == nil {
            fields.report(
                "country",
                "unknownCountry",
                "A country is an ISO 3166-1 code of two capital letters. \(Known.countries(of: catalog))"
            )
        }
        return country
    }

    private func shippingMethod(_ fields: Fields) -> String? {
        guard let code = fields.text("shippingMethod") else { return nil }
        if !catalog.terms.shipping.contains(where: { $0.code == code }) {
            fields.report("shippingMethod", "unknownMethod", Known.deliveryMethods(of: catalog))
        }
        return code
    }

    /// Codes in capital letters. One that is not valid is a problem of the cart: it may be valid tomorrow.
    private func discountCodes(_ fields: Fields) -> [String] {
        let codes = (fields.texts("discountCodes", countMax: Choice.discountCodesMax) ?? []).map { $0.uppercased() }
        for (position, code) in codes.enumerated() {
            let isCode = (1...40).contains(code.utf8.count) && code.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            if CardNumber.isIn(code) {
                fields.report("discountCodes", at: position, Fields.cardNumberCode, Fields.cardNumberDetail)
            } else if !isCode {
                fields.report(
                    "discountCodes",
                    at: position,
                    "notACode",
                    "A code has 1 to 40 letters, digits and dashes."
                )
            } else if codes[..<position].contains(code) {
                fields.report("discountCodes", at: position, "duplicate", "This code is listed already.")
            }
        }
        return codes
    }

    private func reference(_ fields: Fields) -> ClinicReference? {
        guard let text = fields.text("ref"), !fields.refuseCardNumber(text, in: "ref") else { return nil }
        let reference = ClinicReference(rawValue: text)
        if reference == nil {
            fields.report("ref", "notAReference", "A reference has 1 to 100 letters, digits, and any of . _ ~ : -")
        }
        return reference
    }

    private func items(_ fields: Fields, currency: Currency) -> [Choice.Item] {
        var seen: Set<SKU> = []
        return fields.objects("items", countMax: Choice.itemsMax) { item in
            item.allow("sku", "quantity")
            guard item.require("sku"), item.require("quantity"), let code = item.text("sku") else {
                _ = item.integer("quantity")
                return nil
            }
            guard let product = product(code, currency: currency) else {
                item.report("sku", "unknownProduct", notSold(in: currency))
                return nil
            }
            if !seen.insert(product.sku).inserted {
                item.report("sku", "duplicate", "This product has a line already; raise its quantity.")
            }
            return item.integer("quantity", in: 1...product.quantityMax)
                .map { Choice.Item(sku: product.sku, quantity: $0) }
        } ?? []
    }

    /// That something is not sold in a currency, and what is.
    func notSold(in currency: Currency) -> String {
        "The shop does not sell this in \(currency.rawValue). \(Known.products(of: catalog, in: currency))"
    }

    /// A product that is sold in a currency, by its code.
    func product(_ code: String, currency: Currency) -> Product? {
        guard let sku = SKU(rawValue: code), catalog.price(of: sku, in: currency) != nil else { return nil }
        return catalog.product(sku)
    }

    /// The quantity of one line.
    func quantity(_ fields: Fields, of product: Product) -> Int? {
        fields.allow("quantity")
        guard fields.require("quantity") else { return nil }
        return fields.integer("quantity", in: 1...product.quantityMax)
    }

    /// A course of care.
    func course(_ fields: Fields) -> Course? {
        fields.allow("timeZone", "sessions", "final", "keepDryHours", "washIntervalDays", "restDays")
        var today: CalendarDate?
        let typed = fields.require("timeZone") ? fields.text("timeZone") : nil
        let timeZone = typed.map { timeZones.name($0) ?? $0 }
        if let timeZone {
            today = timeZones.today(in: timeZone, at: now)
            if today == nil {
                fields.report("timeZone", "unknownTimeZone", "A time zone is an IANA name such as Europe/London.")
            }
        }
        let isFinal = fields.flag("final") ?? true
        let keepDryHours = fields.integer("keepDryHours")
        if let keepDryHours, !ArtistChoices.keepDryHoursAllowed.contains(keepDryHours) {
            fields.report("keepDryHours", "outOfRange", "This is 24 or 48 hours.")
        }
        let washInterval = fields.integer("washIntervalDays", in: ArtistChoices.washIntervalDaysAllowed)
        let restDays = fields.integer("restDays", in: ArtistChoices.restDaysAllowed)
        let sessions = fields.require("sessions") ? sessions(fields, today: today) : nil
        guard let timeZone, let sessions,
            let choices = ArtistChoices(
                keepDryHours: keepDryHours,
                washIntervalDays: washInterval,
                restDays: restDays
            )
        else { return nil }
        return Course(timeZone: timeZone, sessions: sessions, isFinal: isFinal, choices: choices)
    }

    private func sessions(_ fields: Fields, today: CalendarDate?) -> [CalendarDate]? {
        guard let texts = fields.texts("sessions", countMax: Course.sessionsMax) else { return nil }
        let dates = texts.map { CalendarDate($0) }
        for (position, date) in dates.enumerated() where date == nil {
            fields.report("sessions", at: position, "notADate", "This is not a day of the calendar, as YYYY-MM-DD.")
        }
        let known = dates.compactMap(\.self)
        guard known.count == dates.count else { return nil }
        let faults = Course.faults(in: known, today: today ?? known.first ?? CalendarDate(daysSince1970: 0))
        for (position, fault) in faults {
            switch fault {
            case .duplicate:
                fields.report("sessions", at: position, fault.rawValue, "This date is listed already.")
            case .notInOrder:
                fields.report(
                    "sessions",
                    at: position,
                    fault.rawValue,
                    "Sessions are listed from the first to the last."
                )
            case .tooFarAway where today != nil:
                fields.report(
                    "sessions",
                    at: position,
                    fault.rawValue,
                    "A session is at most \(Course.daysFromTodayMax) days from today."
                )
            case .tooFarAway: break
            }
        }
        return known
    }
}
