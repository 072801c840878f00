public import Commerce

/// The aftercare's numbers, under a name that an order keeps for good. A released regimen is never edited: new numbers
/// get a new name.
///
/// Days count from a session: day 0 is the session's own day. All spans include both ends.
public struct Regimen: Sendable {
    /// The name that orders and guides carry.
    public let name: String
    /// What holds where the artist chose nothing.
    public let defaults: ArtistChoices
    /// The skin heals: ointment daily, no direct sun, gentle washes every other day once it may be wet.
    let healing: ClosedRange<Int>
    let healingWashIntervalDays: Int
    /// No picking or scratching.
    let handsOff: ClosedRange<Int>
    /// Lotion, counted from the final session; its last day is the plan's last day.
    let lotion: ClosedRange<Int>
    /// How far the plan goes while the final session is not known.
    let openLastDay: Int
    let scabsGone: ClosedRange<Int>
    /// Most normal activity, counted from the final session.
    let activityFrom: Int
    /// The mattifier, counted from the final session: only on healed skin.
    let zeroShineFrom: Int
    /// The result emerges, counted from the final session.
    let fullResult: ClosedRange<Int>
    /// What is told so that nobody worries without cause; light exercise is fine after the days of rest.
    let swelling: ClosedRange<Int>
    let redness: ClosedRange<Int>
    let scabs: ClosedRange<Int>
    let lightExerciseLastDay: Int
    /// What each use is done with.
    public let products: [Product]

    /// A product of the regimen and what it is used for.
    public struct Product: Sendable {
        public let sku: SKU
        public let use: Use
    }

    /// What a product is used for.
    public enum Use: Sendable, CaseIterable {
        case ointment
        case wash
        case lotion
        case zeroShine
    }

    /// The regimen of new orders.
    public static let current = dm2026v1

    /// A released regimen by its name.
    public static func named(_ name: String) -> Regimen? { released.first { $0.name == name } }

    /// Every regimen that an order may have been made with.
    public static let released = [dm2026v1]

    private static let dm2026v1 = Regimen(
        name: "dm-2026-1",
        defaults: ArtistChoices(keepDryHours: 48, washIntervalDays: 3, restDays: 4),
        healing: 0...6,
        healingWashIntervalDays: 2,
        handsOff: 0...13,
        lotion: 7...36,
        openLastDay: 13,
        scabsGone: 10...14,
        activityFrom: 14,
        zeroShineFrom: 14,
        fullResult: 42...56,
        swelling: 0...3,
        redness: 0...14,
        scabs: 1...13,
        lightExerciseLastDay: 13,
        products: [
            ("RESTORE-OINTMENT", .ointment), ("CLEANSE-SHAMPOO", .wash), ("RESTORE-LOTION", .lotion),
            ("ZERO-SHINE-SAMPLE", .zeroShine),
        ].compactMap { code, use in SKU(rawValue: code).map { Product(sku: $0, use: use) } }
    )

    /// The last day without water on the head.
    func dryLastDay(_ choices: ArtistChoices) -> Int { choices.keepDryHours / 24 - 1 }

    func cautions(on day: Int, _ choices: ArtistChoices) -> [Plan.Caution] {
        var cautions: [Plan.Caution] = []
        if day <= dryLastDay(choices) { cautions.append(.dry) }
        if day < choices.restDays { cautions.append(.rest) }
        if healing.contains(day) { cautions.append(.sun) }
        if handsOff.contains(day) { cautions.append(.pick) }
        return cautions
    }

    func information(on day: Int, _ choices: ArtistChoices) -> [Plan.Information] {
        var information: [Plan.Information] = []
        if swelling.contains(day) { information.append(.swelling) }
        if redness.contains(day) { information.append(.redness) }
        if scabs.contains(day) { information.append(.scabs) }
        if day >= choices.restDays, day <= lightExerciseLastDay { information.append(.exercise) }
        return information
    }

    /// Whether a day is a day to wash.
    /// - Parameter lastWash: the day of the last wash after the same session, if there was one.
    func isWashDay(_ day: Int, lastWash: Int?, _ choices: ArtistChoices) -> Bool {
        guard let lastWash else { return day > dryLastDay(choices) }
        return day - lastWash == (healing.contains(day) ? healingWashIntervalDays : choices.washIntervalDays)
    }
}
