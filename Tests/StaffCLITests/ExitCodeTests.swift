@testable import StaffCLI
import SystemPackage
import Testing

/// Scripts tell troubles apart by the exit code, people by the sentence.
@Suite struct ExitCodeTests {
    @Test(arguments: [
        (401, "unauthorised", Int32(3)), (403, "forbidden", 3), (404, "not-found", 1), (409, "leased", 1),
        (409, "not-packable", 1), (412, "course-changed", 1), (422, "invalid-request", 1), (501, "pdf-unavailable", 1),
        (500, "internal-error", 4), (410, "expired", 1),
    ])
    func aRefusalHasItsCode(status: Int, problem: String, code: Int32) async throws {
        try await withStore({ _ in .problem(status, problem, "It is so.") }) { _, machine in
            let outcome = await machine.run("release", "DM-7K4Q-99")
            #expect(outcome.code == code)
            #expect(outcome.errors.hasPrefix("It is so.\n") && outcome.output.isEmpty)
        }
    }

    @Test(arguments: [
        ("{}", "/data is missing"), (#"{"data": 1}"#, "/data is of another type"),
        (#"{"data": [{"name": "secret-name"}]}"#, "/data/0/role is missing"), ("<html>", "it is not JSON"),
    ])
    func anAnswerThatCannotBeReadIsSaidToBeSoAndWhy(body: String, cause: String) async throws {
        try await withStore({ _ in .answer(200, body) }) { _, machine in
            let outcome = await machine.run("token", "list")
            #expect(outcome.code == 4)
            #expect(outcome.errors.hasPrefix("The store's answer can't be read: \(cause).\n"), "\(outcome.errors)")
            #expect(!outcome.errors.contains("secret-name"))
        }
    }

    @Test func eachFieldHasItsSentence() async throws {
        let errors =
            #"[{"pointer":"/reason","code":"missing","detail":"Say why."},{"pointer":"","code":"x","detail":"And so."}]"#
        try await withStore({ _ in .problem(422, "invalid-request", "/reason: Say why.", errors: errors) }) {
            _,
            machine in
            let outcome = await machine.run("deliver", "DM-7K4Q-99")
            #expect(
                outcome.errors == """
                    /reason: Say why.
                    And so.
                    Correct that and run the command again; --help shows how to use it.

                    """
            )
        }
    }

    @Test(arguments: [
        ["hold", "DM-7K4Q-99"], ["hold", "DM-7K4Q-99", "--reason", "mood"], ["pack"], ["today", "--limit", "0"],
        ["day", "show", "2026-02-30"], ["print"], ["print", "A", "--today"], ["orders", "refund", "A"],
        ["stock", "receive", "A", "0"], ["nonsense"], ["pack", "--all", "-"], ["pack", "--all"],
        ["pack", "A", "--all", "--lot", "x"],
        ["orders", "links", "A", "--renew", "guide", "--revoke", "order"], ["stock", "adjust", "A", "--by", "0"],
        ["ship", "DM-7K4Q-99"], ["pack", "DM-7K4Q-99"], ["return", "announce", "A"],
        ["orders", "create", "--item", "A"],
    ])
    func wrongUseSendsNothing(arguments: [String]) async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let outcome = await machine.run(all: arguments)
            #expect(outcome.code == 64 && !outcome.errors.isEmpty, "\(outcome)")
            #expect(store.requests.isEmpty)
        }
    }

    @Test(arguments: [
        ["orders", "cancel", "A", "--reason", "x"], ["orders", "refund", "A", "--shipping", "--reason", "x"],
        ["orders", "links", "A", "--revoke", "guide"], ["payment", "record", "A"], ["token", "revoke", "desk"],
        ["demo", "fill"],
    ])
    func irreversibleChangesAskForConfirmation(arguments: [String]) async throws {
        try await withStore({ request in
            request.path.hasPrefix("/v1/products") ? .answer(200, DemoTests.products) : SampleAnswers.answer(request)
        }) { store, machine in
            let alone = await machine.run(all: arguments)
            #expect(alone.code == 64)
            #expect(alone.errors.contains("This can't be undone, and there is no terminal to ask at.\nAdd --yes"))
            let no = await machine.run(all: arguments, typed: ["n"])
            #expect(no.code == 1 && no.errors.contains("[y/n] Nothing was done."))
            #expect(await machine.run(all: arguments, typed: []).code == 1)
            #expect(store.requests.allSatisfy { $0.method == "GET" || $0.path.hasSuffix("/preview") })
            if arguments[0] != "demo" { #expect(await machine.run(all: arguments, typed: ["Yes"]).code == 0) }
        }
    }

    @Test func nobodyIsLoggedIn() async throws {
        let outcome = try await Machine(nil).run("today")
        #expect(outcome.code == 3 && outcome.errors == "Nobody is logged in.\nLog in: aftercare login.\n")
    }

    @Test func answerOfAnotherServerIsReported() async throws {
        try await withStore({ _ in .answer(200, "<html>Hello</html>") }) { _, machine in
            #expect(await machine.run("today").code == 4)
            #expect(await machine.run("today", "--json").code == 4)
        }
        try await withStore({ _ in .answer(404, "<html>") }) { store, machine in
            let outcome = await machine.run("today")
            #expect(outcome.code == 1 && outcome.errors.contains("The store at \(store.url) answered 404"))
        }
    }

    @Test func aFullDiskUnderTheOutputIsLocalTrouble() async throws {
        let full = try FileDescriptor.open("/dev/full", .writeOnly)
        defer { try? full.close() }
        try await withStore({ SampleAnswers.answer($0) }) { _, machine in
            let outcome = await machine.run("today", output: DescriptorSink(descriptor: full))
            #expect(
                outcome.code == 5 && outcome.errors.contains("The output can't be written: No space left on device.")
            )
        }
    }

    @Test func closedOutputEndsTheCommandSilently() async throws {
        let (reading, writing) = try FileDescriptor.pipe()
        try reading.close()
        defer { try? writing.close() }
        try await withStore({ SampleAnswers.answer($0) }) { _, machine in
            let outcome = await machine.run("today", output: DescriptorSink(descriptor: writing))
            #expect(outcome.code == 141 && outcome.errors.isEmpty)
        }
    }

    @Test func aRedirectIsNotFollowedWithTheToken() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { other, _ in
            try await withStore({ _ in .answer(302, "", ["Location": other.url + "/v1/staff/today"]) }) { _, machine in
                #expect(await machine.run("today").code == 1)
                #expect(other.requests.isEmpty)
            }
        }
    }
}
