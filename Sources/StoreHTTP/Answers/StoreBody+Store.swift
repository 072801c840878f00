import Catalog
import Commerce
import Orders
import StoreAPI
import UsageGuide

extension StoreBody {
    /// The shop as its catalog and its settings make it.
    init(_ catalog: Catalog, settings: StoreSettings, paymentMethods: [Order.PaymentMethod]) {
        let terms = catalog.terms
        self.init(
            name: terms.seller?.name,
            demo: catalog.isDemo,
            currency: settings.currency.rawValue,
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
                    )
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
            }
        )
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
