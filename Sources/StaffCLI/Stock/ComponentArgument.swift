import ArgumentParser

/// A component's code as it was typed, in capital letters.
struct ComponentArgument: ExpressibleByArgument, Sendable, Hashable {
    let text: String

    init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        text = argument.uppercased()
    }
}
