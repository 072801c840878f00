/// What the bench says, in words.
extension PackingBench.Message {
    var words: String {
        switch self {
        case .added(let name, let quantity, let left):
            left == 0 ? "\(quantity) × \(name)" : "\(quantity) × \(name), \(left) more to come"
        case .unreadable: "Scan a code, or type CODE, 2x CODE, CODE LOT, without CODE, undo, list, done or quit."
        case .unknown(let code): "WRONG: \(code) is not on the list."
        case .tooMany(let name, let left):
            left == 0 ? "TOO MANY: all of \(name) is in the box." : "TOO MANY: only \(left) more of \(name)."
        case .lotWanted(let name): "Lot of \(name)?"
        case .lotForgotten(let name): "Without its lot \(name) is not in the box yet: scan it again."
        case .notALot(let code): "WRONG: \(code) is a code on the list, not a lot."
        case .left(let name): "Without \(name)."
        case .required(let name): "\(name) must be in the box."
        case .takenOut(let name, let quantity): "Out again: \(quantity) × \(name)"
        case .nothingToTakeOut: "The box is empty."
        case .incomplete(let missing): "Not complete: \(missing.joined(separator: ", ")) missing."
        case .nothing, .list, .closed, .quit: ""
        }
    }

    var style: Style {
        switch self {
        case .added: .good
        case .unknown, .tooMany, .required, .lotForgotten, .notALot: .alarm
        case .incomplete, .unreadable, .nothingToTakeOut: .caution
        case .nothing, .lotWanted, .left, .takenOut, .list, .closed, .quit: .plain
        }
    }

    /// Whether what was asked has happened.
    var isAccepted: Bool {
        switch self {
        case .added, .left, .takenOut, .list, .closed: true
        default: false
        }
    }
}
