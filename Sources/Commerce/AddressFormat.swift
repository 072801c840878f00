/// How people in a country write an address: which lines, in which order, and what they call them.
package struct AddressFormat: Sendable, Hashable {
    /// A line of an address form.
    package struct Field: Sendable, Hashable {
        package let name: Name
        /// Whether an address there is not whole without it.
        package let isRequired: Bool
        package let term: Term
    }

    package enum Name: String, Sendable {
        case line1
        case line2
        case city
        case region
        case postalCode
    }

    /// What a line is called there, where it has a name of its own.
    package enum Term: String, Sendable {
        case plain
        case postcode
        case zip
        case eircode
        case pin
        case state
        case province
        case county
        case prefecture
    }

    /// A part of a country.
    package struct Region: Sendable, Hashable {
        /// As ISO 3166-2 has it after the country.
        package let code: String
        package let name: String
    }

    package let fields: [Field]
    /// Its parts, where an address names one of a fixed list; else empty.
    package let regions: [Region]

    /// The format of a country's addresses, as its post asks for them. Orders are kept by the same fields everywhere, and
    /// a postal code is one of them: where a country has none, whoever orders writes a dash.
    package init(of country: Country) {
        let code = country.rawValue
        let region = Self.regionTerms[code]
        let regionField = region.map { Field(name: .region, isRequired: $0.isRequired, term: $0.term) }
        let postalCode = Field(name: .postalCode, isRequired: true, term: Self.postalTerms[code] ?? .plain)
        let city = Field(name: .city, isRequired: true, term: .plain)
        let lines = [
            Field(name: .line1, isRequired: true, term: .plain), Field(name: .line2, isRequired: false, term: .plain),
        ]
        let place = Self.codeFirst.contains(code) ? [postalCode, city] : [city]
        fields =
            lines + place + (regionField.map { [$0] } ?? []) + (Self.codeFirst.contains(code) ? [] : [postalCode])
        regions = (Self.regionLists[code] ?? "").split(separator: ";").compactMap { entry in
            let parts = entry.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return Region(code: String(parts[0]), name: String(parts[1]))
        }
    }

    /// Countries that write the postal code before the place.
    private static let codeFirst = Set(
        """
        AD AT BA BE BG CH CY CZ DE DK DO EE ES FI FO FR GE GL GR HR HU IL IS IT LI LT LU MA MC MD ME MG MK MY NL NO PL \
        PT RE RO RS SE SI SK SM TN TR UA UY VA XK
        """.split(separator: " ").map(String.init)
    )

    private static let postalTerms: [String: Term] = [
        "GB": .postcode, "GG": .postcode, "IM": .postcode, "JE": .postcode, "AU": .postcode, "NZ": .postcode,
        "ZA": .postcode, "US": .zip, "PR": .zip, "IE": .eircode, "IN": .pin,
    ]

    private static let regionTerms: [String: (isRequired: Bool, term: Term)] = [
        "US": (true, .state), "AU": (true, .state), "BR": (true, .state), "IN": (true, .state), "MX": (true, .state),
        "MY": (false, .state), "CA": (true, .province), "CN": (true, .province), "ES": (false, .province),
        "IT": (true, .province), "AR": (false, .province), "TR": (false, .province), "IE": (false, .county),
        "JP": (true, .prefecture),
    ]

    private static let regionLists: [String: String] = [
        "US": """
        AL Alabama;AK Alaska;AZ Arizona;AR Arkansas;CA California;CO Colorado;CT Connecticut;DE Delaware;\
        DC District of Columbia;FL Florida;GA Georgia;HI Hawaii;ID Idaho;IL Illinois;IN Indiana;IA Iowa;KS Kansas;\
        KY Kentucky;LA Louisiana;ME Maine;MD Maryland;MA Massachusetts;MI Michigan;MN Minnesota;MS Mississippi;\
        MO Missouri;MT Montana;NE Nebraska;NV Nevada;NH New Hampshire;NJ New Jersey;NM New Mexico;NY New York;\
        NC North Carolina;ND North Dakota;OH Ohio;OK Oklahoma;OR Oregon;PA Pennsylvania;RI Rhode Island;\
        SC South Carolina;SD South Dakota;TN Tennessee;TX Texas;UT Utah;VT Vermont;VA Virginia;WA Washington;\
        WV West Virginia;WI Wisconsin;WY Wyoming
        """,
        "CA": """
        AB Alberta;BC British Columbia;MB Manitoba;NB New Brunswick;NL Newfoundland and Labrador;\
        NT Northwest Territories;NS Nova Scotia;NU Nunavut;ON Ontario;PE Prince Edward Island;QC Quebec;\
        SK Saskatchewan;YT Yukon
        """,
        "AU": """
        ACT Australian Capital Territory;NSW New South Wales;NT Northern Territory;QLD Queensland;SA South Australia;\
        TAS Tasmania;VIC Victoria;WA Western Australia
        """,
    ]
}
