import FoundationEssentials
import Orders
import Testing

/// Which state may follow which.
struct TransitionsTests {
    /// Every step of the tables, as `fact from to`.
    private static let steps: Set<String> = {
        func steps<State: RawRepresentable<String>>(_ fact: String, _ table: [State: Set<State>]) -> [String] {
            table.flatMap { from, next in next.map { "\(fact) \(from.rawValue) \($0.rawValue)" } }
        }
        return Set(
            steps("order", Transitions.order) + steps("payment", Transitions.payment)
                + steps("fulfilment", Transitions.fulfilment)
        )
    }()

    @Test func tablesAreThoseOfTheDocumentation() throws { #expect(try Self.documented() == Self.steps) }

    @Test(arguments: ["order cancelled", "payment refunded", "payment void", "fulfilment returned"])
    func nothingFollowsAnEnd(state: String) {
        #expect(!Self.steps.contains { $0.hasPrefix(state + " ") })
    }

    @Test func everyStateIsReachedFromTheFirst() {
        func reached<State>(_ table: [State: Set<State>], from first: State) -> Set<State> {
            var reached: Set = [first]
            while true {
                let next = reached.union(reached.flatMap { table[$0] ?? [] })
                if next == reached { return reached }
                reached = next
            }
        }
        #expect(reached(Transitions.order, from: .placed) == [.placed, .completed, .cancelled])
        #expect(
            reached(Transitions.payment, from: .unpaid)
                == [.unpaid, .authorised, .paid, .failed, .void, .partlyRefunded, .refunded]
        )
        #expect(
            reached(Transitions.fulfilment, from: .unfulfilled)
                == [.unfulfilled, .partlyShipped, .shipped, .delivered, .returned]
        )
    }

    @Test func stateMayBecomeWhatItsTableSaysAndNothingElse() {
        #expect(Order.Status.placed.mayBecome(.completed) && !Order.Status.completed.mayBecome(.cancelled))
        #expect(Order.PaymentStatus.unpaid.mayBecome(.paid) && !Order.PaymentStatus.paid.mayBecome(.paid))
        #expect(Order.PaymentStatus.failed.mayBecome(.paid) && !Order.PaymentStatus.paid.mayBecome(.void))
        #expect(Order.FulfilmentStatus.shipped.mayBecome(.returned))
        #expect(!Order.FulfilmentStatus.unfulfilled.mayBecome(.returned))
    }

    /// The steps in the table of `StatesAndLog.md`: `| payment | unpaid -> paid, void; … |`.
    private static func documented() throws -> Set<String> {
        let page = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../Sources/Orders/Orders.docc/StatesAndLog.md"),
            encoding: .utf8
        )
        var steps: Set<String> = []
        for fact in ["order", "payment", "fulfilment"] {
            let row = try #require(
                page.split(separator: "\n").first { $0.hasPrefix("| \(fact) | ") && $0.contains("->") }
            )
            // What stands in brackets are the guards.
            let table = row.split(separator: "|")[1].replacing(/\([^)]*\)/, with: "")
            for line in table.split(separator: ";") {
                let sides = line.split(separator: "->").map { $0.split(separator: ",").map { $0.filter { $0 != " " } } }
                for next in sides[1] { steps.insert("\(fact) \(sides[0][0]) \(next)") }
            }
        }
        return steps
    }
}
