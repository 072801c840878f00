import Backup
import Commerce
import Postgres
import TestSupport
import Testing

struct RestoredSequencesTests {
    @Test func theLongerAgoTheMoreNumbersAreLeftOut() {
        let now = Instant(microsecondsSince1970: 1_796_000_000_000_000)
        #expect(RestoredSequences.gap(since: now, now: now) == 10_000)
        #expect(RestoredSequences.gap(since: now + .seconds(-3600), now: now) == 370_000)
        // A clock that was wrong takes nothing back.
        #expect(RestoredSequences.gap(since: now + .seconds(3600), now: now) == 10_000)
    }

    @Test(DatabaseTrait.store) func everySequenceBeginsBeyondAndNoneBeyondItsEnd() async throws {
        try await Database.current.withPool(connections: 1) { pool in
            let names = "SELECT count(*) AS n, min(last_value) AS least, max(last_value) AS most FROM pg_sequences"
            _ = try await pool.write([
                Statement("CREATE SEQUENCE small MAXVALUE 500"), RestoredSequences.skip(10_000),
            ])
            let row = try await pool.read(Statement(assembled: names)).single()
            let (count, least, most): (Int, Int64, Int64) = (
                try row.value("n"), try row.value("least"), try row.value("most")
            )
            #expect(count > 5 && least == 500 && most >= 10_000)
            let unused = try await pool.read(
                Statement("SELECT count(*) AS n FROM pg_sequences WHERE last_value < 10000 AND sequencename <> 'small'")
            ).single().value("n", as: Int.self)
            #expect(unused == 0)
        }
    }
}
