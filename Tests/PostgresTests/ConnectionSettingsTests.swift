import Glibc
@testable import Postgres
import TestSupport
import Testing

struct ConnectionSettingsTests {
    @Test func settingsPrintNoPassword() throws {
        let settings = try ConnectionSettings("postgresql://shop:canary-7431@db/shop")
        #expect(!"\(settings)".contains("canary-7431"))
        #expect(!String(reflecting: settings).contains("canary-7431"))
    }

    @Test(arguments: ["postgresql://app:a@canary-7431@host/app", "postgres://a@canary-7431:x@host"])
    func passwordWithAnAtSignIsNotTakenForTheHost(text: String) throws {
        let refused = try #require(throws: PostgresError.self) { _ = try ConnectionSettings(text) }
        #expect("\(refused)".contains("%40") && !"\(refused)".contains("canary-7431"))
    }

    /// What stands before an unwritten slash would be taken for the port, and what stands after it for the database.
    @Test(arguments: [
        "postgresql://app:canary/7431@host/app", "postgresql://app:74/31canary@host", "postgresql://app:canary/7431",
    ])
    func passwordWithASlashIsNotTakenForThePort(text: String) throws {
        let refused = try #require(throws: PostgresError.self) { _ = try ConnectionSettings(text) }
        #expect("\(refused)".contains("%2F") && !"\(refused)".contains("canary"))
    }

    @Test func parameterThatIsNotKnownIsNamed() throws {
        for text in ["host=db sslmod=require", "postgresql://db/shop?sslmod=require"] {
            let refused = try #require(throws: PostgresError.self) { _ = try ConnectionSettings(text) }
            #expect("\(refused)".hasSuffix("does not know: sslmod"), "\(refused)")
        }
        let refused = try #require(throws: PostgresError.self) { _ = try ConnectionSettings("host=db sslmode=canary") }
        #expect("\(refused)".contains("sslmode") && !"\(refused)".contains("canary"))
    }

    @Test func spacesAroundAreNotMeant() throws {
        #expect(try ConnectionSettings(" \n postgresql://db/shop\n").socketFolder == "db")
        #expect(try ConnectionSettings("\thost=db dbname=shop \r\n").databaseName == "shop")
    }

    /// A service's file says what the string does not, and neither is overridden by libpq's own defaults.
    @Test func serviceIsLookedUpAsLibpqDoes() async throws {
        try await withTestFolder { folder in
            let file = folder + "/services"
            await shell(
                "printf '[shop]\\nhost=db1,db2\\nport=6543\\ndbname=store\\nsslmode=require\\nchannel_binding=require\\n' > \"$1\"",
                file
            )
            setenv("PGSERVICEFILE", file, 1)
            defer { unsetenv("PGSERVICEFILE") }
            let settings = try ConnectionSettings("service=shop")
            #expect(settings.hosts.map(\.name) == ["db1", "db2"] && settings.hosts.map(\.port) == ["6543", "6543"])
            #expect(settings.databaseName == "store" && settings.parameters["sslmode"] == "require")
            #expect(settings.parameters["channel_binding"] == "require")
            #expect(
                try ConnectionSettings("service=shop port=7000 dbname=other").hosts.map(\.port) == ["7000", "7000"]
            )
            let refused = try #require(throws: PostgresError.self) { _ = try ConnectionSettings("service=nowhere") }
            #expect("\(refused)".contains("\"nowhere\" not found"))
        }
    }

    @Test func addressMayHoldAnAtSignAfterItsHost() throws {
        #expect(try ConnectionSettings("postgresql://app:a%40b@host/app?application_name=a@b").socketFolder == "host")
    }
}
