@testable import StaffCLI
import Testing

/// What is packed leaves together: one carrier, a number for each.
@Suite struct SendingTests {
    private static func bodies(_ store: StubStore) -> [String] {
        store.requests.filter { $0.method == "POST" }.map { "\($0.path.split(separator: "/")[3]) \($0.body)" }
    }

    @Test func allThatWaitsIsAskedForItsNumber() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let outcome = await machine.run("ship", "--all", typed: ["ups", "N1", "skip", "", "N3"])
            #expect(outcome.code == 0, "\(outcome)")
            #expect(outcome.errors.contains("Carrier: Tracking number of DM-7K4R-22, parcel 1: "))
            // The box of the second holds an old guide, which is known before it leaves.
            let warned = try #require(outcome.errors.firstRange(of: "The guide is revision 2 now, print it again"))
            let asked = try #require(outcome.errors.firstRange(of: "Tracking number of DM-7K4Q-99, parcel 1"))
            #expect(warned.upperBound < asked.lowerBound && outcome.errors.ranges(of: "revision 2").count == 1)
            #expect(
                Self.bodies(store) == [
                    #"DM-7K4R-22 {"carrier":"ups","parcel":"1","trackingNumber":"N1"}"#,
                    #"DM-7K4Q-99 {"carrier":"ups","parcel":"2","trackingNumber":"N3"}"#,
                ]
            )
            // Where the typing ends, the rest waits.
            let ended = await machine.run("ship", "--all", "--carrier", "ups", typed: ["N1"])
            #expect(ended.code == 64 && Self.bodies(store).count == 3, "\(ended)")
        }
        try await withStore({ _ in .answer(200, #"{"data":[],"next":null}"#) }) { store, machine in
            let outcome = await machine.run("ship", "--all", "--carrier", "ups")
            #expect(outcome.code == 0 && outcome.output == "No parcels are waiting.\n" && store.requests.count == 1)
        }
    }

    /// However somebody types its number, an order whose box holds an old guide is known before it leaves.
    @Test(arguments: [
        (["dm7k4q99"], true), (["7K4Q-99", "--parcel", "1"], true), (["DM-7K4Q-99", "--parcel", "2"], false),
        (["DM-7K4R-22"], false),
    ])
    func anOldGuideIsSaidOfANamedOrder(arguments: [String], isOld: Bool) async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let outcome = await machine.run(all: ["ship"] + arguments + ["--carrier", "ups"], typed: ["N1"])
            #expect(outcome.code == 0, "\(outcome)")
            #expect(
                outcome.errors.contains("The guide is revision 2 now, print it again") == isOld,
                "\(outcome.errors)"
            )
        }
    }

    /// One that can't leave keeps no other.
    @Test func namedOrdersHaveTheirNumbersInTheirOrder() async throws {
        try await withStore({ request in
            request.path.contains("/B2/")
                ? .problem(409, "not-shippable", "It has left already.") : SampleAnswers.answer(request)
        }) { store, machine in
            let outcome = await machine.run(
                "ship",
                "A1",
                "B2",
                "C3",
                "--carrier",
                "ups",
                "--tracking",
                "N1",
                "--tracking",
                "N2",
                "--tracking",
                "N3"
            )
            #expect(outcome.code == 1 && outcome.errors.contains("B2 stays:\nIt has left already."), "\(outcome)")
            #expect(outcome.errors.hasSuffix("1 of 3 parcels did not leave.\n"))
            #expect(Self.bodies(store).map { $0.prefix(2) } == ["A1", "B2", "C3"])
            #expect(Self.bodies(store)[2].contains("N3"))
        }
    }

    @Test(arguments: [
        ["ship", "--carrier", "ups"], ["ship", "A", "--all"], ["ship", "A", "B", "--tracking", "N1"],
        ["ship", "A", "B", "--parcel", "1"], ["ship", "A", "B", "--carrier", "ups"],
    ])
    func whatIsUnclearIsNotSent(arguments: [String]) async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            #expect(await machine.run(all: arguments).code == 64)
            #expect(store.requests.isEmpty)
        }
    }

    @Test func labelsAreOneFile() async throws {
        let head = "order,parcel,name\r\n"
        try await withStore({ request in
            guard request.path.hasPrefix("/v1/staff/labels") else { return SampleAnswers.answer(request) }
            let numbers = request.path.split(separator: "order=").dropFirst().map { $0.filter { $0 != "&" } }
            return .answer(200, head + numbers.map { "\($0),1,\u{1B}[2J\r\n" }.joined())
        }) { store, machine in
            let path = machine.path("labels.csv")
            let waiting = await machine.run("labels", "-o", path)
            #expect(waiting.code == 0 && waiting.output == "Wrote \(path), 2 labels.\n", "\(waiting)")
            #expect(
                store.lines == ["GET /v1/staff/parcels", "GET /v1/staff/labels?order=DM-7K4R-22&order=DM-7K4Q-99"]
            )
            #expect(machine.text("labels.csv") == head + "DM-7K4R-22,1,\u{1B}[2J\r\nDM-7K4Q-99,1,\u{1B}[2J\r\n")
            let many = await machine.run(all: ["labels"] + (1...101).map { "A\($0)" })
            #expect(many.output.ranges(of: "order,parcel").count == 1 && many.output.contains("A101,1"))
            #expect(await machine.run("labels", "A1", width: 80).output.contains("A1,1,␛[2J\n"))
        }
    }
}
