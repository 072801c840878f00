package import Commerce
package import Orders
import Postgres

/// Units of an order that come back: announced, received, and given back.
package struct Return: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// What the shop allows.
        case allowed = "return"
        /// The customer's right to withdraw from the contract.
        case withdrawal
    }

    package struct Line: Sendable, Equatable {
        /// The line of the order, from 1.
        package let line: Int
        /// How many units are announced, and how many the shop took back.
        package let quantity: Int
        package let received: Int
    }

    /// Units of a component that were in the box.
    package struct Unit: Sendable, Equatable {
        package let place: Order.OpenComponent.Place
        /// Nil for units without a lot.
        package let lot: String?
        package let quantity: Int
    }

    package let ordinal: Int
    package let kind: Kind
    package let announcedAt: Instant
    /// Why; nil where nobody said, or it was erased.
    package let reason: String?
    package let receivedAt: Instant?
    /// Whether what was taken back is off the order's price.
    package let isCredited: Bool
    /// When nobody waited for it any more: it is not coming, or a withdrawal took its place.
    package let closedAt: Instant?
    package let lines: [Line]
    package let units: [Unit]

    /// Whether it is still to come.
    package var isAwaited: Bool { receivedAt == nil && closedAt == nil }

    /// What the customer writes on the box: the order's number, and which return of it.
    package func number(of order: OrderNumber) -> String { Self.number(ordinal, of: order) }

    /// The number of a return by its ordinal.
    package static func number(_ ordinal: Int, of order: OrderNumber) -> String { "\(order)-R\(ordinal)" }
}

extension Order {
    /// How many units of a line the customer has and has not announced to send back.
    /// - Parameter line: from 1.
    package func returnable(_ line: Int, besides returns: [Return]) -> Int {
        let sold = lines[line - 1]
        return sold.begun(\.shipped) - sold.returnedQuantity - sold.lostQuantity - announced(line, returns)
    }

    /// How many units of a line can be announced to come back: not those that were lost and are sent once more, as long as
    /// the customer has nothing of them.
    /// - Parameter line: from 1.
    package func announceable(_ line: Int, besides returns: [Return]) -> Int {
        max(0, min(returnable(line, besides: returns), unitsKept(ofLine: line) - announced(line, returns)))
    }

    private func announced(_ line: Int, _ returns: [Return]) -> Int {
        returns.filter(\.isAwaited).flatMap(\.lines).filter { $0.line == line }.reduce(0) { $0 + $1.quantity }
    }

    /// How many units of a line the customer has and may withdraw from: also those that they announced to send back by the
    /// shop's kindness, which takes no right away.
    /// - Parameter line: from 1.
    package func withdrawable(_ line: Int, besides returns: [Return]) -> Int {
        max(0, returnable(line, besides: returns.filter { $0.kind == .withdrawal }))
    }

    /// How many units of each line the customer withdrew from and is still to send back.
    package func withdrawn(_ returns: [Return]) -> [Int: Int] {
        let awaited = returns.filter { $0.isAwaited && $0.kind == .withdrawal }.flatMap(\.lines)
        return Dictionary(awaited.map { ($0.line, $0.quantity) }, uniquingKeysWith: +)
    }

    /// Units of products as units of its lines, by line.
    /// - Throws: `OrderError.notKept` where the customer has fewer.
    package func returnedLines(_ quantities: [SKU: Int], besides returns: [Return]) throws(OrderError) -> [Int: Int] {
        var lines: [Int: Int] = [:]
        for (sku, quantity) in quantities {
            guard let index = self.lines.firstIndex(where: { $0.sku == sku }) else { throw .notKept(sku, 0) }
            let kept = returnable(index + 1, besides: returns)
            guard quantity <= kept else { throw .notKept(sku, max(0, kept)) }
            lines[index + 1] = quantity
        }
        return lines
    }
}

/// Why a return is not received, or not given back.
package enum ReturnError: Error, Sendable {
    /// The order has no such return, or none that is awaited.
    case unknown
    /// Several are awaited: these.
    case several([Int])
    case received
    case notReceived
    /// Nobody waits for it any more.
    case closed
    /// A withdrawal is said once: its customer can't take it back, and the shop closes it by its number alone.
    case isWithdrawal
    /// The order has as many returns as it may have.
    case tooOften
    case credited
    /// More came of a product than the return and the order hold: so many can.
    case tooMany(SKU, Int)
    /// All that it is of was given up as lost.
    case lost
    /// No such lot of a component ever came; these did.
    case unknownLot(SKU, String, [String])
}
