package import Commerce

/// Something in which ledger and provider differ, and that only a person can settle.
package struct Finding: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The provider has money for which there is no order here.
        case moneyWithoutOrder
        /// An order counts as paid, and the provider knows nothing of it.
        case orderWithoutMoney
        /// The provider has another amount than the ledger.
        case amountDiffers
        /// Money went back that the ledger does not know of.
        case refundUnknown
        /// Money that should go back did not.
        case refundFailed
        /// A refund of the ledger has no refund of the provider.
        case refundMissing
    }

    package let kind: Kind
    /// The provider's name for what was found.
    package let reference: String
    package let orderNumber: String?
    package let amount: Money

    package init(kind: Kind, reference: String, orderNumber: String?, amount: Money) {
        self.kind = kind
        self.reference = reference
        self.orderNumber = orderNumber
        self.amount = amount
    }
}

/// A finding as it is kept, until somebody settles it.
package struct KeptFinding: Sendable {
    package let id: Int64
    package let finding: Finding
    package let foundAt: Instant
    /// Nil while it is open.
    package let settlement: Settlement?

    /// Who settled a finding, and how.
    package struct Settlement: Sendable, Equatable {
        package let at: Instant
        package let by: String
        package let reason: String
    }
}
