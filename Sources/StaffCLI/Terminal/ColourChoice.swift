import ArgumentParser

/// When output is coloured.
enum ColourChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// On a terminal that can show colour, unless NO_COLOR asks for none.
    case auto
    case always
    case never

    func applies(toTerminal isTerminal: Bool, environment: [String: String]) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        }
    }
}
