import Cart
import Catalog
import Commerce
import Fulfilment
import HTTPTypes
import Hummingbird
import Orders
import Payments
import Postgres
import Staff
import StoreAPI

extension Store {
    /// An order as the staff see it, with its timeline.
    func staffBody(_ order: Order) async throws -> StaffOrderBody {
        let currency = order.totals.total.currency
        let timeline = try await orders.timeline(of: order).map { TimelineEntryBody($0, currency) }
        return StaffOrderBody(order, timeline: timeline)
    }

    func staffAnswer(_ order: Order, status: HTTPResponse.Status = .ok) async throws -> Response {
        Response.privateJSON(try await staffBody(order), status: status, version: order.guide.courseVersion)
    }

    /// An order as the bench sees it: what goes into the box, and where the box goes.
    func packList(_ order: Order) async throws -> PackListBody {
        let catalog = try await catalogs.lastSeen()
        let lease = try await fulfilment.lease(of: order, now: now())
        let lots = try await stock.lots()
        let notes = try await fulfilment.notes(of: [order])[order.id] ?? []
        var components: [PackComponentBody] = []
        for open in order.openComponents {
            let sku = open.part.sku.rawValue
            if let index = components.firstIndex(where: { $0.sku == sku && $0.required == open.part.isRequired }) {
                components[index] = PackComponentBody(
                    open,
                    quantity: components[index].quantity + open.left,
                    catalog,
                    lots
                )
            } else {
                components.append(PackComponentBody(open, quantity: open.left, catalog, lots))
            }
        }
        return PackListBody(
            number: order.number.description,
            shipBy: order.shipBy?.description,
            lease: lease.map(LeaseBody.init),
            notes: notes.map(OrderNoteBody.init),
            name: order.details.customer.name,
            shippingAddress: AddressBody(order.details.shippingAddress),
            shippingMethod: order.shippingMethod,
            guideRevision: order.guide.revision,
            components: components,
            parcels: order.shipments.map(ParcelBody.init)
        )
    }
}

extension TimelineEntryBody {
    init(_ entry: TimelineEntry, _ currency: Currency) {
        self.init(
            kind: entry.kind,
            at: entry.at.description,
            actor: entry.actor,
            requestId: entry.requestID,
            reason: entry.reason,
            amount: entry.amount.map { MoneyBody(Money($0, currency)) }
        )
    }
}

extension PackComponentBody {
    /// - Parameter lots: the lots there are: one is asked for where all units have one.
    init(_ open: Order.OpenComponent, quantity: Int, _ catalog: Catalog, _ lots: [SKU: StockStore.Lots]) {
        let product = catalog.product(open.part.sku)
        self.init(
            sku: open.part.sku.rawValue,
            name: open.part.name,
            barcode: product?.barcode,
            quantity: quantity,
            required: open.part.isRequired,
            tracksLots: lots[open.part.sku]?.mustBeNamed ?? false
        )
    }
}

extension ContactBody {
    init(_ contact: Contact) {
        self.init(customer: CustomerBody(contact.customer), address: AddressBody(contact.address))
    }
}

extension LeaseBody {
    init(_ lease: FulfilmentStore.Lease) { self.init(by: lease.holder, until: lease.until.description) }
}

extension OrderNoteBody {
    init(_ note: OrderNote) {
        self.init(
            kind: OrderNoteKind(rawValue: note.kind.rawValue),
            text: note.text,
            by: note.by,
            at: note.at.description
        )
    }
}

extension HoldBody {
    init(_ hold: Order.Hold) {
        self.init(
            reason: HoldReason(rawValue: hold.reason.rawValue),
            note: hold.note,
            by: hold.by,
            at: hold.at.description
        )
    }
}

extension ParcelBody {
    init(_ shipment: Order.Shipment) {
        let number = shipment.trackingNumber
        self.init(
            id: "\(shipment.ordinal)",
            packedAt: shipment.packedAt.description,
            packedBy: shipment.packedBy,
            shippedAt: shipment.shippedAt?.description,
            carrier: shipment.carrier?.code,
            trackingNumber: number,
            trackingUrl: number.flatMap { number in shipment.carrier?.page(for: number) },
            items: shipment.items.map {
                ParcelItemBody(sku: $0.sku.rawValue, quantity: $0.quantity, lot: $0.lot)
            }
        )
    }
}

extension QueueEntryBody {
    init(_ entry: QueueEntry, on today: CalendarDate, shipsUnpaid: Bool) {
        // Where nothing says when to send, it is due today.
        let shipBy = entry.shipBy ?? today
        self.init(
            number: entry.number,
            shipBy: shipBy.description,
            slackDays: shipBy - today,
            state: QueueState(rawValue: entry.state(on: today, shipsUnpaid: shipsUnpaid).rawValue),
            blockedBy: entry.blocks(shipsUnpaid: shipsUnpaid),
            items: zip(entry.skus, entry.quantities).filter { $0.1 > 0 }.map { ChoiceItemBody(sku: $0, quantity: $1) },
            units: entry.units,
            shippingMethod: entry.shippingMethod,
            country: entry.country,
            lease: entry.lease.map(LeaseBody.init),
            packed: entry.isPacked
        )
    }
}

extension DayMoneyBody {
    init(_ flow: MoneyFlow) {
        func money(_ amount: Int64) -> MoneyBody { MoneyBody(amount: amount, currency: flow.currency) }
        self.init(
            method: flow.method,
            receipts: flow.receipts,
            received: money(flow.received),
            refunds: flow.refunds,
            refunded: money(flow.refunded),
            rates: flow.rates.map { rate in
                DayMoneyRateBody(
                    basisPoints: rate.basisPoints,
                    receivedNet: money(rate.receivedNet),
                    receivedTax: money(rate.receivedTax),
                    refundedNet: money(rate.refundedNet),
                    refundedTax: money(rate.refundedTax)
                )
            }
        )
    }
}

extension StaffOrderSummaryBody {
    init(_ order: OrderSummary) {
        self.init(
            number: order.number,
            placedAt: order.placedAt.description,
            status: OrderStatus(rawValue: order.status),
            payment: PaymentBody(status: PaymentStatus(rawValue: order.payment), method: order.method),
            fulfilment: FulfilmentStatus(rawValue: order.fulfilment),
            shipBy: order.shipBy?.description,
            total: MoneyBody(order.total),
            items: zip(order.skus, order.quantities).map { ChoiceItemBody(sku: $0, quantity: $1) },
            country: order.country,
            hold: order.hold.map(HoldReason.init),
            mailUndeliverable: order.isMailUndeliverable,
            erasedAt: order.erasedAt?.description,
            comesTo: MoneyBody(order.comesTo)
        )
    }
}

extension StockRowBody {
    init(_ level: StockStore.Level) {
        let available = level.onHand - level.reserved
        self.init(
            sku: level.sku.rawValue,
            name: level.name,
            onHand: level.onHand,
            reserved: level.reserved,
            available: available,
            lowStockMark: level.lowStockMark,
            status: available <= 0 ? .outOfStock : available <= level.lowStockMark ? .lowStock : .inStock,
            tracksLots: level.tracksLots,
            lots: level.lots.map {
                LotStockBody(lot: $0.name, expires: $0.expires?.description, onHand: $0.onHand)
            }
        )
    }
}

/// Orders as files: nothing in them says who a customer is.
enum OrderExport {
    /// What stands above the columns; amounts are in minor units.
    static let head = CSV.row([
        "number", "placedAt", "status", "payment", "method", "fulfilment", "shipBy", "total", "currency", "items",
        "country", "hold", "itemsAmount", "discount", "shipping", "tax", "taxIncluded", "paid", "refunded",
        "adjusted", "comesTo", "adjustedTax",
    ])

    /// A row for spreadsheets.
    static func row(_ order: OrderSummary) -> String {
        let items = zip(order.skus, order.quantities).map { "\($1) \($0)" }.joined(separator: "; ")
        let sums = order.sums
        return CSV.row([
            order.number, order.placedAt.description, order.status, order.payment, order.method, order.fulfilment,
            order.shipBy?.description ?? "", "\(order.total.amount)", order.total.currency.rawValue, items,
            order.country, order.hold ?? "", "\(sums.items)", "\(sums.discount)", "\(sums.shipping)", "\(sums.tax)",
            "\(sums.isTaxIncluded)", "\(sums.paid)", "\(sums.refunded)",
            "\(sums.adjusted)", "\(order.comesTo.amount)", "\(sums.adjustedTax)",
        ])
    }

    /// A line of JSON.
    static func line(_ order: OrderSummary) throws -> String {
        String(decoding: JSONWriter.bytes(StaffOrderSummaryBody(order)), as: UTF8.self) + "\n"
    }
}
