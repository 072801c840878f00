import ArgumentParser

/// What is printed for an order.
enum PrintKind: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// The packing slip.
    case slip
    /// The guide that goes into the box.
    case insert
    case both
}
