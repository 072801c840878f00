package import Commerce
package import Postgres
import Synchronization

/// The rates, kept to by all servers of a database together.
package final class RateLimiter: Sendable {
    /// Nothing is left of a rate in this window.
    package struct Exceeded: Error, Sendable {
        package let standing: RateStanding
    }

    /// Somebody under a rate.
    private struct Subject: Hashable {
        let rate: Rate
        let caller: [UInt8]
    }

    private struct Entry {
        var count = RateCount()
        /// The database is being told of a block.
        var telling: Task<Void, Never>?
    }

    private enum Step {
        case granted(RateStanding)
        case refused(RateStanding)
        case waits(Task<Void, Never>)
    }

    /// The counts of so many are kept. One more, and all are forgotten: each of them then has a block more at the most.
    package static let subjectsMax = 20_000

    private let pool: Pool
    private let keyed: @Sendable (String) -> [UInt8]
    private let entries = Mutex<[Subject: Entry]>([:])

    /// - Parameter keyed: a hash that nobody can make who has not the shop's key, of at least 16 octets.
    package init(_ pool: Pool, keyed: @escaping @Sendable (String) -> [UInt8]) {
        self.pool = pool
        self.keyed = keyed
    }

    /// Counts one more; how it stands then.
    /// - Parameter caller: who asks, in any octets that tell them from others.
    /// - Throws: `Exceeded` where none is left.
    package func take(_ rate: Rate, _ caller: [UInt8], now: Instant) async throws(Exceeded) -> RateStanding {
        let subject = Subject(rate: rate, caller: caller)
        // Whoever waits for a block may find it used up by others: there are no more blocks than the quota has.
        for _ in 0...rate.quota {
            switch step(subject, now) {
            case .granted(let standing): return standing
            case .refused(let standing): throw Exceeded(standing: standing)
            case .waits(let telling): await telling.value
            }
        }
        throw Exceeded(standing: RateStanding(rate: rate, remaining: 0, secondsLeft: 1))
    }

    /// Whether somebody has used up a rate, as far as this server knows: for what is counted only once it has gone wrong.
    /// - Throws: `Exceeded` where none is left.
    package func check(_ rate: Rate, _ caller: [UInt8], now: Instant) throws(Exceeded) {
        let subject = Subject(rate: rate, caller: caller)
        if let standing = entries.withLock({ $0[subject]?.count.refusal(rate, now: now) }) {
            throw Exceeded(standing: standing)
        }
    }

    private func step(_ subject: Subject, _ now: Instant) -> Step {
        entries.withLock { entries in
            if entries[subject] == nil, entries.count >= Self.subjectsMax { entries.removeAll() }
            switch entries[subject, default: Entry()].count.ask(subject.rate, now: now) {
            case .granted(let standing): return .granted(standing)
            case .refused(let standing): return .refused(standing)
            case .needsBlock(let count, let windowEnd):
                if let telling = entries[subject]?.telling { return .waits(telling) }
                let telling = Task { await self.tell(subject, count: count, windowEnd: windowEnd) }
                entries[subject]?.telling = telling
                return .waits(telling)
            }
        }
    }

    private func tell(_ subject: Subject, count: Int, windowEnd: Int64) async {
        let told = Query(
            only: Statement(
                """
                INSERT INTO rate_taken AS held (subject, ends_at, taken) VALUES ($1, $2, $3)
                ON CONFLICT (subject, ends_at) DO UPDATE SET taken = held.taken + excluded.taken RETURNING taken
                """,
                Bytea(name(subject)),
                Instant(microsecondsSince1970: windowEnd * 1_000_000),
                count
            )
        ) { try $0.value("taken", as: Int.self) }
        let taken = try? await pool.write(told)
        entries.withLock { entries in
            entries[subject]?.count.tell(subject.rate, taken: taken, windowEnd: windowEnd)
            entries[subject]?.telling = nil
        }
    }

    /// Who somebody is in the database.
    private func name(_ subject: Subject) -> [UInt8] {
        Array(keyed("rate \(subject.rate.name) \(subject.caller)").prefix(16))
    }

    /// Forgets the windows that are over.
    package func sweep(now: Instant) async throws {
        // Another server's clock may be behind.
        let over = now + .seconds(-Rate.windowSeconds)
        _ = try await pool.write([Statement("DELETE FROM rate_taken WHERE ends_at < $1", over)])
    }
}
