import Testing

@testable import Commerce

struct AddressFormatTests {
    private func format(_ code: String) throws -> AddressFormat {
        AddressFormat(of: try #require(Country(rawValue: code)))
    }

    @Test(arguments: [
        ("GB", "line1 line2 city postalCode"), ("DE", "line1 line2 postalCode city"),
        ("US", "line1 line2 city region postalCode"), ("IT", "line1 line2 postalCode city region"),
    ])
    func linesComeInTheOrderOfTheCountry(code: String, order: String) throws {
        #expect(try format(code).fields.map(\.name.rawValue).joined(separator: " ") == order)
    }

    /// What a checkout always needs is asked for everywhere.
    @Test func eachFormatHasEachLineOnce() {
        for country in Country.all {
            let fields = AddressFormat(of: country).fields
            let names = fields.map(\.name)
            #expect(Set(names).count == names.count, "\(country)")
            let required = Set(fields.filter(\.isRequired).map(\.name))
            #expect(required.isSuperset(of: [.line1, .city, .postalCode]), "\(country)")
        }
    }

    @Test func regionsOfAListAreToldByTheirCodes() throws {
        #expect(try format("US").regions.count == 51 && format("CA").regions.count == 13)
        #expect(try format("AU").regions.first?.name == "Australian Capital Territory")
        #expect(try format("GB").regions.isEmpty)
    }
}
