package import Commerce
package import Postgres

/// The numbers that a restored database gives out next.
///
/// What was written after the restored moment is gone, and its numbers are out in the world: on parcels, in mails, in links.
/// None of them may come to mean something else, so every sequence begins far beyond where it could have come meanwhile.
package enum RestoredSequences {
    /// No shop makes more of anything in a second, day and night.
    private static let perSecond: Int64 = 100
    private static let least: Int64 = 10_000

    /// How many numbers are left out.
    /// - Parameter lastCommit: the last that was restored.
    package static func gap(since lastCommit: Instant, now: Instant) -> Int64 {
        let seconds = max(0, now.secondsSince1970 - lastCommit.secondsSince1970)
        return least + seconds * perSecond
    }

    /// Leaves out so many numbers of every sequence, or as many as it has.
    package static func skip(_ gap: Int64) -> Statement {
        Statement(
            """
            SELECT setval(format('%I.%I', schemaname, sequencename)::regclass,
                least(coalesce(last_value, start_value) + $1, max_value))
            FROM pg_sequences WHERE schemaname = current_schema()
            """,
            gap
        )
    }
}
