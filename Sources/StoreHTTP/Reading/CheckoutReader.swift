import Catalog
import Commerce
import JSONFields
import Orders
import StoreAPI
import UsageGuide

/// Reads what a customer sends to place an order, as the body that its fingerprint is taken of.
enum CheckoutReader {
    /// - Parameters:
    ///   - methods: the ways in which the shop is paid.
    ///   - standard: the total where none has to be named.
    static func body(
        _ fields: Fields,
        methods: [Order.PaymentMethod],
        total standard: MoneyBody? = nil
    ) -> CheckoutBody? {
        fields.allow(
            "customer",
            "shippingAddress",
            "billingAddress",
            "payment",
            "expectedTotal",
            "accept",
            "language"
        )
        let customer = fields.require("customer") ? fields.object("customer", customer) : nil
        let shipping = fields.require("shippingAddress") ? fields.object("shippingAddress", address) : nil
        let billing = fields.object("billingAddress", address)
        let payment = fields.require("payment") ? fields.object("payment", { Self.payment($0, methods) }) : nil
        let isTotalNamed = standard == nil ? fields.require("expectedTotal") : fields.has("expectedTotal")
        let total = isTotalNamed ? fields.object("expectedTotal", money) : standard
        let accept = fields.texts("accept", countMax: 10) ?? []
        let language = fields.text("language") ?? GuideContent.languages[0]
        if !GuideContent.languages.contains(language) {
            fields.report(
                "language",
                "unknownLanguage",
                "Guides are written in \(GuideContent.languages.joined(separator: ", "))."
            )
        }
        for (position, code) in accept.enumerated() where !isNoticeCode(code) {
            fields.report(
                "accept",
                at: position,
                "unknownNotice",
                "This is not the code of a notice, such as sampleMissing."
            )
        }
        guard let customer, let shipping, let payment, let total else { return nil }
        return CheckoutBody(
            customer: customer,
            shippingAddress: shipping,
            billingAddress: billing,
            payment: payment,
            expectedTotal: total,
            accept: Set(accept).sorted(),
            language: language
        )
    }

    /// Codes of notices to come are accepted as well: agreeing to what does not apply is harmless.
    private static func isNoticeCode(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
            }
    }

    private static func customer(_ fields: Fields) -> CustomerBody? {
        fields.allow("name", "email", "phone")
        let name = fields.require("name") ? fields.checkLine("name", lengthMax: 200) : nil
        let email = email(fields)?.rawValue
        let phone = fields.checkLine("phone", lengthMax: 40)
        guard let name, let email else { return nil }
        return CustomerBody(name: name, email: email, phone: phone)
    }

    static func email(_ fields: Fields) -> EmailAddress? {
        guard fields.require("email"), let text = fields.text("email") else { return nil }
        let email = EmailAddress(rawValue: text)
        if email == nil {
            fields.report("email", "notAnEmailAddress", "An e-mail address looks like name@example.com.")
        }
        return email
    }

    static func address(_ fields: Fields) -> AddressBody? {
        fields.allow("line1", "line2", "city", "region", "postalCode", "country")
        let line1 = fields.require("line1") ? fields.checkLine("line1", lengthMax: 200) : nil
        let line2 = fields.checkLine("line2", lengthMax: 200)
        let city = fields.require("city") ? fields.checkLine("city", lengthMax: 100) : nil
        let region = fields.checkLine("region", lengthMax: 100)
        let postalCode = fields.require("postalCode") ? fields.checkLine("postalCode", lengthMax: 20) : nil
        let country = fields.require("country") ? fields.text("country") : nil
        if let country, Country(rawValue: country) == nil {
            fields.report("country", "unknownCountry", "A country is an ISO 3166-1 code of two capital letters.")
        }
        guard let line1, let city, let postalCode, let country else { return nil }
        return AddressBody(
            line1: line1,
            line2: line2,
            city: city,
            region: region,
            postalCode: postalCode,
            country: country
        )
    }

    private static func payment(_ fields: Fields, _ methods: [Order.PaymentMethod]) -> PaymentMethodBody? {
        fields.allow("method")
        guard fields.require("method"), let method = fields.text("method") else { return nil }
        if !methods.contains(where: { $0.rawValue == method }) {
            fields.report(
                "method",
                "unknownMethod",
                "The shop takes \(methods.map(\.rawValue).joined(separator: ", "))."
            )
        }
        return PaymentMethodBody(method: method)
    }

    static func money(_ fields: Fields) -> MoneyBody? {
        fields.allow("amount", "currency")
        let amount = fields.require("amount") ? fields.integer("amount", in: 0...Int(Money.amountMax)) : nil
        let currency = fields.require("currency") ? fields.text("currency") : nil
        if let currency, Currency(rawValue: currency) == nil {
            fields.report("currency", "unknownCurrency", "A currency is an ISO 4217 code of three capital letters.")
        }
        guard let amount, let currency else { return nil }
        return MoneyBody(amount: Int64(amount), currency: currency)
    }
}

extension PostalAddress {
    /// An address from a body that was read without a problem.
    init?(_ body: AddressBody) {
        guard let country = Country(rawValue: body.country) else { return nil }
        self.init(
            line1: body.line1,
            line2: body.line2,
            city: body.city,
            region: body.region,
            postalCode: body.postalCode,
            country: country
        )
    }
}
