import Postgres
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

    @Test func addressMayHoldAnAtSignAfterItsHost() throws {
        #expect(try ConnectionSettings("postgresql://app:a%40b@host/app?application_name=a@b").socketFolder == "host")
    }
}
