import Foundation
@testable import StaffCLI
import Synchronization
import Testing

/// Files are whole, or not there.
@Suite struct FileOutputTests {
    private static func queue(_ count: Int) -> String {
        let entries = (1...count).map {
            #"""
            {"number":"DM-\#($0)","shipBy":"2026-11-25","slackDays":0,"state":"\#($0 == 3 ? "blocked" : "due")",
             "blockedBy":[],"items":[],"units":1,"shippingMethod":null,"country":"GB","lease":null,"packed":\#($0 == 4)}
            """#
        }
        return #"""
            {"date":"2026-11-25","late":0,"due":0,"blocked":0,"packed":0,"shipped":0,"stoppedWebhooks":0,"data":[\#(entries.joined(separator: ","))],
             "next":null}
            """#
    }

    private static func numbers(_ path: String) -> Int { path.components(separatedBy: "order=").count - 1 }

    private static func printer(_ count: Int, failsAt: Int = .max) -> StubStore.Responder {
        let calls = Mutex(0)
        return { request in
            if request.path.hasPrefix("/v1/staff/today") { return .answer(200, queue(count)) }
            let call = calls.withLock {
                $0 += 1; return $0
            }
            if call >= failsAt { return .problem(403, "forbidden", "Not you.") }
            return .answer(200, "%PDF \(numbers(request.path))", ["Content-Type": "application/pdf"])
        }
    }

    @Test func manyOrdersComeInParts() async throws {
        try await withStore(Self.printer(62)) { store, machine in
            let outcome = await machine.run("print", "--today", "--kind", "both", "-o", machine.path("today.x.pdf"))
            #expect(outcome.code == 0, "\(outcome)")
            #expect(machine.files == ["today.x-1.pdf", "today.x-2.pdf", "today.x-3.pdf"])
            #expect(machine.text("today.x-1.pdf") == "%PDF 25" && machine.text("today.x-3.pdf") == "%PDF 10")
            // What is kept back, or is in its box already, is not printed.
            #expect(
                store.lines[1].hasPrefix("GET /v1/staff/prints?kind=both&format=pdf&order=DM-1&order=DM-2&order=DM-5&")
            )
            #expect(outcome.output.hasSuffix("today.x-3.pdf\n") && outcome.errors == "60 orders.\n")
        }
    }

    @Test func fewOrdersAreOneFile() async throws {
        try await withStore(Self.printer(1)) { store, machine in
            let path = machine.path("one.html")
            let outcome = await machine.run("print", "dm-1", "DM-2", "--format", "html", "-o", path, "--json")
            #expect(
                outcome.output == JSONText.of(.object(["files": .list([.text(path)]), "orders": .integer(2)])) + "\n"
            )
            #expect(machine.files == ["one.html"])
            #expect(store.lines == ["GET /v1/staff/prints?kind=slip&format=html&order=DM-1&order=DM-2"])
            #expect(await machine.run("print", "DM-1", "--paper", "letter", "-o", "-").output == "%PDF 1")
            #expect(store.lines.last == "GET /v1/staff/prints?kind=slip&format=pdf&paper=letter&order=DM-1")
        }
    }

    @Test func aRefusalInTheMiddleLeavesWhatWasThere() async throws {
        try await withStore(Self.printer(80, failsAt: 3)) { _, machine in
            machine.write("p-1.pdf", "old")
            let outcome = await machine.run("print", "--today", "-o", machine.path("p.pdf"))
            #expect(outcome.code == 3)
            #expect(machine.files == ["p-1.pdf"] && machine.text("p-1.pdf") == "old")
        }
    }

    @Test(arguments: [["print", "DM-1", "-o"], ["orders", "export", "-o"]])
    func aFullDiskIsSaidToBeFull(arguments: [String]) async throws {
        try await withStore(Self.printer(1)) { _, machine in
            let outcome = await machine.run(all: arguments + ["/dev/full"])
            #expect(outcome.code == 5)
            #expect(outcome.errors.contains("/dev/full can't be written: No space left on device."))
            let missing = await machine.run(all: arguments + [machine.path("no/such/folder.pdf")])
            #expect(missing.code == 5 && missing.errors.contains("No such file or directory"))
        }
    }

    @Test func anExportThatBreaksOffStartsOver() async throws {
        let calls = Mutex(0)
        try await withStore({ _ in
            calls.withLock {
                $0 += 1; return $0
            } < 3
                ? .breakOff("number\nDM-", ["X-Total-Count": "2"])
                : .answer(200, "number\nDM-1\nDM-2\n", ["X-Total-Count": "2"])
        }) { store, machine in
            let path = machine.path("orders.csv")
            let outcome = await machine.run("orders", "export", "--from", "2026-11-01", "-o", path)
            #expect(outcome.code == 0, "\(outcome)")
            #expect(machine.text("orders.csv") == "number\nDM-1\nDM-2\n")
            #expect(outcome.output == "Wrote \(path), 2 orders.\n")
            #expect(store.lines.last == "GET /v1/staff/orders/export?format=csv&from=2026-11-01")
        }
    }

    @Test func anExportThatNeverEndsLeavesNothing() async throws {
        try await withStore({ _ in .breakOff("number\nDM-") }) { _, machine in
            let file = await machine.run("orders", "export", "-o", machine.path("orders.csv"))
            #expect(file.code == 4 && machine.files.isEmpty)
            // What was printed can't be taken back, so it is not begun again.
            let piped = await machine.run("orders", "export")
            #expect(piped.code == 4 && piped.output == "number\nDM-")
            #expect(piped.errors.contains("broke off: what was written is not all."))
        }
    }

    @Test func rowsOnATerminalAreHarmless() async throws {
        try await withStore({ _ in .answer(200, "a,\u{1B}[2J\r\nb") }) { _, machine in
            #expect(await machine.run("orders", "export", width: 80).output == "a,␛[2J\nb")
            #expect(await machine.run("orders", "export").output == "a,\u{1B}[2J\r\nb")
        }
    }

    @Test func aCatalogIsPlannedAskedForAndApplied() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let path = machine.path("catalog.json")
            machine.write("catalog.json", #"{"products": []}"#)
            let plan = await machine.run("catalog", "plan", path)
            #expect(
                plan.output == """
                    ~ product DM-KIT price GBP: 4500 → 4700
                    - product OLD
                    0 to add, 1 to change, 1 to remove.

                    """
            )
            #expect(await machine.run("catalog", "apply", path).code == 64)
            #expect(await machine.run("catalog", "apply", path, "--dry-run").code == 0)
            #expect(await machine.run("catalog", "apply", path, typed: ["n"]).code == 1)
            #expect(store.requests.allSatisfy { $0.line == "POST /v1/staff/catalog/plan" })
            let applied = await machine.run("catalog", "apply", path, typed: ["y"])
            #expect(applied.code == 0 && applied.output.hasSuffix("Version 13 is in force.\n"))
            let put = store.requests.last
            #expect(put?.line == "PUT /v1/staff/catalog" && put?.headers["if-match"] == "\"12\"")
            #expect(put?.body == #"{"products": []}"#)
            let json = await machine.run("catalog", "apply", path, "--yes", "--json")
            let body = try JSONText.of(Array(SampleAnswers.applied.utf8)) + "\n"
            #expect(json.output == body)
            machine.write("catalog.json", "{")
            #expect(await machine.run("catalog", "apply", path, "--yes").code == 5)
            #expect(await machine.run("catalog", "plan", machine.path("nope.json")).code == 5)
            #expect(await machine.run("catalog", "export", "-o", path).code == 0)
            #expect(machine.text("catalog.json") == "{\n  \"products\": []\n}\n")
        }
    }

    @Test func aCatalogThatIsRefusedIsNotApplied() async throws {
        let refused =
            #"{"version":12,"changes":[],"refusals":[{"pointer":"/prices/GBP/DM-KIT","code":"wouldBreak","detail":"DM-KIT has no price."},{"pointer":"","code":"wouldBreak","detail":"OLD is ordered."}]}"#
        try await withStore({ _ in .answer(200, refused) }) { store, machine in
            machine.write("catalog.json", "{}")
            let outcome = await machine.run("catalog", "apply", machine.path("catalog.json"), "--yes")
            #expect(outcome.code == 1 && outcome.errors.hasPrefix("DM-KIT has no price.\nOLD is ordered.\n"))
            #expect(store.lines == ["POST /v1/staff/catalog/plan"])
        }
    }
}
