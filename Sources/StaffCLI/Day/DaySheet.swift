import StoreAPI

/// A day for the eye.
enum DaySheet {
    static func show(_ day: DayCloseBody, on console: Console) throws {
        let state = day.closedBy.map { "closed by \($0) at \(console.time(day.closedAt ?? ""))" } ?? "open"
        let parcels = "\(counted(day.parcels, "parcel")) of \(counted(day.shipped.count, "order"))"
        try console.say("\(day.date): \(state). \(parcels) went out.", .strong)
        guard !day.left.isEmpty else { return try console.say("Nothing that was due stayed behind.", .good) }
        var table = Table([.init("STAYED", isWhole: true), .init("WHY", canShrink: true)])
        for order in day.left { table.add([Table.Cell(order.number, .caution), Table.Cell(order.why ?? "")]) }
        try console.show(table)
    }

    /// The day that is meant: the one that was named, or today where the shop is.
    static func date(_ day: DayArgument?, _ store: StoreClient) async throws -> String {
        if let day { return day.text }
        let queue: QueueBody = try await store.send(.get(.staff("today").with("limit", "1"))).decode()
        return queue.date
    }
}
