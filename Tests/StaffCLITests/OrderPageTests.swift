@testable import StaffCLI
import Synchronization
import Testing

/// The page that a customer has, for whoever helps them.
@Suite struct OrderPageTests {
    @Test func thePageOpensInTheBrowserOrIsPrinted() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let opened = Mutex<[String]>([])
            func show(hasBrowser: Bool) async -> CommandOutcome {
                await machine.run("orders", "show", "A1", "--web") {
                    $0.openPage = { page in
                        opened.withLock { $0.append(page) }
                        return hasBrowser
                    }
                }
            }
            let silent = await show(hasBrowser: true)
            #expect(silent.code == 0 && silent.output.isEmpty, "\(silent)")
            #expect(await show(hasBrowser: false).output == "https://shop.example/o/abc\n")
            #expect(opened.withLock { $0 } == ["https://shop.example/o/abc", "https://shop.example/o/abc"])
            #expect(store.lines.allSatisfy { $0 == "GET /v1/staff/orders/A1/links" })
        }
    }
}
