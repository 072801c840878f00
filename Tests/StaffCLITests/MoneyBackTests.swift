@testable import StaffCLI
import Testing

/// What goes back, to whom and by which way is known before somebody says yes.
@Suite struct MoneyBackTests {
    static let commands = [
        ["orders", "refund", "A1", "--item", "DM-KIT", "--shipping", "--reason", "x"],
        ["orders", "cancel", "A1", "--reason", "x"],
    ]

    @Test(arguments: commands) func theQuestionNamesTheAmount(command: [String]) async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let agreed = await machine.run(all: command, typed: ["y"])
            #expect(agreed.code == 0, "\(agreed)")
            #expect(
                agreed.errors.contains(
                    "85.00 GBP goes back to Ada Example, by stripe, as it was paid; the order comes to 0.00 GBP then. "
                )
            )
            // What is previewed is what is sent.
            #expect(store.requests.count == 2 && store.requests[0].body == store.requests[1].body)
            #expect(store.requests[0].path == store.requests[1].path + "/preview")
        }
    }

    @Test(arguments: commands) func aDryRunOnlySaysIt(command: [String]) async throws {
        let invoice = SampleAnswers.moneyBack.replacing("stripe", with: "invoice")
        for (answer, sentence) in [
            (
                invoice,
                "85.00 GBP goes back to Ada Example, by a transfer that you make; the order comes to 0.00 GBP then.\n"
            ),
            (invoice.replacing("8500", with: "0"), "Nothing goes back; the order comes to 0.00 GBP then.\n"),
        ] {
            try await withStore({ _ in .answer(200, answer) }) { store, machine in
                let dry = await machine.run(all: command + ["--dry-run"])
                #expect(dry.code == 0 && dry.output == sentence && dry.errors == "Nothing was sent.\n", "\(dry)")
                #expect(store.requests.count == 1 && store.requests[0].path.hasSuffix("/preview"))
            }
        }
        // What the store would refuse is refused already.
        try await withStore({ _ in .problem(409, "payment-refused", "It is not paid.") }) { _, machine in
            #expect(await machine.run(all: command + ["--dry-run"]).code == 1)
        }
    }
}
