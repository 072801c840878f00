import StoreAPI

/// Postal addresses as lines.
enum Address {
    static func lines(_ address: AddressBody) -> [String] {
        let town = [address.city, address.region, address.postalCode].compactMap { $0 }.filter { !$0.isEmpty }
        return [address.line1, address.line2 ?? "", town.joined(separator: " "), address.country]
            .filter { !$0.isEmpty }
    }
}
