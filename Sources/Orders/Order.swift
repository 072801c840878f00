package import Catalog
package import Commerce
import GuideFormats
package import Links
import Postgres
package import UsageGuide

/// A placed order: what was sold to whom, with the guide that goes with it.
package struct Order: Sendable {
    package enum Status: String, Sendable {
        case placed
        case completed
        case cancelled
    }

    package enum PaymentStatus: String, Sendable {
        case unpaid
        case authorised
        case paid
        case failed
        case void
        case partlyRefunded
        case refunded
    }

    package enum FulfilmentStatus: String, Sendable {
        case unfulfilled
        case partlyShipped
        case shipped
        case delivered
        case returned
    }

    package enum PaymentMethod: String, Sendable, CaseIterable {
        /// The customer gets an invoice and transfers the money; the staff record its receipt.
        case invoice
        /// The customer pays on Stripe's page.
        case stripe
    }

    /// A line as it was sold.
    package struct Line: Sendable, Equatable {
        package let sku: SKU
        package let kind: Product.Kind
        package let name: String
        package let quantity: Int
        package let unitPrice: Money
        package let total: Money
        package var components: [Component]
        /// What is sent once more for units of it that were lost or broke, without a price.
        package var replacements: [Component] = []
        /// Its share of the order's discount, and the tax in or on what remains.
        package let shares: LineTotals
        /// How many of it are never sent, came back, or were lost and are not sent again.
        package var cancelledQuantity = 0
        package var returnedQuantity = 0
        package var lostQuantity = 0
        /// Of how many of these the price was taken off the order's.
        package var creditedQuantity = 0
        /// Whether it, or something in it, was sold as sealed for hygiene: whoever withdraws can give it back only while the
        /// seal is unbroken.
        package var isSealed = false

        /// All that is packed for it, in the order of their positions.
        package var parts: [Component] { components + replacements }
    }

    /// What is packed for a line.
    package struct Component: Sendable, Equatable {
        package let sku: SKU
        package let name: String
        /// How many go into the box.
        package var quantity: Int
        /// How many a full box holds.
        package let wanted: Int
        /// Whether the box may not leave without it.
        package let isRequired: Bool
        /// How many of them are never sent.
        package var cancelled = 0
        /// How many lie in a parcel, and how many of those have left.
        package var packed = 0
        package var shipped = 0
        /// How many of those that left came back, and how many were lost.
        package var returned = 0
        package var lost = 0
        /// 0 for what was sold; else which replacement of the order it is sent as.
        package var replacement = 0

        /// How many lie in no parcel yet and are to be sent.
        package var open: Int { quantity - cancelled - packed }
        /// How many the customer has.
        package var kept: Int { shipped - returned - lost }
    }

    /// A parcel: packed, and sent once it has a carrier.
    package struct Shipment: Sendable, Equatable {
        package struct Item: Sendable, Equatable {
            /// The line and the component of the order, both from 1.
            package let line: Int
            package let position: Int
            package let sku: SKU
            package let quantity: Int
            /// Nil for units without a lot.
            package let lot: String?
        }

        package let ordinal: Int
        package let packedAt: Instant
        package let packedBy: String
        package let shippedAt: Instant?
        package let carrier: Carrier?
        package let trackingNumber: String?
        package let items: [Item]
    }

    /// Why an order is not packed for now.
    package struct Hold: Sendable, Equatable {
        package enum Reason: String, Sendable, CaseIterable {
            case addressProblem
            case awaitingCustomer
            case stockProblem
            case paymentReview
            case other
        }

        package let reason: Reason
        package let note: String?
        package let by: String
        package let at: Instant

        package init(reason: Reason, note: String?, by: String, at: Instant) {
            self.reason = reason
            self.note = note
            self.by = by
            self.at = at
        }
    }

    /// A link of an order. Its owner hands out those to the guide and the calendar.
    package enum SharedLink: String, Sendable, CaseIterable {
        case guide
        case calendar
        /// The owner's own, which only the staff can replace, and which is never off.
        case order

        var purpose: LinkPurpose {
            switch self {
            case .guide: .guide
            case .calendar: .calendar
            case .order: .order
            }
        }
    }

    package let id: Int64
    package let number: OrderNumber
    package let token: LinkToken
    /// Nil while this link is switched off.
    package let guideToken: LinkToken?
    /// Nil while this link is switched off.
    package let calendarToken: LinkToken?
    /// The versions of its links, also of those that are switched off.
    let linkVersions: [SharedLink: Int16]
    package let placedAt: Instant

    package let status: Status
    package var paymentStatus: PaymentStatus
    package let fulfilmentStatus: FulfilmentStatus

    package let totals: Totals
    package let shippingTax: Int64
    package let shippingTaxBasisPoints: Int64
    /// What its price has come to less, or more, since it was sold.
    package var adjustments: [Adjustment]
    /// Whether its units are held back for it. Not so once it was cancelled, or while its payment has failed.
    package let isStockHeld: Bool
    /// Whether mail to the customer came back for good, and nobody has given another address since.
    package let isMailUndeliverable: Bool
    /// What has gone back, of what was paid.
    package let refunded: Int64
    /// The code of the shipping method; nil where the shop had none.
    package let shippingMethod: String?
    package let discountCodes: [String]
    /// What a booking system knows the appointment by; nil for none.
    package let reference: ClinicReference?

    /// The latest day to send it and still be in time.
    package let shipBy: CalendarDate?
    package let details: Details

    /// When the first parcel was packed; nil before.
    package var packedAt: Instant?
    /// When the last parcel that has left arrived; nil before, and again once another leaves.
    package let deliveredAt: Instant?
    package let hold: Hold?
    package var lines: [Line]
    package var shipments: [Shipment]
    package let guide: IssuedGuide
}

/// One revision of an order's guide, as it was issued.
package struct IssuedGuide: Sendable {
    package let revision: Int
    /// How many courses the order has had, this one among them: what a change of the course is checked against.
    package let courseVersion: Int
    package let issuedAt: Instant
    package let contentVersion: String
    /// The format whose bytes `documentHash` is of.
    package let rendererVersion: String
    /// SHA-256 of the guide's document, as it was when it was issued.
    package let documentHash: [UInt8]
    package let guide: Guide

    /// The sentences that it was issued with.
    package var content: GuideContent {
        get throws {
            guard let content = GuideContent.named(contentVersion) else {
                throw PostgresError.misuse("a guide has sentences that this program does not know: it is too old")
            }
            return content
        }
    }

    /// The sentences that it was issued with, and what they say.
    package func document() throws -> (content: GuideContent, document: GuideDocument) {
        let content = try content
        return (content, GuideDocument(guide, content: content))
    }

    /// Whether the document that this program makes of the stored facts is, byte for byte, the one that was issued.
    package func isProven() throws -> Bool {
        let (content, document) = try document()
        return rendererVersion == GuideText.version && GuideText.proof(document, content: content) == documentHash
    }
}

/// What a guide's own link shows: the plan and a first name, nothing that says where somebody lives.
package struct SharedGuide: Sendable {
    package let orderNumber: String
    package let firstName: String
    /// When the order was cancelled; nil where it was not.
    package let cancelledAt: Instant?
    package let issued: IssuedGuide
    /// Names the order in calendars, for good, and tells nobody which it is.
    package let calendarSeed: [UInt8]

}
