public import Commerce

extension Plan {
    /// The next day on which the plan uses some of the products, that day included; nil where it uses none of them any more,
    /// or has no dates.
    /// - Parameter today: the client's own date.
    public func nextUse(of skus: Set<SKU>, from today: CalendarDate) -> CalendarDate? {
        let uses = (Regimen.named(regimen) ?? .current).products.filter { skus.contains($0.sku) }.map(\.use)
        let days = days.filter { day in
            day.actions.contains { action in
                switch action {
                case .wash: uses.contains(.wash)
                case .ointment: uses.contains(.ointment)
                case .lotion: uses.contains(.lotion)
                }
            }
        }.compactMap(\.date)
        let shine =
            uses.contains(.zeroShine) ? milestones.filter { $0.code == .zeroShine }.compactMap(\.dates?.from) : []
        return (days + shine).filter { $0 >= today }.min()
    }
}
