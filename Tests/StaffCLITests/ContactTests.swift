@testable import StaffCLI
import Testing

/// Customer and address are put right after a look at what they become.
@Suite struct ContactTests {
    @Test func linesThatAreNotTypedStay() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let typed = ["12 High Street", "Flat 2", "", "", "y"]
            let outcome = await machine.run("orders", "address", "A1", typed: typed)
            #expect(outcome.code == 0 && outcome.errors.contains("Street and number [1 High Street]: "), "\(outcome)")
            #expect(outcome.errors.contains("still on hold (addressProblem): aftercare release"), "\(outcome)")
            #expect(
                store.requests.last?.body
                    == #"{"address":{"city":"London","line1":"12 High Street","line2":"Flat 2","postalCode":"N1 1AA"}}"#
            )
            #expect(store.requests.last?.path == "/v1/staff/orders/A1/contact")
            let renamed = await machine.run("orders", "customer", "A1", typed: ["Adah Example", "Ada", "", "-", "y"])
            #expect(renamed.code == 0 && renamed.errors.contains("Full name [Ada Example]: "), "\(renamed)")
            #expect(
                store.requests.last?.body
                    == #"{"customer":{"email":"ada@example.com","givenName":"Ada","name":"Adah Example"}}"#
            )
        }
    }

    @Test(arguments: [["n"], []]) func whoeverSaysNoChangesNothing(typed: [String]) async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            for command in [["address", "A1", "--city", "Leeds"], ["customer", "A1", "--email", "ada@new.example"]] {
                let outcome = await machine.run(all: ["orders"] + command, typed: typed)
                #expect(outcome.code == 1 && outcome.output.contains("Becomes"), "\(outcome)")
            }
            #expect(!store.lines.contains { $0.hasSuffix("/contact") })
            #expect(await machine.run("orders", "address", "A1", typed: ["12 High Street"]).code == 1)
        }
    }

    @Test func aScriptNamesWhatIsWrong() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let unsaid = await machine.run("orders", "address", "A1", "--yes")
            #expect(unsaid.code == 64 && unsaid.errors.contains("--postal-code"), "\(unsaid)")
            #expect(await machine.run("orders", "customer", "A1", "--yes").code == 64)
            #expect(await machine.run("orders", "address", "A1", "--line2", "", "--yes").code == 0)
            #expect(store.requests.last?.body.contains("line2") == false)
        }
    }
}
