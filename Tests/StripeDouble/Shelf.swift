/// An object of the API that is kept and listed.
protocol Record: Encodable, Sendable {
    var id: String { get }
    var created: Int64 { get }
}

/// Records in the order in which they were made, found by their ids.
struct Shelf<Element: Record>: Sendable {
    private(set) var all: [Element] = []
    private var positions: [String: Int] = [:]

    subscript(id: String) -> Element? { positions[id].map { all[$0] } }

    mutating func append(_ record: Element) {
        positions[record.id] = all.count
        all.append(record)
    }

    /// Puts a record in the place of the one with its id.
    mutating func replace(_ record: Element) {
        if let position = positions[record.id] { all[position] = record }
    }

    /// A page of the list, newest first.
    /// - Parameter kind: what the records are, for messages.
    func page(_ form: Form, _ kind: String, where belongs: (Element) -> Bool = { _ in true }) throws -> Page<Element> {
        let limit = try form.integer("limit", in: 1...100) ?? 10
        let earliest = try form.integer("created", "gte", in: 0 ... .max) ?? .min
        var records = all.reversed().filter(belongs)
        if let last = form["starting_after"] {
            guard let position = records.firstIndex(where: { $0.id == last }) else {
                throw StripeDouble.Refusal.unknown(kind, last, parameter: "starting_after")
            }
            records.removeFirst(position + 1)
        }
        records.removeAll { $0.created < earliest }
        return Page(data: Array(records.prefix(Int(limit))), hasMore: records.count > limit)
    }
}

/// A part of a list.
struct Page<Element: Record>: Encodable, Sendable {
    let object = "list"
    let data: [Element]
    let hasMore: Bool

    private enum CodingKeys: String, CodingKey {
        case object
        case data
        case hasMore = "has_more"
    }
}
