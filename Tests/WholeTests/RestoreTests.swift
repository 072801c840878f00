import Admission
import AsyncHTTPClient
import CivilTime
import Commerce
import FoundationEssentials
import NIOHTTP1
import Postgres
import Staff
import TestSupport
import Testing

/// A store is lost, and made of its backup again.
@Suite struct RestoreTests {
    private static func now(_ shop: BackedUpShop) async throws -> String {
        try await shop.withPool { pool in
            try await pool.read(
                Statement("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00') AS at")
            ).single().value("at", as: String.self)
        }
    }

    @Test func whatWasPlacedIsThereAfterTheMachineIsLost() async throws {
        try await BackedUpShop.with { shop in
            // Nobody is told anything while it lives, so that it is not known of any mail whether it was sent.
            let store = try await shop.serve(["AFTERCARE_WORKERS=false", "AFTERCARE_MAIL_NAME=The \"$HOME\" shop"])
            var orders = [try await PlacedOrder.place(at: store)]
            let made = try await shop.run(
                "backup",
                "--data-dir",
                shop.data,
                with: ["AFTERCARE_MAIL_NAME=The \"$HOME\" shop"]
            )
            #expect(made.code == 0 && made.said.contains("each file verified"), "\(made.said)")
            orders.append(try await PlacedOrder.place(at: store))
            orders.append(try await PlacedOrder.place(at: store))
            try await shop.archive()
            await shop.crash(store)

            let target = shop.folder + "/restored"
            let restored = try await shop.run("restore", "--into", target, "--json")
            #expect(restored.code == 0, "\(restored.said)")
            #expect(restored.json.orders == 3 && restored.json.withheld == 3, "\(restored.said)")
            #expect(restored.json.lastCommit.text.hasSuffix("Z"))
            let settings = try String(contentsOfFile: target + "/settings", encoding: .utf8)
            let beside = """
                AFTERCARE_DATABASE_PATIENCE="60"
                AFTERCARE_LOG_LEVEL="critical"
                AFTERCARE_MAIL_NAME="The \\"\\$HOME\\" shop"

                """
            #expect(settings == beside)
            for secret in ["settings", "link-key"] {
                #expect(await shell("[ \"$(stat -c %a \"$1\")\" = 600 ]", "\(target)/\(secret)") == 0)
            }
            let again = try await shop.run("restore", "--into", target)
            #expect(again.code == 1 && again.said.contains("is not empty"), "\(again.said)")

            for order in orders {
                let guide = try await shop.run("guide", order.number, "--data-dir", target)
                #expect(guide.said.contains(" proven"), "\(guide.said)")
            }
            let anew = try await shop.serve(in: target)
            for order in orders { #expect(try await order.status(at: anew) == 200) }
            let next = try await PlacedOrder.place(at: anew)
            #expect(!orders.map(\.number).contains(next.number))
            // Of what happens now customers are told, of what is past nobody a second time.
            let mails = target + "/mail"
            try await eventually("the new order's mail is written") {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: mails)) ?? []
                return names.contains { $0.hasPrefix(next.number) }
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: mails)
            #expect(names.allSatisfy { $0.hasPrefix(next.number) }, "\(names)")
            let waiting = try await shop.withPool(in: target) { pool in
                try await pool.read(Statement("SELECT DISTINCT reason FROM delivery_failure")).map { row in
                    try row.value("reason", as: String.self)
                }
            }
            #expect(waiting == ["it may have been told before the database was restored"])

            // The new timeline is archived beside the former one, and a restore follows it.
            let second = try await shop.run("backup", "--data-dir", target)
            #expect(second.code == 0, "\(second.said)")
            anew.terminate()
            #expect(await anew.waitForExit() == 0)
            let twice = try await shop.run("restore", "--into", shop.folder + "/twice", "--json")
            #expect(twice.json.orders == 4, "\(twice.said)")
        }
    }

    @Test func aMomentIsRestoredAndOneThatIsNotKnownIsRefused() async throws {
        try await BackedUpShop.with { shop in
            let store = try await shop.serve()
            let made = try await shop.run("backup", "--data-dir", shop.data, "--json")
            #expect(made.code == 0, "\(made.said)")
            let first = try await PlacedOrder.place(at: store)
            let between = try await Self.now(shop)
            let second = try await PlacedOrder.place(at: store)
            try await shop.archive()
            store.terminate()
            #expect(await store.waitForExit() == 0)

            let target = shop.folder + "/restored"
            let restored = try await shop.run("restore", "--at", between, "--into", target, "--json")
            #expect(restored.code == 0 && restored.json.orders == 1, "\(restored.said)")
            let anew = try await shop.serve(in: target)
            #expect(try await first.status(at: anew) == 200)
            #expect(try await second.status(at: anew) == 404)
            // The number of the order that is gone is not given to another, and its link opens nobody else's guide.
            let third = try await PlacedOrder.place(at: anew)
            #expect(third.number != second.number)
            #expect(try await second.status(at: anew) == 404)
            anew.terminate()
            #expect(await anew.waitForExit() == 0)

            let early = try await shop.run("restore", "--at", "2020-01-01T00:00:00Z", "--into", shop.folder + "/early")
            #expect(early.code == 1, "\(early.said)")
            let oldest = made.json.endedAt.text.prefix(19)
            #expect(early.said.contains("the oldest backup is of \(oldest)"), "\(early.said)")
            let late = try await shop.run("restore", "--at", "2199-01-01T00:00:00Z", "--into", shop.folder + "/late")
            #expect(late.code == 1 && late.said.contains("the last commit is of 2"), "\(late.said)")
            for name in ["early", "late"] {
                #expect(!FileManager.default.fileExists(atPath: shop.folder + "/" + name))
            }
            let wrong = try await shop.run("restore", "--at", "yesterday", "--into", shop.folder + "/wrong")
            #expect(wrong.code == 64, "\(wrong.said)")
        }
    }

    /// Whoever was erased after the restored moment is not there again, though the disk is lost that the store was on.
    @Test func whoWasErasedAfterTheMomentIsErasedAgain() async throws {
        try await BackedUpShop.with { shop in
            let store = try await shop.serve()
            let made = try await shop.run("backup", "--data-dir", shop.data)
            #expect(made.code == 0, "\(made.said)")
            let over = try await PlacedOrder.place(at: store)
            let open = try await PlacedOrder.place(at: store)
            let manager = try await shop.withPool { pool in
                let (secret, _) = try await StaffStore(pool).create(
                    name: "till",
                    role: .manager,
                    now: .now(),
                    lifetime: .seconds(3600)
                )
                return secret.text
            }
            func act(_ path: String, _ body: String) async throws {
                let client = HTTPClient.wide()
                let answer = try await client.send(
                    .POST,
                    store.url + "/v1/staff/" + path,
                    body,
                    ["Authorization": "Bearer \(manager)", "Idempotency-Key": path]
                )
                try await client.shutdown()
                #expect(answer.status == 200, "\(path): \(answer.text)")
            }
            try await act("orders/\(over.number)/cancellation", #"{"reason": "Ordered twice."}"#)
            try await Self.makeTokensAndKeys(shop)
            let between = try await Self.now(shop)
            try await Self.revokeTokenAndKey(shop)
            try await act("orders/\(open.number)/cancellation", #"{"reason": "Ordered twice."}"#)
            try await act("personal/erasure", #"{"email": "ada@example.com"}"#)
            let list = shop.backups + "/erasures"
            let lines = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n")
            #expect(Set(lines.map { $0.split(separator: " ").last }).count == 2)
            for order in [over, open] { #expect(lines.contains { $0.hasSuffix(" " + order.number) }, "\(lines)") }
            try await shop.archive()
            await shop.crash(store)
            // What is beside the database is lost with it, and a crash has cut off a line of what is not.
            try FileManager.default.removeItem(atPath: shop.data + "/erasures")
            #expect(await shell("printf 2026-11-2 >> \"$1\"", list) == 0)

            let target = shop.folder + "/restored"
            let restored = try await shop.run("restore", "--at", between, "--into", target)
            #expect(restored.code == 0, "\(restored.said)")
            #expect(restored.said.contains("Erased again, as they had been, 1: \(over.number)."), "\(restored.said)")
            #expect(restored.said.contains("open again as they were then, 1: \(open.number)."), "\(restored.said)")
            // Who was sent away after it is let in again, and the answer says so; who had been before is not.
            #expect(restored.said.contains("again, 2: left (packer), till (manager)."), "\(restored.said)")
            #expect(restored.said.contains("again, 1: kiosk."), "\(restored.said)")
            for path in [list, target + "/erasures"] {
                #expect(await shell("[ \"$(stat -c %a \"$1\")\" = 600 ]", path) == 0, "\(path)")
            }
            let anew = try await shop.serve(in: target)
            #expect(try await over.status(at: anew) == 410)
            #expect(try await open.status(at: anew) == 200)
            let names = try await shop.withPool(in: target) { pool in
                try await pool.read(Statement("SELECT count(customer_name) AS n FROM orders")).single()
                    .value("n", as: Int.self)
            }
            #expect(names == 1)
            anew.terminate()
            #expect(await anew.waitForExit() == 0)
        }
    }

    private static func makeTokensAndKeys(_ shop: BackedUpShop) async throws {
        try await shop.withPool { pool in
            let staff = StaffStore(pool)
            let keys = try await StorefrontKeyStore(pool)
            let (now, day) = (Instant.now(), Duration.seconds(86_400))
            for name in ["left", "dismissed"] {
                _ = try await staff.create(name: name, role: .packer, now: now, lifetime: day)
            }
            _ = try await staff.create(name: "over", role: .packer, now: now + .seconds(-172_800), lifetime: day)
            for name in ["kiosk", "former"] {
                _ = try await keys.create(
                    name: name,
                    origins: ["*"],
                    currency: nil,
                    country: nil,
                    requestsPerMinute: StorefrontKey.standardRate,
                    now: now
                )
            }
            #expect(try await staff.revoke(name: "dismissed", now: .now()))
            #expect(try await keys.revoke(name: "former", now: .now()))
        }
    }

    private static func revokeTokenAndKey(_ shop: BackedUpShop) async throws {
        try await shop.withPool { pool in
            let revoked = try await (
                StaffStore(pool).revoke(name: "left", now: .now()),
                StorefrontKeyStore(pool).revoke(name: "kiosk", now: .now())
            )
            #expect(revoked.0 && revoked.1)
        }
    }

    @Test func whatIsDamagedOrMissingIsNamed() async throws {
        try await BackedUpShop.with { shop in
            let store = try await shop.serve()
            let early = try await shop.run("restore", "--into", shop.folder + "/none")
            #expect(early.code == 1 && early.said.contains("there is no backup"), "\(early.said)")
            let made = try await shop.run("backup", "--data-dir", shop.data)
            #expect(made.code == 0, "\(made.said)")
            for _ in 0..<3 {
                _ = try await PlacedOrder.place(at: store)
                try await shop.archive()
            }
            await shop.crash(store)
            let base = "\(shop.backups)/base/\(try shop.onlyBackup())"
            func restore(_ extra: [String] = []) async throws -> BackedUpShop.Run {
                let run = try await shop.run("restore", "--into", shop.folder + "/restored", with: extra)
                #expect(!FileManager.default.fileExists(atPath: shop.folder + "/restored"))
                return run
            }

            let other = shop.folder + "/other"
            try "another passphrase than that\n".write(toFile: other, atomically: true, encoding: .utf8)
            let wrong = try await restore(["AFTERCARE_BACKUP_PASSPHRASE_FILE=\(other)"])
            #expect(wrong.code == 1 && wrong.said.contains("the passphrase does not open"), "\(wrong.said)")
            try "short\n".write(toFile: other, atomically: true, encoding: .utf8)
            let short = try await restore(["AFTERCARE_BACKUP_PASSPHRASE_FILE=\(other)"])
            #expect(short.said.contains("holds no passphrase"), "\(short.said)")
            let whole = try Data(contentsOf: URL(filePath: base + "/secrets"))
            try whole.dropLast(1).write(to: URL(filePath: base + "/secrets"))
            let damaged = try await restore()
            #expect(damaged.said.contains("secrets is damaged"), "\(damaged.said)")
            try FileManager.default.removeItem(atPath: base + "/secrets")
            let missing = try await restore()
            #expect(missing.said.contains("secrets is not there"), "\(missing.said)")
            try whole.write(to: URL(filePath: base + "/secrets"))

            // The segments are told apart by their names, in the order of time.
            let segments = try FileManager.default.contentsOfDirectory(atPath: shop.backups + "/wal").sorted()
                .filter { $0.hasPrefix("000000010") && $0.hasSuffix(".gz") && !$0.contains("backup") }
            let middle = try #require(segments.dropLast().last)
            let path = "\(shop.backups)/wal/\(middle)"
            let bytes = try Data(contentsOf: URL(filePath: path))
            try FileManager.default.removeItem(atPath: path)
            let gap = try await restore()
            #expect(gap.said.contains("segment \(middle.dropLast(3)) of the write-ahead log is missing"), "\(gap.said)")
            try bytes.dropLast(20).write(to: URL(filePath: path))
            let torn = try await restore()
            #expect(torn.said.contains("segment \(middle.dropLast(3)) of the write-ahead log"), "\(torn.said)")
            #expect(torn.said.contains("is damaged"))
            try bytes.write(to: URL(filePath: path))

            let file = "base/1/PG_VERSION"
            try "14\n".write(toFile: "\(base)/cluster/\(file)", atomically: false, encoding: .utf8)
            let corrupt = try await restore()
            #expect(corrupt.said.contains("is damaged") && corrupt.said.contains(file), "\(corrupt.said)")
        }
    }
}
