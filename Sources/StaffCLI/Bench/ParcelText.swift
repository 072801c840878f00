import StoreAPI

/// A parcel on one line: what is in it, and where it is.
enum ParcelText {
    static func of(_ parcel: ParcelBody) -> String {
        let items = parcel.items.map { "\($0.quantity) \($0.sku)\($0.lot.map { " (lot \($0))" } ?? "")" }
        let way =
            parcel.shippedAt.map { at in
                [parcel.carrier, parcel.trackingNumber, at, parcel.trackingUrl].compactMap { $0 }
                    .joined(separator: " ")
            } ?? "waits to be sent"
        return "Parcel \(parcel.id): \(items.joined(separator: ", ")); \(way)"
    }
}
