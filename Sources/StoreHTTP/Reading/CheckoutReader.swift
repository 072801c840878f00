import Catalog
import Commerce
import JSONFields
import Orders
import Records
import UsageGuide

/// Reads what a customer sends to place an order, and says of every field that is wrong what would be right.
struct CheckoutReader: Sendable {
    /// The ways in which the shop is paid.
    let methods: [Order.PaymentMethod]
    /// Why a total can't be paid by one of them, as a sentence; nil where it can.
    let obstacle: @Sendable (Order.PaymentMethod, Money) -> String?
    /// The words by which customers agree to offers now; nil where the shop makes none.
    let offers: OfferWording?
    /// The idempotency key: it places one order, however often it is sent.
    let key: String
    /// The versions of the cart that the customer saw; nil where they did not say.
    var cartVersions: Set<Int>?
    /// The total where none has to be named.
    var standardTotal: Money?

    /// A whole checkout.
    func request(_ fields: Fields) -> OrderRequest? {
        fields.allow(
            "customer",
            "shippingAddress",
            "billingAddress",
            "payment",
            "expectedTotal",
            "accept",
            "language",
            "reminders",
            "offers"
        )
        let customer = fields.require("customer") ? fields.object("customer", Self.customer) : nil
        let shipping = fields.require("shippingAddress") ? fields.object("shippingAddress", Self.address) : nil
        let billing = fields.object("billingAddress", Self.address)
        let method = fields.require("payment") ? fields.object("payment", method) : nil
        let isTotalNamed = standardTotal == nil ? fields.require("expectedTotal") : fields.has("expectedTotal")
        let total = isTotalNamed ? fields.object("expectedTotal", Self.money) : standardTotal
        let notices = fields.texts("accept", countMax: 10) ?? []
        let language = language(fields)
        let accepted = accepted(notices, fields)
        let reminders = fields.object("reminders", Self.reminders)
        let offers = fields.object("offers", { Self.offers($0, shown: self.offers) })
        guard let customer, let shipping, let method, let total else { return nil }
        if let obstacle = obstacle(method, total) {
            fields.report("payment", "amountNotTaken", "\(obstacle) Pay in another way.")
        }
        let fingerprint = hash(
            [customer.name, customer.givenName ?? "", customer.email.rawValue, customer.phone ?? ""]
                + Self.parts(shipping) + Self.parts(billing)
                + [
                    method.rawValue, "\(total.amount)", total.currency.rawValue,
                    accepted.sorted().joined(separator: ","), language, reminders.map { "\($0.hour)" } ?? "",
                    offers ?? "",
                ]
        )
        return OrderRequest(
            details: Order.Details(
                customer: customer,
                shippingAddress: shipping,
                billingAddress: billing,
                paymentMethod: method,
                language: language,
                accepted: accepted,
                reminders: reminders
            ),
            expectedTotal: total,
            key: IdempotencyKey(scope: hash(key), fingerprint: fingerprint),
            cartVersions: cartVersions,
            offers: offers
        )
    }

    /// What an address adds to the fingerprint. What is absent is an empty text: no field may be blank.
    private static func parts(_ address: PostalAddress?) -> [String] {
        guard let address else { return ["nowhere"] }
        return [
            "somewhere", address.line1, address.line2 ?? "", address.city, address.region ?? "", address.postalCode,
            address.country.rawValue,
        ]
    }

    private func accepted(_ codes: [String], _ fields: Fields) -> Set<String> {
        for (position, code) in codes.enumerated() where !isNoticeCode(code) {
            fields.report(
                "accept",
                at: position,
                "unknownNotice",
                "This is not the code of a notice, such as sampleMissing."
            )
        }
        return Set(codes)
    }

    /// Codes of notices to come are accepted as well: agreeing to what does not apply is harmless.
    private func isNoticeCode(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
            }
    }

    private func language(_ fields: Fields) -> String {
        let language = fields.text("language") ?? GuideContent.languages[0]
        if !GuideContent.languages.contains(language) {
            fields.report(
                "language",
                "unknownLanguage",
                "Guides are written in \(GuideContent.languages.joined(separator: ", "))."
            )
        }
        return language
    }

    /// Who orders.
    static func customer(_ fields: Fields) -> Order.Customer? {
        fields.allow("name", "givenName", "email", "phone")
        let name = fields.require("name") ? fields.checkLine("name", lengthMax: 200) : nil
        let givenName = fields.checkLine("givenName", lengthMax: 100)
        let email = email(fields)
        let phone = fields.checkLine("phone", lengthMax: 40, isCode: true)
        guard let name, let email else { return nil }
        return Order.Customer(name: name, givenName: givenName, email: email, phone: phone)
    }

    private func method(_ fields: Fields) -> Order.PaymentMethod? {
        fields.allow("method")
        guard fields.require("method"), let text = fields.text("method") else { return nil }
        let method = methods.first { $0.rawValue == text }
        if method == nil {
            fields.report(
                "method",
                "unknownMethod",
                "The shop takes \(methods.map(\.rawValue).joined(separator: ", "))."
            )
        }
        return method
    }

    /// The wish to be reminded.
    static func reminders(_ fields: Fields) -> Order.Reminders? {
        fields.allow("hour")
        guard fields.require("hour") else { return nil }
        return fields.integer("hour", in: Order.Reminders.hours).flatMap { Order.Reminders(hour: $0) }
    }

    /// The version of the words by which a customer takes offers.
    /// - Parameter shown: the words that are shown now: nobody agrees to others.
    static func offers(_ fields: Fields, shown: OfferWording?) -> String? {
        fields.allow("wording")
        guard fields.require("wording"), let wording = fields.text("wording") else { return nil }
        if wording == shown?.wording { return wording }
        fields.report(
            "wording",
            "unknownWording",
            shown.map { "The words that are agreed to now are those of \($0.wording): show them first." }
                ?? "This shop makes no offers: leave it out."
        )
        return nil
    }

    /// The e-mail address of whoever orders.
    static func email(_ fields: Fields) -> EmailAddress? {
        guard fields.require("email"), let text = fields.text("email"), !fields.refuseCardNumber(text, in: "email")
        else {
            return nil
        }
        let email = EmailAddress(rawValue: text)
        if email == nil {
            fields.report("email", "notAnEmailAddress", "An e-mail address looks like name@example.com.")
        }
        return email
    }

    /// A postal address.
    static func address(_ fields: Fields) -> PostalAddress? {
        fields.allow("line1", "line2", "city", "region", "postalCode", "country")
        let line1 = fields.require("line1") ? fields.checkLine("line1", lengthMax: 200) : nil
        let line2 = fields.checkLine("line2", lengthMax: 200)
        let city = fields.require("city") ? fields.checkLine("city", lengthMax: 100) : nil
        let region = fields.checkLine("region", lengthMax: 100)
        let postalCode = fields.require("postalCode") ? fields.checkLine("postalCode", lengthMax: 20) : nil
        let code = fields.require("country") ? fields.text("country") : nil
        let country = code.flatMap(Country.init(rawValue:))
        if code != nil, country == nil {
            fields.report("country", "unknownCountry", "A country is an ISO 3166-1 code of two capital letters.")
        }
        guard let line1, let city, let postalCode, let country else { return nil }
        return PostalAddress(
            line1: line1,
            line2: line2,
            city: city,
            region: region,
            postalCode: postalCode,
            country: country
        )
    }

    /// An amount of money that is not negative.
    static func money(_ fields: Fields) -> Money? {
        fields.allow("amount", "currency")
        let amount = fields.require("amount") ? fields.integer("amount", in: 0...Int(Money.amountMax)) : nil
        let code = fields.require("currency") ? fields.text("currency") : nil
        let currency = code.flatMap(Currency.init(rawValue:))
        if code != nil, currency == nil {
            fields.report("currency", "unknownCurrency", "A currency is an ISO 4217 code of three capital letters.")
        }
        guard let amount, let currency else { return nil }
        return Money(Int64(amount), currency)
    }
}
