import Foundation
@testable import StaffCLI
import Testing

/// Who is logged in, and who can find out.
@Suite struct LoginTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }

    @Test func aLoginIsKeptForItsOwnerAlone() throws {
        let machine = try Machine(nil)
        let environment = ["XDG_CONFIG_HOME": machine.path("a/b")]
        #expect(throws: StaffError.self) { try Login.load(environment: environment) }
        try Login(url: "https://shop.example/", token: "t").save(environment: environment)
        try Login(url: "https://shop.example", token: "u").save(environment: environment)
        #expect(try mode(machine.path("a/b/aftercare")) == 0o700)
        #expect(try mode(machine.path("a/b/aftercare/login.json")) == 0o600)
        #expect(try Login.load(environment: environment) == Login(url: "https://shop.example", token: "u"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: machine.path("a/b/aftercare")) == ["login.json"])
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o601])
    func oneThatOthersCanReadIsRefused(mode: Int) async throws {
        let machine = try Machine(nil)
        try Login(url: "http://127.0.0.1:1", token: "t").save(environment: machine.environment)
        let path = machine.path("config/login.json")
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        let outcome = await machine.run("whoami")
        #expect(outcome.code == 5)
        #expect(
            outcome.errors.contains("\(path) can be read by others, so it is not used.\nMake it yours alone: chmod 600")
        )
    }

    @Test func theEnvironmentWins() throws {
        let machine = try Machine(nil)
        var environment = machine.environment
        try Login(url: "https://shop.example", token: "file").save(environment: environment)
        environment["AFTERCARE_TOKEN"] = "given"
        #expect(try Login.load(environment: environment) == Login(url: "https://shop.example", token: "given"))
        environment["AFTERCARE_URL"] = "http://other:1"
        #expect(try Login.load(environment: environment) == Login(url: "http://other:1", token: "given"))
        // A token never goes to a store that it is not for.
        environment["AFTERCARE_TOKEN"] = nil
        #expect(throws: StaffError.self) { try Login.load(environment: environment) }
        environment["AFTERCARE_URL"] = "https://shop.example//"
        #expect(try Login.load(environment: environment).token == "file")
    }

    @Test(arguments: [
        "", "shop.example", "ftp://x", "https://", "https://a b", "https://a?b", "https://u@h", "http://x\n",
    ])
    func malformedAddressIsRefused(url: String) {
        #expect(throws: StaffError.self) { try Login(url: url, token: "t") }
    }

    @Test func loggingInChecksTheTokenAndKeepsIt() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, _ in
            let machine = try Machine(nil)
            let typed = await machine.run("login", typed: [store.url + "/", "  typed-token "])
            #expect(typed.code == 0, "\(typed)")
            #expect(typed.output == "Logged in to \(store.url) as desk (manager), until 2027-01-30 00:00.\n")
            #expect(store.requests.last?.headers["authorization"] == "Bearer typed-token")
            #expect(!typed.errors.contains("typed-token"))
            #expect(await machine.run("login", "--url", store.url, piped: ["piped-token"]).code == 0)
            let kept = try Login.load(environment: machine.environment)
            #expect(kept.token == "piped-token")
            #expect(await machine.run("whoami").output.contains("Role   manager"))
            #expect(await machine.run("logout").output == "Logged out.\n")
            #expect(await machine.run("logout").output == "Nobody was logged in.\n")
            #expect(await machine.run("today").code == 3)
            #expect(await machine.run("login", "--url", store.url).code == 64)
        }
    }

    @Test func aTokenThatIsNotGoodIsNotKept() async throws {
        try await withStore({ _ in .problem(401, "unauthorised", "This needs a staff token.") }) { store, _ in
            let machine = try Machine(nil)
            let outcome = await machine.run("login", "--url", store.url, "--token", "bad")
            #expect(outcome.code == 3)
            #expect(outcome.errors == "This needs a staff token.\nLog in: aftercare login.\n")
            let kept = try Login.saved(environment: machine.environment)
            #expect(kept == nil)
        }
    }

    @Test func aBrokenLoginIsSaidToBeOne() async throws {
        let machine = try Machine(nil)
        try Login(url: "http://x", token: "t").save(environment: machine.environment)
        try Data("{".utf8).write(to: URL(filePath: machine.path("config/login.json")))
        let outcome = await machine.run("today")
        #expect(outcome.code == 5 && outcome.errors.contains("is not a login file."))
    }
}
