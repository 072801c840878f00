@testable import StaffCLI
import Synchronization
import Testing

/// An order is packed at a terminal or by a script, and nobody else packs it meanwhile.
@Suite struct PackingTests {
    private static let whole = ["2x CLEANSE-SHAMPOO", "L17", "NOPE", "RESTORE-OINTMENT", "without ZERO-SHINE-SAMPLE"]

    @Test func aBoxIsPackedAtTheTerminal() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let outcome = await machine.run("pack", "dm-7k4q-99", typed: Self.whole + ["done"])
            #expect(outcome.code == 0, "\(outcome)")
            #expect(
                store.lines == [
                    "POST /v1/staff/orders/DM-7K4Q-99/lease", "POST /v1/staff/orders/DM-7K4Q-99/packing",
                ]
            )
            #expect(
                store.requests.last?.body == #"{"scanned":[{"code":"CLEANSE-SHAMPOO","lot":"L17","#
                    + #""quantity":2},{"code":"RESTORE-OINTMENT","quantity":1}],"#
                    + #""without":["ZERO-SHINE-SAMPLE"]}"#
            )
            try Golden.compare(outcome.output + "-- errors\n" + outcome.errors, "packing.txt")
        }
    }

    /// What was printed before the packing began does not belong into a box that is closed after it became another.
    @Test(arguments: [["--all", "--lot", "CLEANSE-SHAMPOO=L17"], []])
    func whatChangedMeanwhileIsSaidWhenTheBoxIsClosed(arguments: [String]) async throws {
        let changed = SampleAnswers.packed.replacing(#""guideRevision":1"#, with: #""guideRevision":2"#)
            .replacing("1 High Street", with: "2 High Street")
            .replacing(
                #"],"guideRevision""#,
                with: #",{"kind":"note","text":"Gift.","by":"staff desk","at":"2026-11-25T09:00:00Z"}],"guideRevision""#
            )
        try await withStore({ request in
            request.path.hasSuffix("/packing") ? .answer(200, changed) : SampleAnswers.answer(request)
        }) { _, machine in
            let typed = arguments.isEmpty ? Self.whole + ["done"] : nil
            let outcome = await machine.run(all: ["pack", "A1"] + arguments, typed: typed)
            #expect(outcome.code == 0 && (outcome.output + outcome.errors).contains("Put on hold: No house number."))
            for sentence in [
                "Note: Gift. (staff desk)",
                "The guide is revision 2 now, print it again: aftercare print DM-7K4Q-99 --kind insert",
                "The address is 2 High Street, London N1 1AA, GB now, print the slip again:",
            ] {
                #expect(outcome.errors.contains(sentence), "\(outcome)")
            }
        }
    }

    @Test func aCodeThatComesTwiceAtOnceCountsOnce() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let ointment = ["RESTORE-OINTMENT", "RESTORE-OINTMENT"]
            let typed = ["2x CLEANSE-SHAMPOO", "L17"] + ointment + ["without ZERO-SHINE-SAMPLE", "done"]
            let start = ContinuousClock.now
            let outcome = await machine.run("pack", "A1", typed: typed) { $0.now = { start } }
            #expect(outcome.code == 0 && outcome.errors.contains("came twice at once"), "\(outcome)")
            #expect(store.requests.last?.body.contains(#"{"code":"RESTORE-OINTMENT","quantity":1}"#) == true)
        }
    }

    @Test func aNameInAnotherEncodingIsTypedAgain() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let outcome = await machine.run("ship", "A1", "--tracking", "X", typed: ["J\u{FFFD}r", "other"])
            #expect(outcome.code == 0 && outcome.errors.contains("Character 2 of that line is not UTF-8"), "\(outcome)")
            #expect(store.requests.last?.body.contains(#""carrier":"other""#) == true)
        }
    }

    @Test func withoutAnOrderItIsTheNext() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            #expect(await machine.run("pack", typed: Self.whole + ["done"]).code == 0)
            #expect(store.lines == ["POST /v1/staff/next", "POST /v1/staff/orders/DM-7K4Q-99/packing"])
        }
        try await withStore({ _ in .answer(200, #"{"order":null}"#) }) { store, machine in
            let outcome = await machine.run("pack", typed: [])
            #expect(outcome.code == 0 && outcome.output.contains("No orders are waiting"), "\(outcome)")
            #expect(store.lines == ["POST /v1/staff/next"])
        }
    }

    @Test(arguments: [["quit"], ["NOPE", "quit"], []])
    func quittingReleasesTheLease(typed: [String]) async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            #expect(await machine.run("pack", "DM-7K4Q-99", typed: typed).code == 0)
            #expect(store.lines.last == "DELETE /v1/staff/orders/DM-7K4Q-99/lease")
            #expect(!store.lines.contains { $0.hasSuffix("/packing") })
        }
    }

    @Test func theLeaseIsProlongedWhileSomebodyPacks() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            @Sendable func leases() -> Int { store.lines.filter { $0.hasSuffix("/lease") }.count }
            let outcome = await machine.run(
                "pack",
                "A1",
                typed: Self.whole + ["done"],
                waits: .init { _ in leases() >= 3 }
            ) {
                $0.leaseInterval = .seconds(1)
            }
            #expect(outcome.code == 0)
            #expect(leases() >= 3)
            // Never after it: what is packed needs no lease.
            #expect(store.lines.last?.hasSuffix("/packing") == true)
        }
    }

    @Test func lostLeaseIsReported() async throws {
        let count = Mutex(0)
        try await withStore({ request in
            guard request.line.hasPrefix("POST") && request.path.hasSuffix("/lease") else {
                return SampleAnswers.answer(request)
            }
            return count.withLock {
                $0 += 1; return $0
            } > 1
                ? .problem(409, "leased", "Ada packs it.") : SampleAnswers.answer(request)
        }) { _, machine in
            let said = "Ada packs it.\nTake another one: aftercare next."
            let outcome = await machine.run(
                "pack",
                "A1",
                typed: ["list", "quit"],
                waits: .init { $0.contains(said) }
            ) {
                $0.leaseInterval = .milliseconds(20)
            }
            #expect(outcome.errors.contains(said))
        }
    }

    @Test func refusedScansAreAskedForAgain() async throws {
        let count = Mutex(0)
        try await withStore({ request in
            guard request.line.hasPrefix("POST"), request.path.hasSuffix("/packing") else {
                return SampleAnswers.answer(request)
            }
            return count.withLock {
                $0 += 1; return $0
            } == 1
                ? .problem(
                    422,
                    "invalid-request",
                    "/scanned/0/lot: There is no lot L17.",
                    errors: #"[{"pointer":"/scanned/0/lot","code":"unknownLot","detail":"There is no lot L17."}]"#
                ) : SampleAnswers.answer(request)
        }) { store, machine in
            let outcome = await machine.run(
                "pack",
                "A1",
                typed: Self.whole + ["done", "list", "done", "2x 2000000000022 L18", "done"]
            )
            #expect(outcome.code == 0, "\(outcome)")
            #expect(outcome.errors.contains("/scanned/0/lot: There is no lot L17."))
            #expect(outcome.errors.contains("Not complete: 2 CLEANSE-SHAMPOO missing."))
            let sent = store.requests.filter { $0.path.hasSuffix("/packing") }
            #expect(sent.count == 2 && sent[0].key != sent[1].key)
            #expect(sent[1].body.contains("L18") && !sent[1].body.contains("L17"))
        }
    }

    @Test func aScriptNamesWhatIsInTheBox() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let done = await machine.run(
                "pack",
                "A1",
                "--scan",
                "2xCLEANSE-SHAMPOO:L17",
                "--scan",
                "2000000000053",
                "--without",
                "ZERO-SHINE-SAMPLE"
            )
            #expect(done.code == 0, "\(done)")
            let partly = await machine.run("pack", "A1", "--scan", "RESTORE-OINTMENT", "--partial")
            #expect(partly.code == 0 && store.requests.last?.body.contains(#""partial":true"#) == true)
        }
    }

    @Test(arguments: [
        (
            ["--scan", "NOPE", "--scan", "3xCLEANSE-SHAMPOO:L1"],
            "WRONG: NOPE is not on the list.\nTOO MANY: only 2 more"
        ),
        (["--all"], "The lot of CLEANSE-SHAMPOO is wanted: --lot CLEANSE-SHAMPOO=LOT, or"),
        (["--scan", "RESTORE-OINTMENT"], "Not complete: 2 CLEANSE-SHAMPOO, 1 ZERO-SHINE-SAMPLE missing."),
        (["--all", "--without", "RESTORE-OINTMENT"], "Restore Ointment must be in the box."),
    ])
    func aScriptThatIsWrongPacksNothing(arguments: [String], sentence: String) async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let outcome = await machine.run(all: ["pack", "A1"] + arguments)
            #expect(outcome.code == 1 && outcome.errors.contains(sentence), "\(outcome)")
            #expect(store.lines == ["POST /v1/staff/orders/A1/lease"])
        }
    }

    @Test func orderLeasedByAnotherIsLeftAlone() async throws {
        try await withStore({ _ in .problem(409, "leased", "Ada packs it.") }) { store, machine in
            #expect(await machine.run("pack", "A1", "--all").code == 1)
            #expect(store.lines == ["POST /v1/staff/orders/A1/lease"])
        }
    }

    @Test func theStoreIsGoneInTheMiddle() async throws {
        try await withStore({ request in
            request.path.hasSuffix("/packing") ? .drop : SampleAnswers.answer(request)
        }) { store, machine in
            let outcome = await machine.run("pack", "A1", typed: Self.whole + ["done"])
            #expect(outcome.code == 4 && outcome.errors.contains("It is not known whether it was done."))
            // Whether it is packed nobody knows, so it stays with whoever packed it.
            #expect(!store.lines.contains { $0.hasPrefix("DELETE") })
            #expect(machine.keptKeys.count == 1)
        }
    }

    @Test func aStocktakeComparesWithWhatItBeganWith() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let outcome = await machine.run("stock", "count", "cleanse-shampoo", "--lot", "L17", typed: ["28"])
            #expect(outcome.code == 0 && outcome.output.hasSuffix("That is 2 fewer.\n"))
            #expect(store.lines == ["GET /v1/staff/stock", "POST /v1/staff/stock/CLEANSE-SHAMPOO/counts"])
            #expect(store.requests.last?.body == #"{"actual":28,"expected":30,"lot":"L17"}"#)
            #expect(!outcome.errors.contains("30"))
            #expect(await machine.run("stock", "count", "NOPE", "1").code == 1)
            let slip = await machine.run("stock", "count", "CLEANSE-SHAMPOO", typed: ["L17", "many", "", "-1", "30"])
            #expect(slip.code == 0 && slip.errors.contains("many is not a number."), "\(slip)")
            #expect(store.requests.last?.body == #"{"actual":30,"expected":30,"lot":"L17"}"#)
            #expect(await machine.run("stock", "count", "CLEANSE-SHAMPOO", typed: ["L17", "many"]).code == 64)
            // Each lot has a count of its own: which one is meant is never guessed.
            let unsaid = await machine.run("stock", "count", "CLEANSE-SHAMPOO", "40")
            #expect(unsaid.code == 64 && unsaid.errors.hasPrefix("CLEANSE-SHAMPOO has lots: L17, L18.\n"))
            #expect(await machine.run("stock", "count", "CLEANSE-SHAMPOO", "2", "--lot", "").code == 0)
            #expect(store.requests.last?.body == #"{"actual":2,"expected":0}"#)
            #expect(await machine.run("stock", "count", "CLEANSE-SHAMPOO", typed: ["L18", "10"]).code == 0)
            #expect(store.requests.last?.body == #"{"actual":10,"expected":10,"lot":"L18"}"#)
        }
    }

    @Test func countersThatDifferAreATrouble() async throws {
        let audit = #"{"agrees":false,"checked":6,"differences":[{"sku":"A","lot":null,"counted":3,"moved":2}]}"#
        try await withStore({ _ in .answer(200, audit) }) { _, machine in
            let outcome = await machine.run("stock", "audit")
            #expect(outcome.code == 1 && outcome.errors == "1 of 6 counters differ.\n")
        }
    }

    /// A slip costs no more than a line: a mistyped number is typed again, a doubtful one is asked about.
    @Test func aTrackingNumberIsAskedForAgain() async throws {
        let wrong = #"[{"pointer":"/trackingNumber","code":"notATrackingNumber","detail":"Its check digit is wrong."}]"#
        try await withStore({ request in
            if request.body.contains("WRONG") { return .problem(422, "invalid-request", "No.", errors: wrong) }
            if request.body.contains("ODD"), !request.body.contains(#""trackingNumberChecked":true"#) {
                return .problem(409, "doubtful-tracking-number", "ODD1 went with DM-1 already.")
            }
            return SampleAnswers.answer(request)
        }) { store, machine in
            let ship = ["ship", "A1", "--carrier", "ups"]
            let asked = await machine.run(all: ship, typed: ["WRONG1", "ODD1", "n", "ODD1", "y"])
            #expect(asked.code == 0 && asked.errors.contains("went with DM-1 already"), "\(asked)")
            #expect(
                store.requests.filter { $0.method == "POST" }.map(\.body) == [
                    #"{"carrier":"ups","trackingNumber":"WRONG1"}"#, #"{"carrier":"ups","trackingNumber":"ODD1"}"#,
                    #"{"carrier":"ups","trackingNumber":"ODD1"}"#,
                    #"{"carrier":"ups","trackingNumber":"ODD1","trackingNumberChecked":true}"#,
                ]
            )
            #expect(await machine.run(all: ship + ["--tracking", "WRONG1"], typed: []).code == 1)
            let script = await machine.run(all: ship + ["--tracking", "ODD1"])
            #expect(script.code == 1 && script.errors.contains("--checked"), "\(script)")
            #expect(await machine.run(all: ship + ["--tracking", "ODD1", "--checked"]).code == 0)
        }
    }
}
