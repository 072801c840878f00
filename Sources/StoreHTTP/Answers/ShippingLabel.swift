import Catalog
import Commerce
import Orders

/// Where a parcel goes, as a carrier's upload tool reads it.
struct ShippingLabel {
    /// The names of `fields`.
    static let head = [
        "order", "parcel", "name", "line1", "line2", "city", "region", "postalCode", "country", "email", "phone",
        "shippingMethod", "weightGrams",
    ]

    let fields: [String]

    /// A label for each parcel that waits; one for the order where none does.
    static func labels(of order: Order, _ catalog: Catalog) -> [ShippingLabel] {
        let parcels = order.waitingShipments.map { parcel in
            (name: "\(parcel.ordinal)", items: parcel.items.map { (sku: $0.sku, quantity: $0.quantity) })
        }
        let whole = (name: "", items: order.openComponents.map { (sku: $0.part.sku, quantity: $0.left) })
        return (parcels.isEmpty ? [whole] : parcels).map { parcel in
            let weights = parcel.items.map { item in
                catalog.product(item.sku).flatMap(\.weightGrams).map { $0 * item.quantity }
            }
            // The weight of a part is none of the whole.
            let weight = weights.contains(nil) ? nil : weights.reduce(0) { $0 + ($1 ?? 0) }
            let (customer, address) = (order.details.customer, order.details.shippingAddress)
            // A plus at the beginning would be taken for a formula; two zeros say the same.
            let phone = customer.phone.map { $0.hasPrefix("+") ? "00" + $0.dropFirst() : $0 }
            return ShippingLabel(
                fields: [
                    order.number.description, parcel.name, customer.name, address.line1, address.line2 ?? "",
                    address.city, address.region ?? "", address.postalCode, address.country.rawValue,
                    customer.email.rawValue, phone ?? "", order.shippingMethod ?? "", weight.map { "\($0)" } ?? "",
                ]
            )
        }
    }
}
