/// Where a parcel or an invoice goes.
public struct PostalAddress: Hashable, Sendable {
    public var line1: String
    public var line2: String?
    public var city: String
    /// State, province or county, as people there write it.
    public var region: String?
    public var postalCode: String
    public var country: Country

    /// An address whose lines have been checked (see `OneLineText`).
    public init(
        line1: String,
        line2: String?,
        city: String,
        region: String?,
        postalCode: String,
        country: Country
    ) {
        self.line1 = line1
        self.line2 = line2
        self.city = city
        self.region = region
        self.postalCode = postalCode
        self.country = country
    }
}
