import Commerce
import Logging

/// Writes down what came of attempts: those that end while others are being written go together with the next.
actor DeliveryLedger {
    /// The time between two tries where the database is not there.
    private static let pause = Duration.seconds(1)
    private static let triesMax = 20

    private let store: DeliveryStore
    private let logger: Logger
    private let now: @Sendable () -> Instant
    private var waiting: [DeliveryResult] = []
    private var isWriting = false

    init(_ store: DeliveryStore, logger: Logger, now: @escaping @Sendable () -> Instant) {
        self.store = store
        self.logger = logger
        self.now = now
    }

    /// Writes a result, or leaves it to whoever is writing already. Whoever writes returns when nothing waits any more.
    func write(_ result: DeliveryResult) async {
        waiting.append(result)
        if isWriting { return }
        isWriting = true
        while !waiting.isEmpty {
            let batch = waiting
            waiting = []
            // A task of its own: what is done is written down, whoever is cancelled.
            await Task { await settle(batch) }.value
        }
        isWriting = false
    }

    private func settle(_ batch: [DeliveryResult]) async {
        for attempt in 1...Self.triesMax {
            do {
                return try await store.settle(batch, now: now())
            } catch {
                guard attempt < Self.triesMax else {
                    // The leases run out, and somebody tells the events again then.
                    logger.error(
                        "what was told could not be written down",
                        metadata: ["events": "\(batch.count)", "error": "\(DeliveryWorker.cause(error))"]
                    )
                    return
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }
}
