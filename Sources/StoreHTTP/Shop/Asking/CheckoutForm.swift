import StoreAPI

/// What a customer types to order, as the storefront's form sends it.
struct CheckoutForm: Sendable {
    /// Made with the form: however often that is sent, it is one order.
    let key: String
    /// The version of the cart that the customer saw.
    let version: String
    /// The total that they saw.
    let total: MoneyBody
    let method: String
    /// The notices that they agreed to, by their codes.
    let accepted: [String]
    /// Whether the invoice goes elsewhere.
    let hasBilling: Bool
    /// The version of the words by which they agreed to offers; nil where they did not.
    let offers: String?
    private let lines: [String: String]

    /// The lines of an address.
    static let addressLines = ["line1", "line2", "city", "region", "postalCode"]
    /// The lines of the address that the invoice goes to.
    static let billingLines = (addressLines + ["country"]).map { "billing-\($0)" }
    /// The lines that are typed.
    static let lineNames = ["name", "email", "phone"] + addressLines + billingLines + ["hour"]

    /// Nil for a form that is not this one.
    init?(_ fields: FormFields) {
        guard let key = fields["key"], let version = fields["version"], let currency = fields["currency"],
            let amount = fields["amount"].flatMap({ Int64($0) })
        else { return nil }
        self.key = key
        self.version = version
        total = MoneyBody(amount: amount, currency: currency)
        method = fields["method"] ?? ""
        accepted = fields.all("accept")
        hasBilling = fields["billing"] != nil
        offers = fields["offers"]
        lines = Dictionary(uniqueKeysWithValues: Self.lineNames.map { ($0, fields[$0] ?? "") })
    }

    /// A line as it was typed.
    subscript(line: String) -> String { lines[line] ?? "" }

    /// The checkout that is sent for it.
    func request(country: String, language: String) -> CheckoutRequest {
        CheckoutRequest(
            customer: CheckoutRequest.Customer(name: self["name"], email: self["email"], phone: optional("phone")),
            shippingAddress: address(country: country),
            billingAddress: hasBilling ? address("billing-", country: self["billing-country"]) : nil,
            payment: CheckoutRequest.Payment(method: method),
            expectedTotal: total,
            accept: accepted,
            language: language,
            reminders: Int(self["hour"]).map { CheckoutRequest.Reminders(hour: $0) },
            offers: offers.map { CheckoutRequest.Offers(wording: $0) }
        )
    }

    private func address(_ prefix: String = "", country: String) -> CheckoutRequest.Address {
        CheckoutRequest.Address(
            line1: self[prefix + "line1"],
            line2: optional(prefix + "line2"),
            city: self[prefix + "city"],
            region: optional(prefix + "region"),
            postalCode: self[prefix + "postalCode"],
            country: country
        )
    }

    private func optional(_ name: String) -> String? { self[name].allSatisfy(\.isWhitespace) ? nil : self[name] }
}
