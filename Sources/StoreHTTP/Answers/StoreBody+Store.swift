import Cart
import Catalog
import Commerce
import Orders
import Records
import StoreAPI
import UsageGuide

extension StoreBody {
    /// The shop as its catalog and its settings make it.
    /// - Parameter currency: that of a request that names none.
    init(
        _ catalog: Catalog,
        currency: Currency,
        legalTexts: [LegalText],
        settings: StoreSettings,
        paymentMethods: [Order.PaymentMethod]
    ) {
        let terms = catalog.terms
        self.init(
            name: terms.seller?.name,
            demo: catalog.isDemo,
            mode: settings.mode.rawValue,
            currency: currency.rawValue,
            currencies: catalog.currencies.map(\.rawValue),
            timeZone: settings.timeZone,
            languages: GuideContent.languages,
            countries: terms.countriesSoldTo.map { StoreCountryBody($0, isTaxIncluded: terms.isTaxIncluded(in: $0)) }
                .sorted { $0.name < $1.name },
            deliveryMethods: terms.shipping.map { method in
                StoreDeliveryMethodBody(
                    code: method.code,
                    name: method.name,
                    transitDays: TransitDaysBody(
                        least: method.transitDays.lowerBound,
                        most: method.transitDays.upperBound
                    ),
                    destinations: method.destinations
                )
            },
            paymentMethods: paymentMethods.map(\.rawValue),
            seller: terms.seller.map {
                StoreSellerBody(
                    name: $0.name,
                    addressLines: $0.addressLines,
                    taxNumber: $0.taxNumber,
                    email: $0.email
                )
            },
            offers: settings.offers.map {
                StoreOffersBody(wording: $0.wording, text: $0.text(in: GuideContent.languages[0]))
            },
            currencyDigits: catalog.currencies.map {
                CurrencyDigitsBody(currency: $0.rawValue, digits: $0.minorUnitDigits)
            },
            catalogLanguages: catalog.languages,
            legalTexts: legalTexts.map(LegalTextBody.init),
            course: .current,
            reminderHours: Array(Order.Reminders.hours),
            limits: ChoiceLimitsBody(items: Choice.itemsMax, discountCodes: Choice.discountCodesMax)
        )
    }
}

extension CourseLimitsBody {
    /// What the reader of courses takes, and what the regimen of new orders does where nothing is said.
    fileprivate static var current: CourseLimitsBody {
        let standard = Regimen.current.defaults
        return CourseLimitsBody(
            sessionsMax: Course.sessionsMax,
            daysFromTodayMax: Course.daysFromTodayMax,
            keepDryHours: CourseChoiceBody(
                allowed: ArtistChoices.keepDryHoursAllowed,
                standard: standard.keepDryHours
            ),
            washIntervalDays: CourseChoiceBody(
                allowed: Array(ArtistChoices.washIntervalDaysAllowed),
                standard: standard.washIntervalDays
            ),
            restDays: CourseChoiceBody(allowed: Array(ArtistChoices.restDaysAllowed), standard: standard.restDays)
        )
    }
}

extension ShippingMethod {
    /// Where it goes, by currency; everywhere where one of its rates does.
    fileprivate var destinations: [DeliveryDestinationBody] {
        let currencies = Set(rates.map(\.currency)).sorted { $0.rawValue < $1.rawValue }
        return currencies.map { currency in
            let served = rates.filter { $0.currency == currency }.map(\.countries)
            let countries = served.contains(where: \.isEmpty) ? [] : Set(served.joined())
            return DeliveryDestinationBody(
                currency: currency.rawValue,
                countries: countries.map(\.rawValue).sorted()
            )
        }
    }
}

extension StoreCountryBody {
    fileprivate init(_ country: Country, isTaxIncluded: Bool) {
        let format = AddressFormat(of: country)
        self.init(
            code: country.rawValue,
            name: CountryNames.name(of: country),
            taxIncluded: isTaxIncluded,
            addressFields: format.fields.map {
                AddressFieldBody(name: $0.name.rawValue, required: $0.isRequired, term: $0.term.rawValue)
            },
            regions: format.regions.map { StoreRegionBody(code: $0.code, name: $0.name) }
        )
    }
}
