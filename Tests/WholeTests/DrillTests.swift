import AsyncHTTPClient
import FoundationEssentials
import Glibc
import NIOHTTP1
import Postgres
import SystemPackage
import TestSupport
import Testing

/// Backups and drills of a store that is served.
@Suite struct DrillTests {
    @Test func aDrillProvesTheBackupAndFindsWhatDiffers() async throws {
        try await BackedUpShop.with { shop in
            let port = freePort()
            let store = try await shop.serve(["AFTERCARE_METRICS_PORT=\(port)"])
            func measured() async throws -> [Substring] {
                let client = HTTPClient.wide()
                let text = try await client.send(.GET, "http://127.0.0.1:\(port)/metrics").text
                try await client.shutdown()
                return text.split(separator: "\n")
            }
            _ = try await PlacedOrder.place(at: store)
            let without = try await shop.run("backup", "drill", "--data-dir", shop.data)
            #expect(without.code == 1 && without.said.contains("there is no backup"), "\(without.said)")
            let made = try await shop.run("backup", "--data-dir", shop.data)
            #expect(made.said.contains("not proven yet"), "\(made.said)")
            // That none was ever proven is seen by the one without the other.
            let unproven = try await measured()
            #expect(unproven.contains("aftercare_backup_configured 1"))
            #expect(!unproven.contains { $0.hasPrefix("aftercare_backup_drill_age_seconds") })
            _ = try await PlacedOrder.place(at: store)

            let drill = try await shop.run("backup", "drill", "--data-dir", shop.data, "--json")
            #expect(drill.code == 0 && drill.json.isGood == .bool(true), "\(drill.said)")
            let figures = drill.json.figures.entries
            #expect(figures.first { $0.name == "orders" }?.restored == "2", "\(drill.said)")
            #expect(figures.first { $0.name == "guides" }?.live == "2")
            #expect(figures.allSatisfy { $0.live == $0.restored })
            #expect((drill.json.octets.int ?? 0) > 1 << 20 && (drill.json.restoreSeconds.double ?? 0) > 0)
            #expect(!FileManager.default.fileExists(atPath: shop.backups + "/drill"))
            let list = try await shop.run("backup", "list", "--data-dir", shop.data)
            let backup = try shop.onlyBackup()
            #expect(list.said.contains("good") && list.said.contains(backup), "\(list.said)")
            let report = URL(filePath: shop.backups + "/drill.json")
            func kept() throws -> JSON { try JSON(Array(Data(contentsOf: report))) }
            #expect(try kept() == drill.json)
            #expect(try await measured().contains { $0.hasPrefix("aftercare_backup_drill_age_seconds ") })

            // A guide that is not what was issued is found, however faithfully it was copied.
            try await shop.withPool { pool in
                _ = try await pool.write([
                    Statement("ALTER TABLE guide DISABLE TRIGGER guide_is_kept"),
                    Statement("UPDATE guide SET document_hash = sha256('other') WHERE order_id = 0"),
                    Statement("ALTER TABLE guide ENABLE TRIGGER guide_is_kept"),
                ])
            }
            let tampered = try await shop.run("backup", "drill", "--data-dir", shop.data)
            #expect(tampered.code == 1 && tampered.said.contains("1 of the newest 2 guides"), "\(tampered.said)")
            #expect(tampered.said.contains("NOT GOOD"))

            // A backup that can't be restored at all is a drill that failed as well.
            let file = "\(shop.backups)/base/\(backup)/cluster/base/1/PG_VERSION"
            try "14\n".write(toFile: file, atomically: false, encoding: .utf8)
            let damaged = try await shop.run("backup", "drill", "--data-dir", shop.data)
            #expect(damaged.code == 1 && damaged.said.contains("base/1/PG_VERSION"), "\(damaged.said)")
            #expect(!FileManager.default.fileExists(atPath: shop.backups + "/drill"))

            // Whatever else ends a drill is kept too: the sealed settings are no use beside those that this one is given.
            let sealed = ["AFTERCARE_TLS_CERTIFICATE=/cert.pem", "AFTERCARE_TLS_KEY=/key.pem"]
            let other = try await shop.run("backup", "--data-dir", shop.data, with: sealed)
            #expect(other.code == 0, "\(other.said)")
            let ended = try await shop.run("backup", "drill", "--data-dir", shop.data, with: ["AFTERCARE_TLS_KEY="])
            #expect(ended.code == 1 && ended.said.contains("AFTERCARE_TLS_KEY must be set"), "\(ended.said)")
            #expect(try kept().faults.entries[0].text.contains("AFTERCARE_TLS_KEY"))
            #expect(try kept().isGood == .bool(false) && kept().lastGoodAt == drill.json.lastGoodAt)
            #expect(!FileManager.default.fileExists(atPath: shop.backups + "/drill"))
            store.terminate()
            #expect(await store.waitForExit() == 0)
        }
    }

    @Test func oneAtATimeAndWhatIsInterruptedLeavesNothing() async throws {
        try await BackedUpShop.with { shop in
            let store = try await shop.serve()
            let made = try await shop.run("backup", "--data-dir", shop.data)
            #expect(made.code == 0, "\(made.said)")
            try await expectNothingToBegin(shop)

            // Stopped as soon as it has begun to restore.
            let drill = try #require(
                spawn(
                    StoreProcess.program,
                    ["backup", "drill", "--data-dir", shop.data],
                    environment: shop.environment + ["PATH=/usr/bin:/bin", StoreProcess.patience]
                )
            )
            try await eventually("the drill restores") {
                FileManager.default.fileExists(atPath: shop.backups + "/drill/cluster")
            }
            kill(drill, SIGINT)
            #expect(await endOfProcess(drill) & 0x7F == 0)
            #expect(!FileManager.default.fileExists(atPath: shop.backups + "/drill"))

            // What a killed one leaves behind is cleared away by the next.
            let leftovers = """
                mkdir -p "$1/base/.new/cluster" "$1/drill/cluster"
                [ "$(id -u)" != 0 ] || chown -R postgres "$1/base/.new" "$1/drill"
                """
            #expect(await shell(leftovers, shop.backups) == 0)
            let second = try await shop.run("backup", "--data-dir", shop.data)
            #expect(second.code == 0, "\(second.said)")
            #expect(!FileManager.default.fileExists(atPath: shop.backups + "/base/.new"))
            let good = try await shop.run("backup", "drill", "--data-dir", shop.data)
            #expect(good.code == 0, "\(good.said)")
            store.terminate()
            #expect(await store.waitForExit() == 0)
        }
    }

    /// While another one is at work, which is over when this returns.
    private func expectNothingToBegin(_ shop: BackedUpShop) async throws {
        let lock = try FileLock(FilePath(shop.backups + "/lock"))
        defer { withExtendedLifetime(lock) {} }
        let busy = try await shop.run("backup", "make", "--data-dir", shop.data)
        #expect(busy.code == 1 && busy.said.contains("is at work"), "\(busy.said)")
        let busyDrill = try await shop.run("backup", "drill", "--data-dir", shop.data)
        #expect(busyDrill.code == 1 && busyDrill.said.contains("is at work"), "\(busyDrill.said)")
        let busyRestore = try await shop.run("restore", "--into", shop.folder + "/restored")
        #expect(busyRestore.code == 1 && busyRestore.said.contains("is at work"), "\(busyRestore.said)")
        #expect(!FileManager.default.fileExists(atPath: shop.folder + "/restored"))
    }

    @Test func whatCanNotBeWrittenOrIsNotArchivedIsToldPlainly() async throws {
        try await BackedUpShop.with { shop in
            // A server that keeps no log: there is nothing to restore to a moment from.
            let store = try await StoreProcess.start(dataFolder: shop.data)
            let refused = try await shop.run("backup", "--data-dir", shop.data)
            #expect(refused.code == 1 && refused.said.contains("does not keep its write-ahead log"), "\(refused.said)")
            await shell("kill -9 \"$1\"", "\(store.identifier)")
            _ = await store.waitForExit()
            // The database that goes on without its program is taken over, and keeps its log from then on.
            let anew = try await shop.serve()
            let made = try await shop.run("backup", "--data-dir", shop.data)
            #expect(made.code == 0, "\(made.said)")
            anew.terminate()
            #expect(await anew.waitForExit() == 0)

            let keyless = try await shop.run("backup", with: ["AFTERCARE_BACKUP_PASSPHRASE_FILE="])
            #expect(keyless.code == 1 && keyless.said.contains("AFTERCARE_BACKUP_PASSPHRASE_FILE must be set"))
            let own = try await shop.run("backup", with: ["DATABASE_URL=postgresql://h/db"])
            #expect(own.code == 1 && own.said.contains("AFTERCARE_BACKUP_DIR is for the store's own database"))
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root has the server run as somebody else"))
    func aFolderThatTheServersUserMayNotWriteIsRefusedByName() async throws {
        try await BackedUpShop.with { shop in
            #expect(mkdir(shop.folder + "/closed", 0o700) == 0)
            let run = try await shop.run(
                "serve",
                "--port",
                "0",
                "--data-dir",
                shop.data,
                with: ["AFTERCARE_BACKUP_DIR=\(shop.folder)/closed/backups"]
            )
            #expect(run.code == 1 && run.said.contains("may not write to"), "\(run.said)")
            #expect(run.said.contains("\"postgres\""))
        }
    }
}
