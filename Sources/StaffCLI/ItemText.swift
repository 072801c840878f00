import StoreAPI

/// Products and their quantities on one line: `2 DM-KIT, 1 RESTORE-LOTION`.
enum ItemText {
    static func of(_ items: [ChoiceItemBody]) -> String {
        items.map { "\($0.quantity) \($0.sku)" }.joined(separator: ", ")
    }
}
