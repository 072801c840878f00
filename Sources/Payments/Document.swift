package import Catalog
package import Commerce
import Orders

/// An invoice or a credit note, with everything that it says: kept as it was issued, whatever changes later.
package struct Document: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case invoice
        /// Takes back an invoice, or part of it.
        case creditNote
    }

    /// What was sold, or taken back.
    package struct Line: Sendable, Codable, Equatable {
        package enum Subject: String, Sendable, Codable {
            case goods
            case shipping
            /// A share of the whole price.
            case price
        }

        package let subject: Subject
        /// What the goods were sold as; nil for anything else.
        package let name: String?
        package let quantity: Int
        /// What it came to, tax included, in minor units.
        package let gross: Int64
        package let taxBasisPoints: Int64
    }

    /// What was taxed at one rate.
    package struct Tax: Sendable, Codable, Equatable {
        package let basisPoints: Int64
        package let net: Int64
        package let tax: Int64
    }

    package let kind: Kind
    package let orderNumber: String
    package let currency: String
    package let language: String
    package let seller: Seller
    /// Name and address, line by line.
    package let buyer: [String]
    package let lines: [Line]
    package let taxes: [Tax]
    /// The sum of the lines, in minor units.
    package let total: Int64
    /// Why it was taken back; nil for an invoice.
    package let reason: String?

    /// The document for some of an order's price, which counts as it was charged, whichever way it went.
    init(
        _ kind: Kind,
        of parts: [Order.Adjustment.Part],
        in order: Order,
        seller: Seller,
        reason: String? = nil
    ) {
        self.kind = kind
        self.seller = seller
        self.reason = reason
        orderNumber = order.number.description
        currency = order.totals.total.currency.rawValue
        language = order.details.language
        let address = order.details.billingAddress ?? order.details.shippingAddress
        buyer = [
            order.details.customer.name, address.line1, address.line2, address.city, address.region, address.postalCode,
            address.country.rawValue,
        ].compactMap(\.self)
        lines = parts.map { part in
            let (subject, name, quantity): (Line.Subject, String?, Int) =
                switch part.subject {
                case .units(let line, let quantity): (.goods, order.lines[line - 1].name, quantity)
                case .shipping: (.shipping, nil, 1)
                case .price: (.price, nil, 1)
                }
            return Line(
                subject: subject,
                name: name,
                quantity: quantity,
                gross: abs(part.amount),
                taxBasisPoints: part.taxBasisPoints
            )
        }
        taxes = Set(parts.map(\.taxBasisPoints)).sorted(by: >).map { rate in
            let taxed = parts.filter { $0.taxBasisPoints == rate }
            let tax = taxed.reduce(0) { $0 + abs($1.tax) }
            return Tax(basisPoints: rate, net: taxed.reduce(0) { $0 + abs($1.amount) } - tax, tax: tax)
        }
        total = parts.reduce(0) { $0 + abs($1.amount) }
    }
}

/// A document with its number.
package struct IssuedDocument: Sendable, Equatable {
    /// One of a series without gaps: `INV-000123`, `CN-000045`.
    package let number: String
    package let issuedAt: Instant
    /// The entry of the order's log that tells why it was issued; nil for the invoice of the order as it was sold.
    package let sequence: Int?
    /// The last day on which the law wants it kept.
    package let keptUntil: CalendarDate
    package let document: Document

    static func number(_ kind: Document.Kind, _ number: Int64) -> String {
        let digits = String(number)
        let prefix =
            switch kind {
            case .invoice: "INV-"
            case .creditNote: "CN-"
            }
        return prefix + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}
