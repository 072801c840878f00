package import Catalog
package import Commerce
package import UsageGuide

/// A choice held against the catalog and the stock of this moment: what it costs, what stops it, what the shopper
/// should know. The same rules decide whether the order can be placed.
package struct Quote: Sendable, Equatable {
    /// A line with its price.
    package struct Line: Sendable, Equatable {
        package let product: Product
        package let quantity: Int
        package let unitPrice: Money
        package let total: Money
        /// What goes into the box for it.
        package let parts: [Allotment.Part]
        /// Its share of the order's discount, and the tax in or on what remains.
        package let shares: LineTotals
    }

    /// The moment that a quote is for, where the client is and where the shop is.
    package struct Moment: Sendable {
        /// The date in the course's time zone; nil without a course.
        package let clientToday: CalendarDate?
        package let shopToday: CalendarDate
        /// Minutes of the shop's day that have passed.
        package let shopMinutes: Int

        package init(clientToday: CalendarDate?, shopToday: CalendarDate, shopMinutes: Int) {
            self.clientToday = clientToday
            self.shopToday = shopToday
            self.shopMinutes = shopMinutes
        }
    }

    /// A way to the customer, with what it costs and when it arrives.
    package struct Delivery: Sendable, Equatable {
        /// Whether it comes before the first session that is still ahead.
        package enum Verdict: String, Sendable {
            case inTime
            /// It may come in time.
            case tight
            case late
        }

        package let method: ShippingMethod
        package let price: Money
        package let arrives: ClosedRange<CalendarDate>
        /// Nil where no session is ahead.
        package let verdict: Verdict?
        /// The latest day to send it.
        package let shipBy: CalendarDate
    }

    /// What stops an order now.
    package struct Problem: Sendable, Equatable {
        package enum Code: String, Sendable {
            case empty
            case notSold
            case tooMany
            case outOfStock
            /// The method does not exist, or does not go there.
            case notShippable
            /// The code does not exist, is not valid today, or not for these goods.
            case codeNotValid
            case codeUsedUp
            /// The tax differs by region there, and none is named.
            case regionMissing
            /// The tax differs by region there, and the name says not which it is.
            case regionUnknown
        }

        package let code: Code
        /// Where in the cart, as a JSON Pointer.
        package let pointer: String
        package let detail: String

        /// The same at another place.
        package func at(_ pointer: String) -> Problem { Problem(code: code, pointer: pointer, detail: detail) }
    }

    /// What the shopper has to agree to, or may want to know.
    package struct Notice: Sendable, Equatable {
        package enum Code: String, Sendable {
            /// A kit goes without its sample. Needs a yes.
            case sampleMissing
            /// The chosen delivery comes after the next session. Needs a yes.
            case late
            /// The course needs more units than are chosen.
            case needsMoreUnits
        }

        package let code: Code
        package let pointer: String
        package let detail: String

        /// Whether an order needs the shopper's yes to it.
        package var needsConsent: Bool { code == .sampleMissing || code == .late }
    }

    package let lines: [Line]
    package let totals: Totals
    package let problems: [Problem]
    package let notices: [Notice]
    package let allotment: Allotment
    /// Every way to the customer, in the shop's order.
    package let deliveries: [Delivery]
    /// The one that is chosen, or else the first; nil where there is none.
    package let delivery: Delivery?
    package let shippingTax: Int64
    package let shippingTaxBasisPoints: Int64

    /// The quote for a choice.
    /// - Parameter redemptions: how often each code has been used.
    package init(
        _ choice: Choice,
        catalog: Catalog,
        stock: StockLevels,
        moment: Moment,
        redemptions: [String: Int] = [:]
    ) {
        var lines: [(position: Int, product: Product, quantity: Int, price: Money)] = []
        var problems: [Problem] = []
        for (position, item) in choice.items.enumerated() {
            guard let product = catalog.product(item.sku), let price = catalog.price(of: item.sku, in: choice.currency)
            else {
                problems.append(
                    Problem(
                        code: .notSold,
                        pointer: "/items/\(position)",
                        detail: "\(item.sku) is not sold in \(choice.currency.rawValue) any more; take it out."
                    )
                )
                continue
            }
            if item.quantity > product.quantityMax {
                problems.append(
                    Problem(
                        code: .tooMany,
                        pointer: "/items/\(position)/quantity",
                        detail: "One order has at most \(product.quantityMax) of \(item.sku)."
                    )
                )
            }
            lines.append((position, product, item.quantity, price))
        }
        if choice.items.isEmpty {
            problems.append(Problem(code: .empty, pointer: "/items", detail: "The cart is empty; put a product in."))
        }

        let allotment = Allotment(lines.map { ($0.product, $0.quantity) }, stock: stock)
        for shortage in allotment.shortages {
            for index in shortage.lines {
                problems.append(
                    Problem(
                        code: .outOfStock,
                        pointer: "/items/\(lines[index].position)",
                        detail: Self.shortageDetail(shortage, line: lines[index].product)
                    )
                )
            }
        }
        self.allotment = allotment

        let terms = catalog.terms
        let goods = Money(lines.reduce(Int64(0)) { $0 + $1.price.amount * Int64($1.quantity) }, choice.currency)
        let discount = Self.discount(choice, goods, terms, moment, redemptions, &problems)
        let weight = lines.reduce(0) { $0 + catalog.weight(of: $1.product) * $1.quantity }
        let deliveries = terms.shipping.compactMap { method -> Delivery? in
            method.price(
                country: choice.country,
                currency: choice.currency,
                weightGrams: weight,
                value: goods.amount - discount
            ).map { Self.delivery(method, Money($0, choice.currency), choice.course, moment) }
        }
        let delivery =
            choice.shippingMethod.map { code in deliveries.first { $0.method.code == code } } ?? deliveries.first
        // Until it is known where it goes, nothing is wrong with how.
        if delivery == nil, choice.country != nil, choice.shippingMethod != nil || !terms.shipping.isEmpty {
            problems.append(
                Problem(
                    code: .notShippable,
                    pointer: choice.shippingMethod == nil ? "/country" : "/shippingMethod",
                    detail: deliveries.isEmpty
                        ? "No shipping method delivers this cart to that address; ask the shop."
                        : "This shipping method does not deliver there; there is \(deliveries.map(\.method.code).joined(separator: ", "))."
                )
            )
        }
        switch terms.regionError(country: choice.country, region: choice.region) {
        case nil: break
        case .missing(let known):
            problems.append(
                Problem(
                    code: .regionMissing,
                    pointer: "/region",
                    detail: "The tax differs by region there: name the region, such as \(Self.some(known))."
                )
            )
        case .unknown(let known):
            problems.append(
                Problem(
                    code: .regionUnknown,
                    pointer: "/region",
                    detail: "The tax differs by region there: name it as the shop does, such as \(Self.some(known))."
                )
            )
        }
        func rate(_ taxClass: String) -> Int64 {
            terms.taxBasisPoints(taxClass, country: choice.country, region: choice.region, on: moment.shopToday)
        }
        shippingTaxBasisPoints = rate("standard")
        let sums = Totals.sum(
            lines: lines.map { ($0.price.amount * Int64($0.quantity), rate($0.product.taxClass)) },
            discount: discount,
            shipping: (delivery?.price.amount ?? 0, shippingTaxBasisPoints),
            isTaxIncluded: terms.isTaxIncluded(in: choice.country),
            currency: choice.currency
        )
        self.deliveries = deliveries
        self.delivery = delivery
        totals = sums.totals
        shippingTax = sums.shippingTax
        self.lines = zip(zip(lines, allotment.parts), sums.lines).map { pair, shares in
            Line(
                product: pair.0.product,
                quantity: pair.0.quantity,
                unitPrice: pair.0.price,
                total: Money(shares.items, choice.currency),
                parts: pair.1,
                shares: shares
            )
        }
        self.problems = problems
        notices =
            Self.missingSamples(allotment, lines: lines.map { ($0.position, $0.product) })
            + Self.lateness(delivery)
            + Self.cover(self.lines, course: choice.course, catalog: catalog, today: moment.clientToday)
    }

    /// The first few of a list, for a sentence.
    private static func some(_ names: [String]) -> String { names.prefix(3).joined(separator: ", ") }

    /// What all codes together take off, and what is wrong with any of them.
    private static func discount(
        _ choice: Choice,
        _ goods: Money,
        _ terms: Terms,
        _ moment: Moment,
        _ redemptions: [String: Int],
        _ problems: inout [Problem]
    ) -> Int64 {
        var discount: Int64 = 0
        for (position, code) in choice.discountCodes.enumerated() {
            let found = terms.discount(code)
            guard let found, found.holds(on: moment.shopToday), let reduction = found.reduction(of: goods) else {
                problems.append(
                    Problem(
                        code: .codeNotValid,
                        pointer: "/discountCodes/\(position)",
                        detail: found == nil
                            ? "There is no code \(code)."
                            : "The code \(code) is not valid today, or not for this cart."
                    )
                )
                continue
            }
            if let limit = found.limit, redemptions[code, default: 0] >= limit {
                problems.append(
                    Problem(
                        code: .codeUsedUp,
                        pointer: "/discountCodes/\(position)",
                        detail: "The code \(code) has been used up; take it out."
                    )
                )
                continue
            }
            discount += reduction
        }
        return min(discount, goods.amount)
    }

    private static func delivery(
        _ method: ShippingMethod,
        _ price: Money,
        _ course: Course?,
        _ moment: Moment
    ) -> Delivery {
        let arrives = method.arrival(orderedOn: moment.shopToday, at: moment.shopMinutes)
        let verdict = need(course, moment).map { need -> Delivery.Verdict in
            arrives.upperBound <= need ? .inTime : arrives.lowerBound <= need ? .tight : .late
        }
        return Delivery(
            method: method,
            price: price,
            arrives: arrives,
            verdict: verdict,
            shipBy: shipBy(method, course, moment)
        )
    }

    /// The latest day to send something and be there for the first session that is not past; without one, the next
    /// working day.
    package static func shipBy(_ method: ShippingMethod, _ course: Course?, _ moment: Moment) -> CalendarDate {
        need(course, moment).map(method.shipBy(toArriveBy:)) ?? method.workingDay(from: moment.shopToday + 1)
    }

    /// The first session that is not past; today counts.
    private static func need(_ course: Course?, _ moment: Moment) -> CalendarDate? {
        moment.clientToday.flatMap { today in course?.sessions.first { $0 >= today } }
    }

    private static func lateness(_ delivery: Delivery?) -> [Notice] {
        guard let delivery, delivery.verdict == .late else { return [] }
        return [
            Notice(
                code: .late,
                pointer: "/shippingMethod",
                detail:
                    "\(delivery.method.name) arrives on \(delivery.arrives.lowerBound) at the earliest, after the next session."
            )
        ]
    }

    private static func shortageDetail(_ shortage: Allotment.Shortage, line: Product) -> String {
        // How many there are is told only where it is fewer than one order may have.
        let left = min(shortage.available, line.quantityMax)
        let cause = shortage.sku == line.sku ? "" : " (for \(line.sku))"
        return left == 0
            ? "\(shortage.sku) is out of stock\(cause)."
            : "This cart needs \(shortage.wanted) of \(shortage.sku)\(cause), and \(left) can be sold."
    }

    private static func missingSamples(
        _ allotment: Allotment,
        lines: [(position: Int, product: Product)]
    ) -> [Notice] {
        zip(lines, allotment.parts).flatMap { line, parts in
            parts.filter { $0.allotted < $0.wanted && !$0.isRequired }.map { part in
                Notice(
                    code: .sampleMissing,
                    pointer: "/items/\(line.position)",
                    detail: part.allotted == 0
                        ? "\(part.sku) has run out: \(line.product.name) comes without it."
                        : "Only \(part.allotted) of \(part.wanted) \(part.sku) are left: the other boxes come without it."
                )
            }
        }
    }

    /// Where it is known how often a unit can be used: whether what is chosen lasts for the course. A product that is
    /// not chosen at all is taken to be at home already.
    private static func cover(
        _ lines: [Line],
        course: Course?,
        catalog: Catalog,
        today: CalendarDate?
    ) -> [Notice] {
        guard let course else { return [] }
        let plan = Plan(course)
        return Regimen.current.products.compactMap { product in
            guard let perUnit = catalog.product(product.sku)?.applicationsPerUnit else { return nil }
            let units = lines.flatMap(\.parts).filter { $0.sku == product.sku }.map(\.allotted).reduce(0, +)
            let needed = plan.applications(of: product.use, from: today)
            guard units > 0, needed > units * perUnit else { return nil }
            return Notice(
                code: .needsMoreUnits,
                pointer: "/course",
                detail: """
                    This course uses \(product.sku) \(needed) times, and \(units) \(units == 1 ? "lasts" : "last") for \
                    \(units * perUnit): it takes \((needed + perUnit - 1) / perUnit).
                    """
            )
        }
    }
}
