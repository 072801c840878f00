@testable import StaffCLI
import Testing

/// Several stores, each with a login under its name.
@Suite struct ProfileTests {
    @Test func eachProfileHasItsOwnLogin() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, _ in
            try await withStore({ SampleAnswers.answer($0) }) { outlet, _ in
                let machine = try Machine(nil)
                #expect(await machine.run("login", "--url", store.url, piped: ["one"]).code == 0)
                let named = await machine.run("login", "--profile", "outlet", "--url", outlet.url, piped: ["two"])
                #expect(named.code == 0, "\(named)")
                #expect(await machine.run("today").code == 0)
                #expect(await machine.run("today", "--profile", "outlet").code == 0)
                #expect(await machine.run("today", environment: ["AFTERCARE_PROFILE": "outlet"]).code == 0)
                #expect(store.requests.map { $0.headers["authorization"] } == ["Bearer one", "Bearer one"])
                #expect(outlet.requests.count == 3 && outlet.requests[2].headers["authorization"] == "Bearer two")

                let list = await machine.run("logins", "--profile", "outlet")
                #expect(list.output.contains("* outlet") && list.output.contains(store.url), "\(list.output)")
                let json = await machine.run("logins", "--json").output
                #expect(json.contains(#""profile": null"#) && json.contains(outlet.url) && !json.contains("two"))

                #expect(await machine.run("logout", "--profile", "outlet").output == "Logged out.\n")
                #expect(await machine.run("today").code == 0)
                let gone = await machine.run("today", "--profile", "outlet")
                #expect(gone.code == 3 && gone.errors.contains("aftercare login --profile outlet"), "\(gone)")
            }
        }
    }

    /// A token in the environment is for no store that is named beside it.
    @Test func aProfileThatIsNamedWinsOverAToken() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            #expect(await machine.run("login", "--profile", "outlet", "--url", store.url, piped: ["two"]).code == 0)
            #expect(await machine.run("today", "--profile", "outlet").code == 0)
            #expect(store.requests.last?.headers["authorization"] == "Bearer two")
            #expect(await machine.run("today").code == 0)
            #expect(store.requests.last?.headers["authorization"] == "Bearer secret-token")
        }
    }

    @Test(arguments: ["../login", ".x", "a/b", "a b", "é", String(repeating: "x", count: 41), "a\u{1B}"])
    func aNameIsNoPath(name: String) async throws {
        let outcome = try await Machine(nil).run("today", "--profile", name)
        #expect(outcome.code == 64 && outcome.errors.contains("is no name of a login"), "\(outcome)")
    }

    @Test func nothingIsSavedYet() async throws {
        let outcome = try await Machine(nil).run("logins")
        #expect(outcome.code == 0 && outcome.output == "No logins are saved: aftercare login makes one.\n")
    }
}
