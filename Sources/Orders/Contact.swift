package import Commerce

/// Who an order is for and where it goes.
package struct Contact: Sendable, Equatable {
    package let customer: Order.Customer
    package let address: PostalAddress
}

/// What is put right of an order's contact; what is nil stays as it is.
package struct ContactCorrection: Sendable {
    /// An address within its country and region: those stay, since price and delivery depend on them.
    package struct Address: Sendable {
        let line1: String
        let line2: String?
        let city: String
        let postalCode: String

        /// An address whose lines have been checked (see `OneLineText`).
        package init(line1: String, line2: String?, city: String, postalCode: String) {
            self.line1 = line1
            self.line2 = line2
            self.city = city
            self.postalCode = postalCode
        }
    }

    let customer: Order.Customer?
    let address: Address?

    package init(customer: Order.Customer?, address: Address?) {
        self.customer = customer
        self.address = address
    }
}

extension Order {
    /// Who it is for and where it goes.
    package var contact: Contact { Contact(customer: details.customer, address: details.shippingAddress) }

    /// Its contact once it is put right, which it may be until packing starts.
    /// - Throws: `OrderError`.
    package func contact(_ correction: ContactCorrection) throws(OrderError) -> Contact {
        guard status != .cancelled else { throw .cancelled }
        guard canBeCorrected else { throw .packed }
        var address = contact.address
        if let corrected = correction.address {
            address.line1 = corrected.line1
            address.line2 = corrected.line2
            address.city = corrected.city
            address.postalCode = corrected.postalCode
        }
        return Contact(customer: correction.customer ?? contact.customer, address: address)
    }
}
