import Commerce
import Postgres
import Records

/// The shop's terms in the database.
extension CatalogStore {
    /// Where to, with which tax, carried how, at what discount the shop sells.
    static func terms(_ transaction: Transaction) async throws -> Terms {
        let (seller, markets, taxes, methods, rates, discounts) = try await transaction.read(
            seller,
            markets,
            taxes,
            methods,
            rates,
            discounts
        )
        return Terms(
            seller: seller,
            markets: markets,
            taxes: taxes,
            shipping: methods.map { method in
                var method = method
                method.rates = rates.filter { $0.method == method.code }.map(\.rate)
                return method
            },
            discounts: discounts
        )
    }

    private static let seller = Query(
        first: Statement("SELECT name, address_lines, country, tax_number, email, payment_lines FROM seller")
    ) { row in
        Seller(
            name: try row.value("name"),
            addressLines: try row.value("address_lines"),
            country: try row.optional("country"),
            taxNumber: try row.optional("tax_number"),
            email: try row.optional("email"),
            paymentLines: try row.value("payment_lines")
        )
    }

    private static let markets = Query(each: Statement("SELECT country, tax_included FROM market")) { row in
        Market(country: try row.value("country"), isTaxIncluded: try row.value("tax_included"))
    }

    private static let taxes = Query(
        each: Statement(
            "SELECT country, nullif(region, '') AS region, tax_class, basis_points, from_date FROM tax_rate"
        )
    ) { row in
        TaxRate(
            country: try row.value("country"),
            region: try row.optional("region"),
            taxClass: try row.value("tax_class"),
            basisPoints: try row.value("basis_points"),
            from: try row.value("from_date")
        )
    }

    private static let methods = Query(
        each: Statement(
            """
            SELECT code, name, transit_least, transit_most, cut_off, working_weekdays, holidays FROM shipping_method
            ORDER BY position
            """
        )
    ) { row in
        let (code, name): (String, String) = (try row.value("code"), try row.value("name"))
        let (least, most): (Int, Int) = (try row.value("transit_least"), try row.value("transit_most"))
        let cutOff: Int = try row.value("cut_off")
        let weekdays: [Int] = try row.value("working_weekdays")
        let holidays: [CalendarDate] = try row.value("holidays")
        return ShippingMethod(
            code: code,
            name: name,
            transitDays: least...most,
            cutOffMinutes: cutOff,
            workingWeekdays: Set(weekdays),
            holidays: Set(holidays),
            rates: []
        )
    }

    private static let rates = Query(
        each: Statement(
            """
            SELECT method, countries, currency, weight_max_grams, amount, free_from FROM shipping_rate
            ORDER BY method, position
            """
        )
    ) { row in
        let method: String = try row.value("method")
        let countries: [Country] = try row.value("countries")
        let rate = ShippingMethod.Rate(
            countries: Set(countries),
            currency: try row.value("currency"),
            weightMaxGrams: try row.optional("weight_max_grams"),
            amount: try row.value("amount"),
            freeFrom: try row.optional("free_from")
        )
        return (method: method, rate: rate)
    }

    private static let discounts = Query(
        each: Statement(
            """
            SELECT code, basis_points, amount, currency, from_date, until_date, minimum, limit_total, limit_per_email
            FROM discount
            """
        )
    ) { row in
        let code: String = try row.value("code")
        let points: Int64? = try row.optional("basis_points")
        return Discount(
            code: code,
            value: try points.map(Discount.Value.basisPoints)
                ?? .amount(Money(try row.value("amount"), try row.value("currency"))),
            from: try row.optional("from_date"),
            until: try row.optional("until_date"),
            minimum: try row.value("minimum"),
            limit: try row.optional("limit_total"),
            limitPerEmail: try row.optional("limit_per_email")
        )
    }
}
