import ArgumentParser

/// What is printed as.
enum PrintFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case pdf
    case html
}
