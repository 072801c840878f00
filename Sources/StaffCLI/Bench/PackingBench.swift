import Commerce
import StoreAPI

/// What lies on the bench while an order is packed: a line comes in, an answer goes out. It knows no network and no
/// terminal.
struct PackingBench: Sendable, Hashable {
    /// What there is to say about a line.
    enum Message: Sendable, Hashable {
        /// It went into the box; so many of it are still missing.
        case added(name: String, quantity: Int, left: Int)
        /// The line says nothing that is understood.
        case unreadable
        /// No such code is on the list.
        case unknown(code: String)
        /// The box needs only so many more.
        case tooMany(name: String, left: Int)
        /// The lot is to be typed next.
        case lotWanted(name: String)
        /// The code of something on the list came where its lot was wanted.
        case notALot(code: String)
        /// An empty line, which means nothing.
        case nothing
        /// What was typed for the lot is none, so the component is still missing.
        case lotForgotten(name: String)
        /// It goes without.
        case left(name: String)
        /// It must not go without.
        case required(name: String)
        /// The last piece is out of the box again.
        case takenOut(name: String, quantity: Int)
        /// The box is empty.
        case nothingToTakeOut
        /// It is not complete yet.
        case incomplete(missing: [String])
        /// The list is wanted again.
        case list
        /// The box is to be closed.
        case closed
        /// It is given up.
        case quit
    }

    /// Something in the box.
    private struct Piece: Sendable, Hashable {
        let component: Int
        let quantity: Int
        let lot: String?
    }

    let components: [PackComponentBody]
    /// Whether the rest may follow in another parcel.
    let isPartial: Bool
    private var pieces: [Piece] = []
    /// Components that go without, by their place in the list.
    private var without: Set<Int> = []
    /// What waits for its lot.
    private var pending: Piece?

    init(_ components: [PackComponentBody], isPartial: Bool = false) {
        self.components = components
        self.isPartial = isPartial
    }

    // MARK: - Reading

    /// Takes a line: `CODE`, `2x CODE`, `CODE LOT`, `without CODE`, `undo`, `list`, `done` or `quit`.
    mutating func read(_ line: String) -> Message {
        let words = line.split(whereSeparator: \.isWhitespace).map { String($0) }
        if words.count == 1, ["quit", "exit"].contains(words[0].lowercased()) { return .quit }
        if let pending {
            self.pending = nil
            if words.isEmpty {
                self.pending = pending
                return .nothing
            }
            guard let lot = words.first, words.count == 1 else {
                return .lotForgotten(name: components[pending.component].name)
            }
            // A code of the list is no lot; one that says its own lot may be the answer.
            let scanned = ScannedCode(lot)
            if isKnown(scanned.product) {
                if let named = scanned.lot, places(of: scanned.product).contains(pending.component) {
                    return put(pending.component, pending.quantity, lot: named)
                }
                self.pending = pending
                return .notALot(code: scanned.product)
            }
            return put(pending.component, pending.quantity, lot: lot)
        }
        switch words.first?.lowercased() {
        case nil: return .nothing
        case "done" where words.count == 1: return close()
        case "list" where words.count == 1, "?" where words.count == 1: return .list
        case "undo" where words.count == 1: return undo()
        case "without" where words.count == 2: return leaveOut(words[1])
        default: return scan(words)
        }
    }

    /// Takes what was scanned elsewhere: `CODE`, `CODE:LOT` or `2xCODE:LOT`.
    mutating func scan(_ text: String) -> Message {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard parts.allSatisfy({ !$0.isEmpty }) else { return .unreadable }
        return scan(parts)
    }

    private mutating func scan(_ words: [String]) -> Message {
        let (quantity, rest) = Self.counted(words, isCode: { isKnown(ScannedCode($0).product) })
        guard let quantity, (1...10_000).contains(quantity), let text = rest.first, rest.count <= 2 else {
            return .unreadable
        }
        let scanned = ScannedCode(text)
        let code = scanned.product
        let places = places(of: code)
        guard let first = places.first else { return .unknown(code: code) }
        let component = components[first]
        let missing = places.reduce(0) { $0 + left(at: $1) }
        guard quantity <= missing else { return .tooMany(name: component.name, left: missing) }
        // The same component may stand in two lines of the list, such as once of a kit and once by itself.
        guard let place = places.first(where: { left(at: $0) >= quantity }) else {
            return .tooMany(name: component.name, left: places.map { left(at: $0) }.max() ?? 0)
        }
        let lot = rest.count == 2 ? rest[1] : scanned.lot
        if let lot, isKnown(lot) { return .notALot(code: lot) }
        // Which lots there are the store knows: one that is named is kept.
        guard lot != nil || component.tracksLots else { return put(place, quantity, lot: nil) }
        guard let lot else {
            pending = Piece(component: place, quantity: quantity, lot: nil)
            return .lotWanted(name: component.name)
        }
        return put(place, quantity, lot: lot)
    }

    /// Splits `2x` from what follows it, unless the whole is a code by itself.
    private static func counted(_ words: [String], isCode: (String) -> Bool) -> (Int?, [String]) {
        guard let first = words.first, !isCode(first) else { return (1, words) }
        let digits = first.prefix { $0.isASCII && $0.isNumber }
        if words.count >= 3, digits.count == first.count, ["x", "X", "×", "*"].contains(words[1]) {
            return (Int(digits), Array(words.dropFirst(2)))
        }
        let rest = first.dropFirst(digits.count)
        guard !digits.isEmpty, let sign = rest.first, "xX×*".contains(sign) else { return (1, words) }
        let code = rest.dropFirst()
        return (Int(digits), (code.isEmpty ? [] : [String(code)]) + words.dropFirst())
    }

    // MARK: - The box

    /// Leaves an optional component out.
    mutating func leaveOut(_ code: String) -> Message {
        let places = places(of: code)
        guard let first = places.first else { return .unknown(code: code) }
        let open = places.filter { !components[$0].required }
        guard !open.isEmpty else { return .required(name: components[first].name) }
        without.formUnion(open)
        return .left(name: components[first].name)
    }

    /// Puts everything that is still missing into the box.
    /// - Parameter lots: the lots of components, by their codes.
    /// - Returns: one message for each component whose lot is not known, and for each lot of what is not on the list.
    mutating func putAll(lots: [String: String]) -> [Message] {
        var messages = lots.keys.sorted().filter { code in !components.contains { $0.sku == code } }
            .map { Message.unknown(code: $0) }
        for place in components.indices where left(at: place) > 0 {
            let component = components[place]
            if component.tracksLots, lots[component.sku] == nil {
                messages.append(.lotWanted(name: component.sku))
            } else {
                _ = put(place, left(at: place), lot: lots[component.sku])
            }
        }
        return messages
    }

    /// Takes out again what the store did not accept.
    /// - Parameter positions: places in `scanned`.
    mutating func takeOut(_ positions: Set<Int>) {
        let refused = Set(
            positions.compactMap { scanned.indices.contains($0) ? scanned[$0] : nil }.map { [$0.code, $0.lot] }
        )
        pieces.removeAll { refused.contains([components[$0.component].sku, $0.lot]) }
    }

    private mutating func put(_ place: Int, _ quantity: Int, lot: String?) -> Message {
        pieces.append(Piece(component: place, quantity: quantity, lot: lot))
        without.remove(place)
        let code = components[place].sku
        return .added(
            name: components[place].name,
            quantity: quantity,
            left: places(of: code).reduce(0) { $0 + left(at: $1) }
        )
    }

    private mutating func undo() -> Message {
        guard let piece = pieces.popLast() else { return .nothingToTakeOut }
        return .takenOut(name: components[piece.component].name, quantity: piece.quantity)
    }

    private func close() -> Message {
        if isPartial, !pieces.isEmpty { return .closed }
        let missing = components.indices.filter { left(at: $0) > 0 }
            .map { "\(left(at: $0)) \(components[$0].sku)" }
        return missing.isEmpty && !(pieces.isEmpty && without.isEmpty) ? .closed : .incomplete(missing: missing)
    }

    // MARK: - What it comes to

    /// Whether nothing is missing.
    var isComplete: Bool { components.indices.allSatisfy { left(at: $0) == 0 } }

    /// How many of a line of the list are missing.
    func left(at place: Int) -> Int {
        guard !without.contains(place) else { return 0 }
        return components[place].quantity - packed(at: place)
    }

    /// How many of a line of the list are in the box.
    func packed(at place: Int) -> Int { pieces.reduce(0) { $1.component == place ? $0 + $1.quantity : $0 } }

    /// Whether a line of the list goes without.
    func isLeftOut(at place: Int) -> Bool { without.contains(place) }

    /// Everything in the box, each component and lot once.
    var scanned: [ScanBody] {
        var keys: [[String?]] = []
        var counts: [[String?]: Int] = [:]
        for piece in pieces {
            let key = [components[piece.component].sku, piece.lot]
            if counts[key] == nil { keys.append(key) }
            counts[key, default: 0] += piece.quantity
        }
        return keys.map { ScanBody(code: $0[0] ?? "", quantity: counts[$0], lot: $0[1]) }
    }

    /// What the store is asked to note.
    var request: PackRequestBody {
        let without = Set(without.map { components[$0].sku }).sorted()
        return PackRequestBody(
            scanned: scanned,
            without: without.isEmpty ? nil : without,
            partial: isPartial ? true : nil
        )
    }

    private func isKnown(_ code: String) -> Bool { !places(of: code).isEmpty }

    private func places(of code: String) -> [Int] {
        let (capital, number) = (code.uppercased(), GTIN(code))
        return components.indices.filter { place in
            let component = components[place]
            return component.sku == capital || component.barcode == code
                || number != nil && component.barcode.flatMap { GTIN($0) } == number
        }
    }
}
