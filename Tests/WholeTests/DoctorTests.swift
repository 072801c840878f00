import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// A store that is broken in one way after the other, and what `aftercare doctor` says of it.
@Suite struct DoctorTests {
    /// What a shop says that has all that it needs.
    private static let ready = [
        "AFTERCARE_SMTP_URL=smtp://127.0.0.1:1", "AFTERCARE_MAIL_FROM=shop@example.com",
        "AFTERCARE_PUBLIC_URL=https://shop.example",
    ]

    @Test func eachIllnessIsNamedWithWhatToDoAndHasItsExitCode() async throws {
        try await BackedUpShop.with { shop in
            func doctor(_ extra: [String] = []) async throws -> BackedUpShop.Run {
                try await shop.run("doctor", "--quiet", "--data-dir", shop.data, with: Self.ready + extra)
            }
            func expect(
                _ run: BackedUpShop.Run,
                _ code: Int32,
                _ words: String...,
                sourceLocation: SourceLocation = #_sourceLocation
            ) {
                #expect(run.code == code, "\(run.said)", sourceLocation: sourceLocation)
                for word in words {
                    #expect(run.said.contains(word), "\(word) in \(run.said)", sourceLocation: sourceLocation)
                }
            }
            func change(_ statements: String...) async throws {
                try await shop.withPool { pool in
                    for statement in statements { _ = try await pool.write([Statement(assembled: statement)]) }
                }
            }

            expect(try await doctor(), 2, "nobody serves the store", "start aftercare serve")
            let store = try await shop.serve(["AFTERCARE_WORKERS=false"])
            expect(try await doctor(), 2, "there is none yet", "no backup was ever restored")
            let made = try await shop.run("backup", "--data-dir", shop.data)
            #expect(made.code == 0, "\(made.said)")
            expect(try await doctor(), 2, "no backup was ever restored", "aftercare backup drill")
            let drill = try await shop.run("backup", "drill", "--data-dir", shop.data)
            #expect(drill.code == 0, "\(drill.said)")

            // All is well, but for the machine that this runs on: its disk, and how long it takes to tell the time.
            let told = try await shop.run("doctor", "--json", "--data-dir", shop.data, with: Self.ready)
            let (disks, others) = (
                told.json.checks.entries.filter { $0.check.text.hasPrefix("disk of") },
                told.json.checks.entries.filter { !$0.check.text.hasPrefix("disk of") && $0.check.text != "clock" }
            )
            #expect(others.allSatisfy { $0.verdict == "fine" } && disks.count == 2, "\(told.said)")
            if disks.allSatisfy({ $0.verdict == "fine" }) { #expect(told.code == 0 && told.json.verdict == "fine") }
            for check in [
                "durability", "archive", "drill", "link key", "ledger", "queue", "indexes", "checkpoints", "erasures",
            ] {
                #expect(others.contains { $0.check.text == check }, "\(check)")
            }

            // Settings.
            expect(try await doctor(["AFTERCARE_PORT=many"]), 2, "AFTERCARE_PORT", "set it right")
            expect(try await doctor(["AFTERCARE_PROT=1"]), 1, "AFTERCARE_PROT is no setting")
            expect(try await doctor(["AFTERCARE_PUBLIC_URL=http://shop.example"]), 1, "is not encrypted")

            // The database.
            try await change("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_placed'::regclass")
            expect(try await doctor(), 1, "not valid: orders_placed", "REINDEX")
            try await change("UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'orders_placed'::regclass")
            try await change("UPDATE migration SET number = 999 WHERE number = (SELECT max(number) FROM migration)")
            expect(try await doctor(), 2, "schema")
            try await change(
                "UPDATE migration SET number = (SELECT max(number) FROM migration WHERE number < 999) + 1 WHERE number = 999"
            )

            // The ledger.
            try await change(
                """
                INSERT INTO finding (kind, reference, amount, currency, found_at)
                VALUES ('moneyWithoutOrder', 'pi_1', 4500, 'GBP', now())
                """
            )
            expect(try await doctor(), 1, "differs from the payment provider in 1 points", "aftercare reconcile list")
            try await change("UPDATE finding SET settled_at = now(), settled_by = 'x', settled_reason = 'y'")

            // The link key.
            let key = shop.data + "/link-key"
            let kept = try String(contentsOfFile: key, encoding: .utf8)
            try FileManager.default.removeItem(atPath: key)
            expect(try await doctor(), 2, "link-key is not there")
            #expect(!FileManager.default.fileExists(atPath: key))
            try String(repeating: "09", count: 32).write(toFile: key, atomically: true, encoding: .utf8)
            expect(try await doctor(), 2, "made with a key that is not here")
            try kept.write(toFile: key, atomically: true, encoding: .utf8)
            // One that is to be used from the next start on is not told to the database by looking.
            let next = [
                "AFTERCARE_LINK_KEY=" + String(repeating: "09", count: 32), "AFTERCARE_LINK_KEY_PREVIOUS=" + kept,
            ]
            let ahead = try await doctor(next)
            #expect(ahead.code < 2 && !ahead.said.contains("link key"), "\(ahead.said)")
            let known = try await shop.withPool { pool in
                try await pool.read(Statement("SELECT count(*) AS n FROM link_key")).single().value("n", as: Int.self)
            }
            #expect(known == 1)

            // The certificate.
            let pair = "\(shop.folder)/certificate.pem"
            let secret = "\(shop.folder)/key.pem"
            let request = """
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 5 -subj /CN=localhost \
                    -addext "subjectAltName=DNS:*.example,IP:192.0.2.1" -keyout "$2" -out "$1"
                """
            try #require(await shell(request, pair, secret) == 0)
            let files = ["AFTERCARE_TLS_CERTIFICATE=\(pair)", "AFTERCARE_TLS_KEY=\(secret)"]
            expect(try await doctor(files), 1, "certificate", "renew it")
            expect(
                try await doctor(files + ["AFTERCARE_PUBLIC_URL=https://other.shop.example"]),
                2,
                "it is for *.example, 192.0.2.1, and not for other.shop.example"
            )
            try "nonsense".write(toFile: secret, atomically: true, encoding: .utf8)
            expect(try await doctor(files), 2, "holds no private key")

            // The backups.
            #expect(await shell("mv \"$1/wal\" \"$1/away\" && touch \"$1/wal\"", shop.backups) == 0)
            try await change("SELECT pg_switch_wal()", "CREATE TABLE scratch (n int)", "SELECT pg_switch_wal()")
            try await eventually("the log can't be copied") {
                let run = try await doctor()
                return run.code == 2 && run.said.contains("can't be copied")
            }
            #expect(await shell("rm \"$1/wal\" && mv \"$1/away\" \"$1/wal\"", shop.backups) == 0)
            try await change("DROP TABLE scratch")

            // Commits that would not outlive a power cut.
            try await change("ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()")
            try await eventually("it is seen") {
                let run = try await doctor()
                return run.code == 2 && run.said.contains("synchronous_commit is off: a power cut loses orders")
            }
            store.terminate()
            _ = await store.waitForExit()
        }
    }
}
