package import Catalog
package import Commerce
import UsageGuide

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
    }

    /// The sums, all in the choice's currency.
    package struct Totals: Sendable, Equatable {
        package let items: Money
        package let discount: Money
        package let shipping: Money
        package let tax: Money
        /// Whether the prices include the tax; then it is not added.
        package let isTaxIncluded: Bool
        package let total: Money

        package init(items: Money, discount: Money, shipping: Money, tax: Money, isTaxIncluded: Bool, total: Money) {
            self.items = items
            self.discount = discount
            self.shipping = shipping
            self.tax = tax
            self.isTaxIncluded = isTaxIncluded
            self.total = total
        }
    }

    /// What stops an order now.
    package struct Problem: Sendable, Equatable {
        package enum Code: String, Sendable {
            case empty
            case notSold
            case tooMany
            case outOfStock
        }

        package let code: Code
        /// Where in the cart, as a JSON Pointer.
        package let pointer: String
        package let detail: String
    }

    /// What the shopper has to agree to, or may want to know.
    package struct Notice: Sendable, Equatable {
        package enum Code: String, Sendable {
            /// A kit goes without its sample. Needs a yes.
            case sampleMissing
            /// The course needs more units than are chosen.
            case needsMoreUnits
        }

        package let code: Code
        package let pointer: String
        package let detail: String

        /// Whether an order needs the shopper's yes to it.
        package var needsConsent: Bool { code == .sampleMissing }
    }

    package let lines: [Line]
    package let totals: Totals
    package let problems: [Problem]
    package let notices: [Notice]
    package let allotment: Allotment

    /// The quote for a choice.
    /// - Parameter today: the date in the course's time zone; nil without a course.
    package init(_ choice: Choice, catalog: Catalog, stock: StockLevels, today: CalendarDate?) {
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
        self.problems = problems
        self.lines = zip(lines, allotment.parts).map { line, parts in
            Line(
                product: line.product,
                quantity: line.quantity,
                unitPrice: line.price,
                total: Money(line.price.amount * Int64(line.quantity), line.price.currency),
                parts: parts
            )
        }
        totals = Totals(items: self.lines.map(\.total.amount).reduce(0, +), currency: choice.currency)
        notices =
            Self.missingSamples(allotment, lines: lines.map { ($0.position, $0.product) })
            + Self.cover(self.lines, course: choice.course, catalog: catalog, today: today)
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

extension Quote.Totals {
    /// Sums without discount, shipping and tax: prices are what is paid.
    init(items: Int64, currency: Currency) {
        self.items = Money(items, currency)
        discount = Money(0, currency)
        shipping = Money(0, currency)
        tax = Money(0, currency)
        isTaxIncluded = true
        total = Money(items, currency)
    }
}
