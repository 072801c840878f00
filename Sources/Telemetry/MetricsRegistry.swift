package import CoreMetrics
import Synchronization

/// Keeps what the program measures until somebody asks for it.
///
/// It keeps a bounded number of series. What comes beyond them is counted under `otel_metric_overflow`, one series for each
/// metric, so that a label that takes more values than it should costs neither memory nor the sums. Whoever asks for
/// everything that there is, and for what there is not, fills a part of the room only: the rest is kept for what says that
/// something is wrong.
package final class MetricsRegistry: MetricsFactory, Sendable {
    /// What is kept under one name.
    enum Kind: String { case counter, gauge, histogram }

    /// One metric with one value for each of its labels.
    struct Series: Hashable {
        let name: String
        /// Sorted by name.
        let labels: [Label]
    }

    struct Label: Hashable, Comparable {
        let name: String
        let value: String
        static func < (one: Label, other: Label) -> Bool { (one.name, one.value) < (other.name, other.value) }
    }

    /// A series and what it holds.
    enum Held {
        case counter(CountedSum)
        case gauge(CurrentValue)
        case histogram(Buckets)

        /// How many lines it is written in.
        var lines: Int {
            if case .histogram(let buckets) = self { buckets.bounds.count + 3 } else { 1 }
        }
    }

    private struct State {
        var held: [Series: Held] = [:]
        var lines = 0
        var refused: Set<Series> = []
    }

    private let linesMax: Int
    private let state = Mutex(State())

    /// - Parameter linesMax: the most series, each bucket of a histogram being one.
    package init(linesMax: Int = 2_000) { self.linesMax = linesMax }

    /// All that is held, by name and labels.
    var all: [(series: Series, held: Held)] {
        state.withLock { state in
            state.held.map { ($0.key, $0.value) }
                .sorted { ($0.0.name, $0.0.labels.description) < ($1.0.name, $1.0.labels.description) }
        }
    }

    /// How many series were not kept apart.
    package var refusedCount: Int { state.withLock(\.refused.count) }

    private func held(_ label: String, _ dimensions: [(String, String)], _ make: () -> Held) -> Held {
        let series = Series(
            name: label,
            labels: dimensions.map { Label(name: $0.0, value: $0.1) }.sorted()
        )
        return state.withLock { state in
            if let held = state.held[series] { return held }
            let made = make()
            if keep(made, as: series, upTo: room(for: made, dimensions), in: &state) { return made }
            // A hundred names are remembered to be counted, not more: this is what must not grow.
            if state.refused.count < 100 { state.refused.insert(series) }
            let rest = Series(name: label, labels: [Label(name: "otel.metric.overflow", value: "true")])
            if let held = state.held[rest] { return held }
            // Where even this has no room, there are more metrics than the code has, and it is not told.
            _ = keep(made, as: rest, upTo: linesMax, in: &state)
            return made
        }
    }

    /// How many lines there may be with a series. What anybody can cause leaves a quarter to failures of ours, and both
    /// leave a tenth to what is there once: what has no labels, what has a state, and what was not kept apart.
    private func room(for made: Held, _ dimensions: [(String, String)]) -> Int {
        if dimensions.isEmpty || made.kind == .gauge { return linesMax }
        let isFailure = dimensions.contains { $0.0 == "http.response.status_code" && $0.1.hasPrefix("5") }
        return linesMax - linesMax / (isFailure ? 10 : 4)
    }

    private func keep(_ made: Held, as series: Series, upTo room: Int, in state: inout State) -> Bool {
        guard state.lines + made.lines <= room else { return false }
        state.held[series] = made
        state.lines += made.lines
        return true
    }

    private static func bounds(_ label: String) -> [Double] { MetricDescription.all[label]?.bounds ?? [] }

    // MARK: What swift-metrics asks for

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        if case .counter(let sum) = held(label, dimensions, { .counter(CountedSum()) }) { return sum }
        return CountedSum()
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        let made: () -> Held = {
            aggregate ? .histogram(Buckets(bounds: Self.bounds(label))) : .gauge(CurrentValue())
        }
        switch held(label, dimensions, made) {
        case .histogram(let buckets): return buckets
        case .gauge(let value): return value
        case .counter: return CurrentValue()
        }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        if case .gauge(let value) = held(label, dimensions, { .gauge(CurrentValue()) }) { return value }
        return CurrentValue()
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        if case .histogram(let buckets) = held(label, dimensions, { .histogram(Buckets(bounds: Self.bounds(label))) }) {
            return buckets
        }
        return Buckets(bounds: [])
    }

    // A series stays for as long as the program runs: one that comes and goes can't be summed.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}

/// A number that only grows.
final class CountedSum: CounterHandler {
    private let sum = Atomic<Int64>(0)
    var value: Int64 { sum.load(ordering: .relaxed) }
    func increment(by amount: Int64) { sum.add(max(0, amount), ordering: .relaxed) }
    func reset() { sum.store(0, ordering: .relaxed) }
}

/// A number as it stands.
final class CurrentValue: MeterHandler, RecorderHandler {
    private let current = Mutex(0.0)
    var value: Double { current.withLock { $0 } }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}

/// How many values were how large at most.
final class Buckets: TimerHandler, RecorderHandler {
    /// What a histogram came to so far.
    struct Counts: Sendable {
        /// How many values lie between each bound and the one before; the last are above all.
        var perBucket: [Int64]
        var sum = 0.0
        var count: Int64 { perBucket.reduce(0, +) }
    }

    let bounds: [Double]
    private let state: Mutex<Counts>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(Counts(perBucket: Array(repeating: 0, count: bounds.count + 1)))
    }

    var counts: Counts { state.withLock { $0 } }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { counts in
            counts.perBucket[bucket] += 1
            counts.sum += value
        }
    }

    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
