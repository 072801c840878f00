import CivilTime
package import Commerce
package import Logging
import Postgres

/// Tells reminders when they are due. Any number of processes may run one: each reminder is told by whoever takes it, into
/// the order's log, and from there as everything else is.
package struct ReminderWorker: Sendable {
    /// The time between two looks.
    private static let pause = Duration.seconds(5)
    /// How many reminders are taken at once, and of how many orders they are told at once.
    private static let takenMax = 100
    private static let atOnce = 4

    private let reminders: ReminderStore
    private let logger: Logger
    private let now: @Sendable () -> Instant

    package init(
        _ reminders: ReminderStore,
        logger: Logger,
        now: @escaping @Sendable () -> Instant = Instant.now
    ) {
        self.reminders = reminders
        self.logger = logger
        self.now = now
    }

    /// Tells what is due and what comes to be, until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            do { try await drain() } catch { failed(error) }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Tells all that is due now.
    package func drain() async throws {
        while true {
            let orders = try await reminders.claim(count: Self.takenMax, now: now())
            if orders.isEmpty { return }
            await withDiscardingTaskGroup { group in
                var rest = orders.sorted()[...]
                let share = (rest.count + Self.atOnce - 1) / Self.atOnce
                while !rest.isEmpty {
                    let own = rest.prefix(share)
                    rest = rest.dropFirst(share)
                    group.addTask { for order in own { await tell(order) } }
                }
            }
        }
    }

    private func tell(_ order: Int64) async {
        do {
            let late = try await reminders.settle(order, now: now()).late
            if late > 0 { logger.notice("reminders came too late and are dropped", metadata: ["count": "\(late)"]) }
        } catch {
            // It is looked at again when whoever took it may be taken for dead.
            failed(error)
        }
    }

    /// Whatever is said by what was stopped with the store did not fail.
    private func failed(_ error: any Error) {
        if Task.isCancelled { return }
        let cause = (error as? PostgresError)?.description ?? "\(type(of: error))"
        logger.error("telling reminders failed", metadata: ["error": "\(cause)"])
    }
}
