import ArgumentParser

/// A product and how many of it, as it is typed: `DM-KIT` or `DM-KIT=2`.
struct ItemArgument: ExpressibleByArgument, Sendable, Hashable {
    let sku: String
    let quantity: Int

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard let sku = parts.first, !sku.isEmpty, parts.count <= 2,
            let quantity = parts.count == 2 ? Int(parts[1]) : 1, quantity > 0
        else { return nil }
        self.sku = sku.uppercased()
        self.quantity = quantity
    }
}
