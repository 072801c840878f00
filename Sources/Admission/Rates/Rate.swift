package import Commerce

/// How often something may be asked: so many times in each window. Windows follow one another without a gap, at the same
/// moments for every server.
package struct Rate: Sendable, Hashable {
    /// What is counted, as callers are told: small letters.
    package let name: String
    /// How many a window has.
    package let quota: Int

    /// How long a window is, in seconds.
    package static let windowSeconds = 60

    /// - Parameter perMinute: the quota, at least 1.
    package init(_ name: String, perMinute: Int) {
        self.name = name
        quota = perMinute
    }

    /// How many a server takes at once: at most a hundredth of the window.
    package var block: Int { max(1, quota / 100) }

    /// When the window of a moment ends, in seconds since 1970.
    static func windowEnd(at now: Instant) -> Int64 {
        let seconds = now.secondsSince1970
        let length = Int64(windowSeconds)
        let begin = seconds >= 0 ? seconds / length : (seconds - length + 1) / length
        return (begin + 1) * length
    }
}

/// What one server knows of how much of a rate somebody has used. A value: it is asked, with the time, and says what is to
/// be done.
///
/// The first block of a window is let through without a word to anybody, so that whoever asks seldom costs no query. When it
/// is used up, the database is told of it and of the next one. All servers together so let no more through than the quota,
/// and one block each.
package struct RateCount: Sendable, Equatable {
    /// What comes of asking.
    package enum Answer: Sendable, Equatable {
        case granted(RateStanding)
        case refused(RateStanding)
        /// The database is to be told of so many more, in the window that ends then (seconds since 1970).
        case needsBlock(count: Int, windowEnd: Int64)
    }

    private var windowEnd: Int64 = .min
    /// How many more pass before the database is told.
    private var room = 0
    /// How many passed that the database was not told of.
    private var untold = 0
    /// How many all servers took, as far as is known.
    private var taken = 0
    private var isSpent = false

    package init() {}

    /// One more asks.
    package mutating func ask(_ rate: Rate, now: Instant) -> Answer {
        let end = Rate.windowEnd(at: now)
        if end != windowEnd {
            self = RateCount()
            (windowEnd, room, untold, taken) = (end, rate.block, rate.block, rate.block)
        }
        if room > 0 {
            room -= 1
            return .granted(standing(rate, now: now))
        }
        if isSpent { return .refused(standing(rate, now: now)) }
        return .needsBlock(count: untold + rate.block, windowEnd: end)
    }

    /// How it stands without asking; nil where nobody would be refused.
    package func refusal(_ rate: Rate, now: Instant) -> RateStanding? {
        guard isSpent, room == 0, Rate.windowEnd(at: now) == windowEnd else { return nil }
        return standing(rate, now: now)
    }

    /// The database was told of a block.
    /// - Parameter taken: how many all servers took with it; nil where the database did not answer. Nobody is refused for
    ///   that.
    package mutating func tell(_ rate: Rate, taken: Int?, windowEnd end: Int64) {
        guard end == windowEnd else { return }
        guard let taken else {
            room += rate.block
            return
        }
        // Of the block, what is still within the quota.
        let given = max(rate.block - max(taken - rate.quota, 0), 0)
        (self.taken, untold, isSpent) = (taken, 0, taken >= rate.quota)
        room += given
    }

    private func standing(_ rate: Rate, now: Instant) -> RateStanding {
        RateStanding(
            rate: rate,
            remaining: room + max(rate.quota - taken, 0),
            secondsLeft: Int(max(windowEnd - now.secondsSince1970, 1))
        )
    }
}

/// How somebody stands with a rate.
package struct RateStanding: Sendable, Equatable {
    package let rate: Rate
    /// How many are left in this window, as far as this server knows.
    package let remaining: Int
    /// Until the next window, at least 1.
    package let secondsLeft: Int

    package init(rate: Rate, remaining: Int, secondsLeft: Int) {
        self.rate = rate
        self.remaining = remaining
        self.secondsLeft = secondsLeft
    }
}
