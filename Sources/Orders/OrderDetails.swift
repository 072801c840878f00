package import Commerce
import FoundationEssentials
import Postgres
import Records

extension Order {
    /// What the customer says when they order, and the order keeps.
    package struct Details: Sendable, Equatable {
        package let customer: Customer
        package let shippingAddress: PostalAddress
        /// Nil where it is the shipping address.
        package let billingAddress: PostalAddress?
        package let paymentMethod: PaymentMethod
        package let language: String
        /// The notices that they said yes to, by their codes, in the order of the alphabet.
        package let accepted: [String]
        /// Nil where they don't want to be reminded.
        package let reminders: Reminders?

        package init(
            customer: Customer,
            shippingAddress: PostalAddress,
            billingAddress: PostalAddress?,
            paymentMethod: PaymentMethod,
            language: String,
            accepted: Set<String>,
            reminders: Reminders? = nil
        ) {
            self.customer = customer
            self.shippingAddress = shippingAddress
            self.billingAddress = billingAddress
            self.paymentMethod = paymentMethod
            self.language = language
            self.accepted = accepted.sorted()
            self.reminders = reminders
        }
    }

    /// The wish to be reminded by mail of what the plan brings.
    package struct Reminders: Sendable, Equatable {
        /// The hours that can be wished for: nobody is written at night.
        package static let hours = 8...20

        /// The hour of the customer's own day at which they are written.
        package let hour: Int

        /// Nil for an hour that can't be wished for.
        package init?(hour: Int) {
            guard Self.hours.contains(hour) else { return nil }
            self.hour = hour
        }

        /// As the log tells it.
        var text: String { "at \(hour):00" }
    }

    /// Who ordered.
    package struct Customer: Sendable, Equatable {
        package let name: String
        /// What the guide calls them by; nil where they did not say.
        package let givenName: String?
        package let email: EmailAddress
        package let phone: String?

        package init(name: String, givenName: String? = nil, email: EmailAddress, phone: String?) {
            self.name = name
            self.givenName = givenName
            self.email = email
            self.phone = phone
        }
    }
}

/// The details as columns of an order's row: how each is written, and how all of them are read.
extension Order.Details {
    static let columns: [Insertion<Order.Details>.Column] = [
        .column("payment_method") { $0.paymentMethod },
        // Codes of notices hold no comma.
        .column("accepted", as: "string_to_array(%, ',')") { $0.accepted.joined(separator: ",") },
        .column("customer_name") { $0.customer.name },
        .optional("customer_given_name") { $0.customer.givenName },
        .column("customer_email") { $0.customer.email.rawValue },
        .optional("customer_phone") { $0.customer.phone },
        .column("address_line1") { $0.shippingAddress.line1 },
        .optional("address_line2") { $0.shippingAddress.line2 },
        .column("address_city") { $0.shippingAddress.city },
        .optional("address_region") { $0.shippingAddress.region },
        .column("address_postal_code") { $0.shippingAddress.postalCode },
        .column("address_country") { $0.shippingAddress.country },
        .optional("billing_address") { try $0.billingAddress.map(StoredAddress.document) },
        .column("language") { $0.language },
        .optional("reminder_hour") { $0.reminders?.hour },
    ]

    init(_ row: Row) throws {
        let paymentMethod: Order.PaymentMethod = try row.value("payment_method")
        let accepted: [String] = try row.value("accepted")
        let name: String = try row.value("customer_name")
        let givenName: String? = try row.optional("customer_given_name")
        guard let email = EmailAddress(rawValue: try row.value("customer_email")) else {
            throw PostgresError.misuse("an order has an e-mail address that is none")
        }
        self.init(
            customer: Order.Customer(
                name: name,
                givenName: givenName,
                email: email,
                phone: try row.optional("customer_phone")
            ),
            shippingAddress: PostalAddress(
                line1: try row.value("address_line1"),
                line2: try row.optional("address_line2"),
                city: try row.value("address_city"),
                region: try row.optional("address_region"),
                postalCode: try row.value("address_postal_code"),
                country: try row.value("address_country")
            ),
            billingAddress: try row.optional("billing_address", as: JSONBValue.self).map(StoredAddress.read),
            paymentMethod: paymentMethod,
            language: try row.value("language"),
            accepted: Set(accepted),
            reminders: try row.optional("reminder_hour", as: Int.self).flatMap { Order.Reminders(hour: $0) }
        )
    }
}

/// A billing address as an order's row holds it.
private struct StoredAddress: Codable {
    let line1: String
    let line2: String?
    let city: String
    let region: String?
    let postalCode: String
    let country: String

    static func document(_ address: PostalAddress) throws -> JSONBValue {
        let stored = StoredAddress(
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            region: address.region,
            postalCode: address.postalCode,
            country: address.country.rawValue
        )
        return JSONBValue(utf8: Array(try JSONEncoder().encode(stored)))
    }

    static func read(_ document: JSONBValue) throws -> PostalAddress {
        let stored = try JSONDecoder().decode(StoredAddress.self, from: Data(document.utf8))
        guard let country = Country(rawValue: stored.country) else {
            throw PostgresError.misuse("an address in the database has a country that is none")
        }
        return PostalAddress(
            line1: stored.line1,
            line2: stored.line2,
            city: stored.city,
            region: stored.region,
            postalCode: stored.postalCode,
            country: country
        )
    }
}
