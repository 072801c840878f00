import Commerce
import Testing

@testable import Catalog
@testable import Samples

/// No region is taxed by accident: where a country's tax differs by region, it is clear which is due, or it is asked.
struct RegionTaxTests {
    private func terms(_ rates: [(region: String?, basisPoints: Int64)]) throws -> Terms {
        let country = try #require(Country(rawValue: "US"))
        return Terms(
            markets: [],
            taxes: try rates.map {
                TaxRate(
                    country: country,
                    region: $0.region,
                    taxClass: "standard",
                    basisPoints: $0.basisPoints,
                    from: try date("2020-01-01")
                )
            },
            shipping: [],
            discounts: []
        )
    }

    private func rate(_ terms: Terms, _ region: String?) throws -> Int64 {
        terms.taxBasisPoints("standard", country: Country(rawValue: "US"), region: region, on: try date("2026-12-01"))
    }

    private func error(_ terms: Terms, _ region: String?, country: String = "US") -> Terms.RegionError? {
        terms.regionError(country: Country(rawValue: country), region: region)
    }

    @Test(arguments: ["NY", "ny", "Ny", " NY ", "ny\u{A0}"]) func regionIsComparedInAnyCaseAndTrimmed(region: String)
        throws
    {
        let terms = try terms([("NY ", 888)])
        #expect(try rate(terms, region) == 888 && error(terms, region) == nil)
    }

    @Test func codesAreToldFromNames() throws {
        let terms = try terms([("NY", 888), ("CA", 725)])
        #expect(error(terms, nil) == .missing(known: ["CA", "NY"]))
        for name in ["New York", "N.Y.", "NYC!", "Nueva York", "NYCX"] {
            #expect(error(terms, name) == .unknown(known: ["CA", "NY"]), "\(name)")
        }
        // A code of a region without a tax of its own.
        #expect(error(terms, "or") == nil)
        #expect(try rate(terms, "or") == 0)
    }

    @Test func namesAreARegionLikeTheRestWhereTheRestHasATax() throws {
        let whole = try terms([(nil, 2100), ("Canary Islands", 0)])
        #expect(error(whole, "canary  islands") == nil && error(whole, "Madrid") == nil)
        #expect(try rate(whole, "canary  islands") == 0)
        #expect(try rate(whole, "Madrid") == 2100)
        #expect(error(whole, nil) == .missing(known: ["Canary Islands"]))
        #expect(error(try terms([("Canary Islands", 0)]), "Madrid") == .unknown(known: ["Canary Islands"]))
    }

    @Test func nothingIsAskedWhereNothingDiffers() throws {
        #expect(error(try terms([(nil, 2000)]), nil) == nil)
        #expect(error(try terms([("NY", 888)]), nil, country: "GB") == nil)
        #expect(error(try terms([]), "anything") == nil)
    }
}
