import Commerce
import Links
import Testing
import UsageGuide

@testable import Catalog
@testable import Orders

/// An order as a test wants it: placed, unpaid and unpacked, until the test says otherwise. Its sums are those that the
/// shop's own rules come to.
struct SampleOrder {
    var lines: [SampleLine]
    var discount: Int64 = 0
    var shipping: Int64 = 0
    var shippingTaxBasisPoints: Int64 = 0
    var adjustments: [Order.Adjustment] = []
    var deliveredAt: Instant?
    var isTaxIncluded = true

    var status = Order.Status.placed
    var paymentStatus = Order.PaymentStatus.unpaid
    var fulfilmentStatus = Order.FulfilmentStatus.unfulfilled
    var isStockHeld = true
    var hold: Order.Hold?
    var packedAt: Instant?
    var shipments: [Order.Shipment] = []
    /// In Britain where nothing is said.
    var shippingAddress: PostalAddress?
    var billingAddress: PostalAddress?
    var reminders: Order.Reminders?
    var course: Course?

    var order: Order {
        get throws {
            let pounds = try currency("GBP")
            let sums = Totals.sum(
                lines: lines.map { ($0.unitPrice * Int64($0.quantity), $0.taxBasisPoints) },
                discount: discount,
                shipping: (shipping, shippingTaxBasisPoints),
                isTaxIncluded: isTaxIncluded,
                currency: pounds
            )
            let soldLines = try zip(lines, sums.lines).map { try $0.line(shares: $1, in: pounds) }
            let then = Instant(microsecondsSince1970: 1_796_000_000_000_000)
            return Order(
                id: 1,
                number: OrderNumber(sequence: 1, secret: [1]),
                token: try #require(LinkToken(text: String(repeating: "A", count: 43))),
                guideToken: nil,
                calendarToken: nil,
                linkVersions: [:],
                placedAt: then,
                status: status,
                paymentStatus: paymentStatus,
                fulfilmentStatus: fulfilmentStatus,
                totals: sums.totals,
                shippingTax: sums.shippingTax,
                shippingTaxBasisPoints: shippingTaxBasisPoints,
                adjustments: adjustments,
                isStockHeld: isStockHeld,
                isMailUndeliverable: false,
                refunded: 0,
                shippingMethod: nil,
                discountCodes: [],
                reference: nil,
                shipBy: nil,
                details: Order.Details(
                    customer: try Self.customer,
                    shippingAddress: try shippingAddress ?? Self.address(),
                    billingAddress: billingAddress,
                    paymentMethod: .invoice,
                    language: "en",
                    accepted: [],
                    reminders: reminders
                ),
                packedAt: packedAt,
                deliveredAt: deliveredAt,
                hold: hold,
                lines: soldLines,
                shipments: shipments,
                guide: IssuedGuide(
                    revision: 1,
                    courseVersion: 1,
                    issuedAt: then,
                    contentVersion: "",
                    rendererVersion: "",
                    documentHash: [],
                    guide: Guide(plan: Plan(course), products: [])
                )
            )
        }
    }

    static var customer: Order.Customer {
        get throws {
            Order.Customer(
                name: "Ada Lovelace",
                email: try #require(EmailAddress(rawValue: "ada@example.com")),
                phone: nil
            )
        }
    }

    static func address(
        _ line1: String = "1 High Street",
        region: String? = nil,
        country: String = "GB"
    ) throws -> PostalAddress {
        PostalAddress(
            line1: line1,
            line2: nil,
            city: "London",
            region: region,
            postalCode: "N1 1AA",
            country: try #require(Country(rawValue: country))
        )
    }
}

/// A line of a sample order.
struct SampleLine {
    var code: String
    var quantity: Int
    var unitPrice: Int64
    var taxBasisPoints: Int64
    var cancelledQuantity = 0
    var returnedQuantity = 0
    var creditedQuantity = 0
    /// What is packed for it: the product itself where nothing is said.
    var parts: [SamplePart]?

    init(
        _ code: String,
        _ quantity: Int = 1,
        at unitPrice: Int64 = 0,
        taxed taxBasisPoints: Int64 = 0,
        holding parts: [SamplePart]? = nil
    ) {
        self.code = code
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.taxBasisPoints = taxBasisPoints
        self.parts = parts
    }

    /// Kits of two bottles and a sample that they may go without.
    static func kit(_ quantity: Int = 1, samples: Int? = nil) -> SampleLine {
        SampleLine(
            "KIT",
            quantity,
            holding: [
                SamplePart("SHAMPOO", quantity), SamplePart("LOTION", quantity),
                SamplePart("SAMPLE", samples ?? quantity, wanted: quantity, isRequired: false),
            ]
        )
    }

    fileprivate func line(shares: LineTotals, in currency: Currency) throws -> Order.Line {
        Order.Line(
            sku: try sku(code),
            kind: parts == nil ? .product : .kit,
            name: code,
            quantity: quantity,
            unitPrice: Money(unitPrice, currency),
            total: Money(shares.items, currency),
            components: try (parts ?? [SamplePart(code, quantity)]).map { try $0.component },
            shares: shares,
            cancelledQuantity: cancelledQuantity,
            returnedQuantity: returnedQuantity,
            creditedQuantity: creditedQuantity
        )
    }
}

/// Something that is packed for a line of a sample order.
struct SamplePart {
    var code: String
    var quantity: Int
    var wanted: Int
    var isRequired: Bool
    var cancelled = 0
    var packed: Int
    var shipped: Int
    var returned = 0
    var lost = 0

    init(
        _ code: String,
        _ quantity: Int = 1,
        wanted: Int? = nil,
        isRequired: Bool = true,
        packed: Int = 0,
        shipped: Int = 0
    ) {
        self.code = code
        self.quantity = quantity
        self.wanted = wanted ?? quantity
        self.isRequired = isRequired
        self.packed = packed
        self.shipped = shipped
    }

    fileprivate var component: Order.Component {
        get throws {
            Order.Component(
                sku: try sku(code),
                name: code,
                quantity: quantity,
                wanted: wanted,
                isRequired: isRequired,
                cancelled: cancelled,
                packed: packed,
                shipped: shipped,
                returned: returned,
                lost: lost
            )
        }
    }
}

extension Order.Shipment {
    /// A parcel that holds some units of an order's components, each by its line and position.
    static func sample(
        hasLeft: Bool = false,
        _ items: [(line: Int, position: Int, code: String, quantity: Int)]
    ) throws -> Order.Shipment {
        let then = Instant(microsecondsSince1970: 1_796_100_000_000_000)
        return Order.Shipment(
            ordinal: 1,
            packedAt: then,
            packedBy: "Bo",
            shippedAt: hasLeft ? then : nil,
            carrier: hasLeft ? Carrier(code: "other") : nil,
            trackingNumber: hasLeft ? "ABC-1234" : nil,
            items: try items.map {
                Item(line: $0.line, position: $0.position, sku: try sku($0.code), quantity: $0.quantity, lot: nil)
            }
        )
    }
}

extension Order.PaymentStatus {
    /// All of them.
    static let all: [Order.PaymentStatus] = [.unpaid, .authorised, .paid, .failed, .void, .partlyRefunded, .refunded]
}
