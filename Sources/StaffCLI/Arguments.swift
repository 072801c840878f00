import ArgumentParser
import Commerce

/// An order's number as it was typed, in capital letters. Whether it is one is for the store to say.
struct OrderArgument: ExpressibleByArgument, Sendable, Hashable {
    let text: String

    init?(argument: String) {
        text = argument.uppercased()
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else { return nil }
    }

    /// Whether it means an order: a number is taken in any case, without its dashes and its DM.
    func names(_ number: String) -> Bool {
        func plain(_ text: String) -> Substring {
            let text = text.uppercased().filter { $0.isLetter || $0.isNumber }
            return text.hasPrefix("DM") ? text.dropFirst(2) : text[...]
        }
        return plain(text) == plain(number)
    }

    static var defaultCompletionKind: CompletionKind {
        .custom { _, _, prefix in await OpenOrderNumbers.starting(with: prefix) }
    }
}

/// A component's code as it was typed, in capital letters.
struct ComponentArgument: ExpressibleByArgument, Sendable, Hashable {
    let text: String

    init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        text = argument.uppercased()
    }
}

/// A day as it is typed.
struct DayArgument: ExpressibleByArgument, Sendable, Hashable {
    let text: String

    init?(argument: String) {
        guard let date = CalendarDate(argument) else { return nil }
        text = date.description
    }
}

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
