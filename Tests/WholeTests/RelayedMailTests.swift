import AsyncHTTPClient
import Catalog
import Foundation
import NIOCore
import NIOHTTP1
import Postgres
import Schema
import TestSupport
import Testing

/// The program and a real mail server: what customers are written arrives, whatever becomes of the server meanwhile.
struct RelayedMailTests {
    /// OpenSMTPD's package, unpacked, as `.ci/run` does it.
    private static let openSMTPD = "/var/tmp/aftercare-opensmtpd"

    /// Python's own reader of mail.
    private static let reader = """
        import email, email.policy, json, sys
        with open(sys.argv[1], 'rb') as file:
            message = email.message_from_binary_file(file, policy=email.policy.default)
        leaves = [part for part in message.walk() if not part.is_multipart()]
        parts = {part.get_filename() or part.get_content_type(): part for part in leaves}
        print(json.dumps({
            'from': message['From'], 'to': message['To'], 'subject': message['Subject'],
            'plain': parts['text/plain'].get_content(), 'html': parts['text/html'].get_content(),
            'calendar': parts['guide.ics'].get_content(), 'method': parts['guide.ics'].get_param('method'),
            'terms': parts['terms-en.txt'].get_content(), 'withdrawal': parts['withdrawal-en.txt'].get_content(),
            'defects': [str(defect) for part in message.walk() for defect in part.defects],
        }))
        """

    private struct Shop: Sendable {
        let server: StoreProcess
        let client: HTTPClient
        let pool: Pool

        /// Places an order for an address whose name says what the mail server does.
        func order(for name: String, at domain: String = "example.com") async throws {
            let cart = try await client.send(
                .POST,
                server.url + "/v1/carts",
                #"{"currency": "GBP", "country": "GB", "items": [{"sku": "DM-KIT", "quantity": 1}], "course": {"timeZone": "Europe/London", "sessions": ["2027-03-01"]}}"#
            )
            let path = try #require(cart.headers.first(name: "Location"), "\(cart.text)")
            let placed = try await client.send(
                .POST,
                server.url + path + "/checkout",
                """
                {"customer": {"name": "Ada Example", "email": "\(name)@\(domain)"},
                 "shippingAddress": {"line1": "1 High Street", "city": "London", "postalCode": "N1 1AA", "country": "GB"},
                 "payment": {"method": "invoice"}, "expectedTotal": {"amount": 4500, "currency": "GBP"}, "accept": ["late"]}
                """,
                ["Idempotency-Key": name + domain]
            )
            #expect(placed.status == 201, "\(placed.text)")
        }

        /// Makes what is to be tried later due at once.
        func hurry() async throws {
            _ = try await pool.write([
                Statement("UPDATE delivery_cursor SET due_at = now() WHERE due_at > now() AND lease_token IS NULL")
            ])
        }

        func number(_ sql: StaticString) async throws -> Int {
            try await pool.read(Query(only: Statement(sql)) { try $0.value("n", as: Int.self) })
        }
    }

    /// Runs with the program, which sends its mail to a port of this machine.
    private func withShop(relay port: Int, _ body: (Shop) async throws -> Void) async throws {
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            try await withPool(settings) { pool in
                _ = try await Migrator(Schema.migrations).migrate(pool)
                try await CatalogFile(CatalogFile.demoBytes).load(into: pool)
                let link = try await SlowLink(to: settings.socketPath, delay: .zero)
                let server = try await StoreProcess.start(
                    databasePort: link.port,
                    database: settings.databaseName,
                    environment: [
                        "AFTERCARE_SMTP_URL=smtp://127.0.0.1:\(port)", "AFTERCARE_MAIL_FROM=shop@example.com",
                    ]
                )
                let client = HTTPClient.wide()
                let result: Result<Void, any Error>
                do {
                    try await body(Shop(server: server, client: client, pool: pool))
                    result = .success(())
                } catch {
                    result = .failure(error)
                }
                server.terminate()
                #expect(await server.waitForExit() == 0)
                try await client.shutdown()
                try await link.close()
                try result.get()
            }
        }
    }

    /// Reads a mail as a mail program does: it is whole, and its links open.
    private func check(_ file: URL, _ shop: Shop) async throws {
        try await withTestFolder { folder in
            let script = "printf %s \"$1\" > \"$2/reader.py\"; python3 \"$2/reader.py\" \"$3\" > \"$2/read\""
            #expect(await shell(script, Self.reader, folder, file.path) == 0)
            let mail = try JSON(try Data(contentsOf: URL(filePath: folder + "/read")))
            #expect(mail.to.text == "Ada Example <ada@example.com>" && mail.defects.entries.isEmpty)
            #expect(mail.from.text == "DM Aftercare <shop@example.com>")
            #expect(mail.calendar.text.contains("BEGIN:VCALENDAR") && mail.method.text == "PUBLISH")
            #expect(mail.terms.text.contains("DEMO SHOP") && mail.withdrawal.text.contains("WITHDRAWING"))
            for text in [mail.plain.text, mail.html.text] {
                let guide = try #require(text.firstMatch(of: /http:\/\/127\.0\.0\.1:[0-9]+\/g\/[A-Za-z0-9_-]+/))
                #expect(try await shop.client.send(.GET, String(guide.0)).status == 200)
            }
        }
    }

    @Test(.enabled("aiosmtpd is installed") { RelayServer.isInstalled })
    func mailArrivesWithAGuideThatOpensAndACalendar() async throws {
        try await RelayServer.run { relay in
            try await withShop(relay: relay.port) { shop in
                // One that is refused for good, one for now, and one that is taken.
                for name in ["nobody", "twice", "ada"] { try await shop.order(for: name) }
                try await eventually("one arrives") { !relay.messages.isEmpty }
                try await check(relay.folder.appending(path: "1"), shop)
                try await eventually("what was refused for now arrives") {
                    try await shop.hurry()
                    return relay.messages.count == 2
                }
                try await eventually("what was refused for good is given up") {
                    try await shop.number("SELECT count(*) AS n FROM delivery_failure WHERE reason LIKE '%550 5.1.1%'")
                        == 1
                }
                #expect(relay.messages.count == 2)
            }
        }
    }

    @Test(.enabled("OpenSMTPD is unpacked") { access(openSMTPD + "/usr/sbin/smtpd", X_OK) == 0 && geteuid() == 0 })
    func anotherMakeOfServerTakesIt() async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "opensmtpd.sh").path
        let port = freePort()
        try await withTestFolder { folder in
            let words = ["-m", "sh", script, Self.openSMTPD, folder, "\(port)"]
            let server = try #require(
                spawn("/usr/bin/unshare", words, environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
            )
            let result: Result<Void, any Error>
            do {
                try await tellAda(through: port, into: folder + "/mails/new")
                result = .success(())
            } catch {
                result = .failure(error)
            }
            kill(server, SIGTERM)
            _ = await endOfProcess(server)
            try result.get()
        }
    }

    /// Writes to Ada, whose mail arrives in a folder, and to somebody whom the server does not know.
    private func tellAda(through port: Int, into folder: String) async throws {
        try await withShop(relay: port) { shop in
            try await shop.order(for: "ada", at: "elsewhere.example")
            try await shop.order(for: "ada")
            let mails = URL(filePath: folder)
            func files() -> [URL] {
                (try? FileManager.default.contentsOfDirectory(at: mails, includingPropertiesForKeys: nil)) ?? []
            }
            try await eventually("one arrives") { files().count == 1 }
            try await check(try #require(files().first), shop)
            try await eventually("the other is refused, for a domain that the server does not serve") {
                try await shop.number("SELECT count(*) AS n FROM delivery_failure WHERE reason LIKE '%(550%'") == 1
            }
        }
    }

    @Test(.enabled("aiosmtpd is installed") { RelayServer.isInstalled })
    func mailWaitsForARelayThatIsAway() async throws {
        let port = freePort()
        try await withShop(relay: port) { shop in
            try await shop.order(for: "ada")
            try await eventually("the relay is found to be away") {
                try await shop.number("SELECT count(*) AS n FROM delivery_attempt WHERE outcome = 'failed'") > 0
            }
            try await RelayServer.run(["port": port]) { relay in
                try await eventually("it arrives") {
                    try await shop.hurry()
                    return !relay.messages.isEmpty
                }
                try await eventually("and is known to have") {
                    try await shop.number("SELECT count(*) AS n FROM delivery_cursor WHERE due_at IS NOT NULL") == 0
                }
                #expect(relay.messages.count == 1)
            }
        }
    }
}
