import Cart
import Catalog
import Commerce
import Links
import Orders
import Payments
import StoreAPI
import UsageGuide

// From what the rooms below know to what the API shows.

extension MoneyBody {
    init(_ money: Money) { self.init(amount: money.amount, currency: money.currency.rawValue) }
}

extension CourseBody {
    init(_ course: Course) {
        self.init(
            timeZone: course.timeZone,
            sessions: course.sessions.map(\.description),
            final: course.isFinal,
            keepDryHours: course.choices.keepDryHours,
            washIntervalDays: course.choices.washIntervalDays,
            restDays: course.choices.restDays
        )
    }
}

extension TotalsBody {
    init(_ totals: Totals) {
        self.init(
            items: MoneyBody(totals.items),
            discount: MoneyBody(totals.discount),
            shipping: MoneyBody(totals.shipping),
            tax: MoneyBody(totals.tax),
            taxIncluded: totals.isTaxIncluded,
            total: MoneyBody(totals.total)
        )
    }
}

extension Store {
    /// A cart as its shopper sees it.
    func body(_ token: LinkToken, _ cart: Cart, _ quote: Quote, _ catalog: Catalog) -> CartBody {
        let choice = cart.choice
        let ordered = CartProblemBody(
            code: "alreadyOrdered",
            pointer: "",
            detail: "An order was placed from this cart."
        )
        return CartBody(
            currency: choice.currency.rawValue,
            country: choice.country?.rawValue,
            region: choice.region,
            shippingMethod: choice.shippingMethod,
            discountCodes: choice.discountCodes,
            ref: choice.reference?.rawValue,
            items: quote.items(of: choice, catalog),
            course: choice.course.map(CourseBody.init),
            totals: TotalsBody(quote.totals),
            deliveryOptions: quote.deliveryOptions,
            problems: (cart.isOrdered ? [ordered] : []) + quote.problemBodies,
            notices: notices(quote),
            id: token.text,
            expiresAt: cart.expiresAt.description
        )
    }

    /// What a choice comes to, without a cart.
    func body(_ choice: Choice, _ quote: Quote, _ catalog: Catalog) -> QuoteBody {
        QuoteBody(
            currency: choice.currency.rawValue,
            country: choice.country?.rawValue,
            region: choice.region,
            shippingMethod: choice.shippingMethod,
            discountCodes: choice.discountCodes,
            ref: choice.reference?.rawValue,
            items: quote.items(of: choice, catalog),
            course: choice.course.map(CourseBody.init),
            totals: TotalsBody(quote.totals),
            deliveryOptions: quote.deliveryOptions,
            problems: quote.problemBodies,
            notices: notices(quote)
        )
    }

    /// What the shopper has to agree to, or may want to know; also that a total can be paid by invoice only.
    private func notices(_ quote: Quote) -> [CartNoticeBody] {
        let obstacle = quote.lines.isEmpty ? nil : payments.providerObstacle(quote.totals.total)
        return quote.notices.map { CartNoticeBody(code: $0.code.rawValue, pointer: $0.pointer, detail: $0.detail) }
            + (obstacle.map {
                [CartNoticeBody(code: "invoiceOnly", pointer: "", detail: "It can be paid by invoice only. \($0)")]
            } ?? [])
    }
}

extension Quote {
    fileprivate func items(of choice: Choice, _ catalog: Catalog) -> [CartItemBody] {
        let lines = Dictionary(uniqueKeysWithValues: lines.map { ($0.product.sku, $0) })
        return choice.items.map { item in
            let line = lines[item.sku]
            return CartItemBody(
                sku: item.sku.rawValue,
                name: line?.product.name ?? catalog.product(item.sku)?.name ?? item.sku.rawValue,
                quantity: item.quantity,
                unitPrice: line.map { MoneyBody($0.unitPrice) },
                total: line.map { MoneyBody($0.total) },
                includes: line?.product.kind == .kit ? line?.parts.map { IncludedBody($0, catalog) } ?? [] : []
            )
        }
    }

    fileprivate var deliveryOptions: [DeliveryOptionBody] {
        deliveries.map { delivery in
            DeliveryOptionBody(
                code: delivery.method.code,
                name: delivery.method.name,
                price: MoneyBody(delivery.price),
                arrives: ArrivalBody(
                    from: delivery.arrives.lowerBound.description,
                    to: delivery.arrives.upperBound.description
                ),
                verdict: delivery.verdict?.rawValue,
                chosen: delivery == self.delivery
            )
        }
    }

    fileprivate var problemBodies: [CartProblemBody] {
        problems.map { CartProblemBody(code: $0.code.rawValue, pointer: $0.pointer, detail: $0.detail) }
    }
}

extension IncludedBody {
    fileprivate init(_ part: Allotment.Part, _ catalog: Catalog) {
        self.init(
            sku: part.sku.rawValue,
            name: catalog.product(part.sku)?.name ?? part.sku.rawValue,
            quantity: part.wanted,
            available: part.allotted
        )
    }
}

extension CustomerBody {
    init(_ customer: Order.Customer) {
        self.init(
            name: customer.name,
            givenName: customer.givenName,
            email: customer.email.rawValue,
            phone: customer.phone
        )
    }
}

extension AddressBody {
    init(_ address: PostalAddress) {
        self.init(
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            region: address.region,
            postalCode: address.postalCode,
            country: address.country.rawValue
        )
    }
}

extension OrderBody {
    init(_ order: Order) {
        self.init(
            number: order.number.description,
            placedAt: order.placedAt.description,
            status: OrderStatus(rawValue: order.status.rawValue),
            payment: PaymentBody(
                status: PaymentStatus(rawValue: order.paymentStatus.rawValue),
                method: order.details.paymentMethod.rawValue
            ),
            fulfilment: FulfilmentBody(
                status: FulfilmentStatus(rawValue: order.fulfilmentStatus.rawValue),
                shipBy: order.shipBy?.description,
                shipments: order.shipments.compactMap { ShipmentBody($0, of: order) }
            ),
            items: order.lines.map { line in
                OrderItemBody(
                    sku: line.sku.rawValue,
                    name: line.name,
                    quantity: line.quantity,
                    unitPrice: MoneyBody(line.unitPrice),
                    total: MoneyBody(line.total),
                    includes: line.kind == .kit
                        ? line.components.map {
                            IncludedBody(
                                sku: $0.sku.rawValue,
                                name: $0.name,
                                quantity: $0.wanted,
                                available: $0.quantity
                            )
                        } : [],
                    open: order.open(line),
                    cancelled: line.cancelledQuantity,
                    returned: line.returnedQuantity,
                    sealed: line.isSealed,
                    lost: line.lostQuantity
                )
            },
            totals: TotalsBody(order.totals),
            customer: CustomerBody(order.details.customer),
            shippingAddress: AddressBody(order.details.shippingAddress),
            billingAddress: order.details.billingAddress.map(AddressBody.init),
            course: order.guide.guide.plan.course.map(CourseBody.init),
            shippingMethod: order.shippingMethod,
            discountCodes: order.discountCodes,
            ref: order.reference?.rawValue,
            accepted: order.details.accepted,
            language: order.details.language,
            reminders: order.details.reminders.map { RemindersBody(hour: $0.hour) },
            comesTo: MoneyBody(order.comesTo),
            adjustments: order.adjustments.map { AdjustmentBody($0, of: order) },
            replacements: ChoiceItemBody.replacements(of: order),
            token: order.token.text,
            page: StorePath.orderPage(order.token),
            guide: GuideLinksBody(
                revision: order.guide.revision,
                page: order.guideToken.map(StorePath.guidePage),
                json: StorePath.guide(order.token),
                calendar: order.calendarToken.map(StorePath.calendar)
            )
        )
    }
}

extension StaffOrderBody {
    init(_ order: Order, timeline: [TimelineEntryBody]) {
        let body = OrderBody(order)
        self.init(
            number: body.number,
            placedAt: body.placedAt,
            status: body.status,
            payment: body.payment,
            fulfilment: body.fulfilment,
            items: body.items,
            totals: body.totals,
            customer: body.customer,
            shippingAddress: body.shippingAddress,
            billingAddress: body.billingAddress,
            course: body.course,
            shippingMethod: body.shippingMethod,
            discountCodes: body.discountCodes,
            ref: body.ref,
            accepted: body.accepted,
            language: body.language,
            reminders: body.reminders,
            comesTo: body.comesTo,
            adjustments: body.adjustments,
            replacements: body.replacements,
            refunded: MoneyBody(Money(order.refunded, order.totals.total.currency)),
            hold: order.hold.map(HoldBody.init),
            mailUndeliverable: order.isMailUndeliverable,
            parcels: order.shipments.map(ParcelBody.init),
            timeline: timeline
        )
    }
}

extension ShipmentBody {
    /// A parcel that has left, as it was sold; nil for one that has not.
    init?(_ shipment: Order.Shipment, of order: Order) {
        guard let shippedAt = shipment.shippedAt, let carrier = shipment.carrier, let number = shipment.trackingNumber
        else { return nil }
        self.init(
            id: "\(shipment.ordinal)",
            carrier: carrier.code,
            trackingNumber: number,
            trackingUrl: carrier.page(for: number),
            shippedAt: shippedAt.description,
            items: order.soldItems(of: shipment).map { ChoiceItemBody(sku: $0.sku.rawValue, quantity: $0.quantity) }
        )
    }
}

extension PaymentStartBody {
    init(_ order: Order, _ action: Payments.Action?) {
        self.init(
            status: PaymentStatus(rawValue: order.paymentStatus.rawValue),
            action: action.map { action in
                switch action {
                case .redirect(let url): PaymentActionBody(type: "redirect", url: url)
                }
            }
        )
    }
}

extension DocumentBody {
    init(_ issued: IssuedDocument, of order: Order) {
        self.init(issued, page: StorePath.document(order.token, issued.number))
    }

    /// - Parameter page: where it can be looked at.
    init(_ issued: IssuedDocument, page: String) {
        self.init(
            kind: issued.document.kind.rawValue,
            number: issued.number,
            issuedAt: issued.issuedAt.description,
            total: MoneyBody(amount: issued.document.total, currency: issued.document.currency),
            page: page,
            pdf: page + ".pdf"
        )
    }
}

extension PlanBody {
    init(_ plan: Plan) {
        let isDated = plan.status != .undated
        self.init(
            regimen: plan.regimen,
            status: plan.status.rawValue,
            timeZone: isDated ? plan.course?.timeZone : nil,
            sessions: plan.course?.sessions.map(\.description) ?? [],
            final: isDated ? plan.course?.isFinal : nil,
            keepDryHours: plan.choices.keepDryHours,
            washIntervalDays: plan.choices.washIntervalDays,
            restDays: plan.choices.restDays,
            days: plan.days.map { day in
                PlanDayBody(
                    date: day.date?.description,
                    session: day.session,
                    day: day.day,
                    phase: day.phase.rawValue,
                    actions: day.actions.map(\.rawValue),
                    cautions: day.cautions.map(\.rawValue)
                )
            },
            milestones: plan.milestones.map { milestone in
                MilestoneBody(
                    code: milestone.code.rawValue,
                    session: milestone.session,
                    from: milestone.dates?.from.description,
                    to: milestone.dates?.to?.description,
                    fromDay: isDated ? nil : milestone.days.from,
                    toDay: isDated ? nil : milestone.days.to
                )
            }
        )
    }
}

extension GuideProductBody {
    init(_ product: Guide.Product) {
        self.init(sku: product.sku.rawValue, name: product.name, inOrder: product.isInOrder)
    }
}

extension GuideBody {
    /// - Parameter hasWords: whether its sentences go with it.
    init(_ order: Order, hasWords: Bool) throws {
        let words = try hasWords ? order.guide.document() : nil
        self.init(
            orderNumber: order.number.description,
            revision: order.guide.revision,
            issuedAt: order.guide.issuedAt.description,
            language: order.details.language,
            contentVersion: order.guide.contentVersion,
            plan: PlanBody(order.guide.guide.plan),
            products: order.guide.guide.products.map(GuideProductBody.init),
            words: words.map { content, document in
                GuideWordsBody(document, order.guide.guide.plan, content: content, cover: order.cover)
            }
        )
    }
}

/// The paths that answers name.
enum StorePath {
    static func cart(_ token: LinkToken) -> String { "/v1/carts/\(token.text)" }
    static func order(_ token: LinkToken) -> String { "/v1/orders/\(token.text)" }
    static func guide(_ token: LinkToken) -> String { "/v1/orders/\(token.text)/guide" }
    static func orderPage(_ token: LinkToken) -> String { "/o/\(token.text)" }
    static func document(_ token: LinkToken, _ number: String) -> String { "/o/\(token.text)/documents/\(number)" }
    static func staffDocument(_ number: String) -> String { "/v1/staff/documents/\(number)" }
    static func guidePage(_ token: LinkToken) -> String { "/g/\(token.text)" }
    static func calendar(_ token: LinkToken) -> String { "/c/\(token.text).ics" }
    static func calendarPage(_ token: LinkToken) -> String { "/c/\(token.text)" }
    static func unsubscription(_ token: LinkToken) -> String { "/r/\(token.text)" }
    static func endOfOffers(_ token: LinkToken) -> String { "/r/\(token.text)/offers" }
    static func product(_ sku: SKU) -> String { "/products/\(sku)" }
}
