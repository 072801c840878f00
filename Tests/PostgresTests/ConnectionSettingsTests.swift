import Postgres
import Testing

struct ConnectionSettingsTests {
    @Test func settingsPrintNoPassword() throws {
        let settings = try ConnectionSettings("postgresql://shop:canary-7431@db/shop")
        #expect(!"\(settings)".contains("canary-7431"))
        #expect(!String(reflecting: settings).contains("canary-7431"))
    }
}
