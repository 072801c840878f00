import ArgumentParser

/// One of an order's links.
enum OrderLink: String, ExpressibleByArgument, CaseIterable, Sendable {
    case order
    case guide
    case calendar
}
