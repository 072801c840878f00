public import Commerce

/// A usage guide: a plan, and the products it is carried out with.
public struct Guide: Sendable {
    /// A product that the plan uses.
    public struct Product: Hashable, Sendable {
        public let sku: SKU
        /// The name under which it was sold, or is sold today where it is not in the order.
        public let name: String
        /// Whether this order holds it; otherwise the client uses what they already have.
        public let isInOrder: Bool

        /// A product of a guide.
        public init(sku: SKU, name: String, isInOrder: Bool) {
            self.sku = sku
            self.name = name
            self.isInOrder = isInOrder
        }
    }

    public let plan: Plan
    /// In the order of the regimen.
    public let products: [Product]

    /// A guide from its parts.
    public init(plan: Plan, products: [Product]) {
        self.plan = plan
        self.products = products
    }

    /// The same without dates: what holds after each session.
    public var undated: Guide {
        let course = plan.course.map {
            Course(timeZone: $0.timeZone, sessions: [], isFinal: $0.isFinal, choices: $0.choices)
        }
        return Guide(plan: Plan(course, regimen: Regimen.named(plan.regimen) ?? .current), products: products)
    }

    /// The product that something is done with, if it is one that the shop has.
    public func product(for use: Regimen.Use) -> Product? {
        guard let sku = Regimen.named(plan.regimen)?.products.first(where: { $0.use == use })?.sku else { return nil }
        return products.first { $0.sku == sku }
    }
}

extension Guide.Product {
    /// The regimen's products that the shop knows, each marked with whether the order holds it.
    ///
    /// - Parameters:
    ///   - bought: what the order holds, the contents of its kits included.
    ///   - name: a product's name, nil for one that the shop does not have.
    public static func list(
        _ regimen: Regimen,
        bought: Set<SKU>,
        name: (SKU) -> String?
    ) -> [Guide.Product] {
        regimen.products.compactMap { product in
            name(product.sku).map {
                Guide.Product(sku: product.sku, name: $0, isInOrder: bought.contains(product.sku))
            }
        }
    }
}
