import AsyncHTTPClient
import Catalog
import NIOCore
import NIOHTTP1
import Postgres
import Schema
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Mail that goes nowhere is shown to whoever works on this machine, and to nobody else.
@Suite struct MailShownTests {
    private static let kitChoice = #"{"currency": "GBP", "country": "GB", "items": [{"sku": "DM-KIT", "quantity": 1}]}"#
    private static let checkoutBody =
        """
        {"customer": {"name": "Ada <b>Example</b>", "email": "ada@example.com"},
         "shippingAddress": {"line1": "1 High Street", "city": "London", "postalCode": "N1 1AA", "country": "GB"},
         "payment": {"method": "invoice"}, "expectedTotal": {"amount": 4500, "currency": "GBP"}}
        """

    @Test func mailIsShownOnThisMachineAlone() async throws {
        try await withOwnCluster { cluster in
            let settings = try cluster.settings()
            let pool = Pool(settings.patient, limits: .patient(connections: 8))
            _ = try await Migrator(Schema.migrations).migrate(pool)
            try await CatalogFile(CatalogFile.demoBytes).load(into: pool)
            let link = try await SlowLink(to: settings.socketPath, delay: .zero)
            let client = HTTPClient.wide()
            try await withTestFolder { folder in
                func start(_ environment: String...) async throws -> StoreProcess {
                    try await StoreProcess.start(
                        databasePort: link.port,
                        database: settings.databaseName,
                        environment: environment + ["AFTERCARE_DATA_DIR=\(folder)"]
                    )
                }
                var store = try await start()
                let cart = try await client.send(.POST, store.url + "/v1/carts", Self.kitChoice)
                let path = try #require(cart.headers.first(name: "Location"))
                let key = ["Idempotency-Key": "k"]
                let placed = try await client.send(.POST, store.url + path + "/checkout", Self.checkoutBody, key)
                let number = placed.json.number.text
                let name = "\(number)-1-placed"
                try await eventually("the mail is listed") {
                    try await client.send(.GET, store.url + "/dev/mail").text.contains("/dev/mail/\(name)")
                }
                let page = try await client.send(.GET, store.url + "/dev/mail/\(name)")
                #expect(page.status == 200 && page.text.contains("Your order \(number), and your aftercare guide"))
                #expect(page.text.contains("Ada &lt;b&gt;Example&lt;/b&gt;"), "\(page.text)")
                let frame = try await client.send(.GET, store.url + "/dev/mail/\(name)/page")
                #expect(frame.text.contains("Open your guide"))
                #expect(frame.headers.first(name: "Content-Security-Policy")?.contains("sandbox") == true)
                let strange = ["Host": "store.example"]
                #expect(try await client.send(.GET, store.url + "/dev/mail", nil, strange).status == 404)
                #expect(try await client.send(.GET, store.url + "/dev/mail/..%2Flink-key").status == 404)

                #expect(try await aftercare(["mail", "list"], folder).contains("\(name)  \"Ada <b>Example</b>\""))
                let shown = try await aftercare(["mail", "show", name], folder)
                #expect(shown.contains("Thank you for your order \(number)") && shown.contains("/g/"))
                #expect(try await aftercare(["mail", "open", name], folder).contains("\(folder)/mail/\(name).html"))
                #expect(try await aftercare(["mail", "show", "nothing"], folder).contains("mail list shows the names"))
                store.kill()

                store = try await start("AFTERCARE_TRUSTED_PROXIES=127.0.0.1")
                #expect(try await client.send(.GET, store.url + "/dev/mail").status == 404)
                store.kill()
            }
            try await client.shutdown()
            try await link.close()
            await pool.close()
        }
    }

    /// Runs the program to its end; what it says.
    private func aftercare(_ arguments: [String], _ folder: String) async throws -> String {
        let result = try await Subprocess.run(
            .path(FilePath(StoreProcess.program)),
            arguments: Arguments(arguments),
            environment: .custom([
                "PATH": "/usr/bin:/bin", "AFTERCARE_DATA_DIR": folder, "AFTERCARE_DATABASE_PATIENCE": "60",
            ]),
            output: .string(limit: 65_536),
            error: .combinedWithOutput
        )
        return result.standardOutput
    }
}
