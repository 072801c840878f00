import ArgumentParser

/// Why an order is not packed for now.
enum HoldReason: String, ExpressibleByArgument, CaseIterable, Sendable {
    case addressProblem
    case awaitingCustomer
    case stockProblem
    case paymentReview
    case other
}
