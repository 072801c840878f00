import ArgumentParser

/// An order's number as it was typed, in capital letters. Whether it is one is for the store to say.
struct OrderArgument: ExpressibleByArgument, Sendable, Hashable {
    let text: String

    init?(argument: String) {
        text = argument.uppercased()
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else { return nil }
    }
}
