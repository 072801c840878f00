import Commerce
import StoreAPI

/// A made-up order. The same number makes the same order, so that two fills are alike.
struct DemoOrder: Sendable {
    let number: Int
    let cart: ChoiceBody
    let customer: CheckoutCustomerBody
    let address: CheckoutAddressBody
    /// Whether its money has come: nine out of ten.
    var isPaid: Bool { number % 10 != 0 }

    /// - Parameters:
    ///   - number: 1, 2, …
    ///   - products: what the shop sells.
    ///   - today: the sessions lie from the day before it to 30 days after it.
    init(number: Int, products: [ProductBody], today: CalendarDate) {
        self.number = number
        let kits = products.filter { $0.kind == .kit }
        let refills = products.filter { $0.kind == .product }
        var items: [ChoiceItemBody] = []
        if let kit = kits.isEmpty ? nil : kits[number % kits.count], number % 4 != 3 || refills.isEmpty {
            items.append(ChoiceItemBody(sku: kit.sku, quantity: number % 9 == 0 ? min(2, kit.maxPerOrder) : 1))
        }
        if !refills.isEmpty, number % 4 >= 2 || items.isEmpty {
            let refill = refills[number % refills.count]
            items.append(ChoiceItemBody(sku: refill.sku, quantity: min(1 + number % 3, refill.maxPerOrder)))
        }
        // 11 and 32 share no divisor: 32 orders in a row have their sessions on 32 different days.
        let first = today - 1 + (number * 11) % 32
        let hasSecond = number % 3 == 0 && first + 11 <= today + 30
        cart = ChoiceBody(
            currency: products.first?.price.currency,
            country: "GB",
            items: items,
            course: CourseRequestBody(
                timeZone: "Europe/London",
                sessions: [first.description] + (hasSecond ? [(first + 11).description] : []),
                final: hasSecond || number % 3 == 1
            )
        )
        customer = CheckoutCustomerBody(name: "Demo Client \(number)", email: "demo\(number)@example.com")
        address = CheckoutAddressBody(
            line1: "\(number) Demo Street",
            city: "London",
            postalCode: "N1 1AA",
            country: "GB"
        )
    }
}
