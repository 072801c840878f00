@testable import StaffCLI
import Testing

/// An order is taken on the phone: a slip costs a line, never the call.
@Suite struct OrderQuestionsTests {
    private static let typed = ["DM-KIT=2", "Ada", "ada@example.com", "1 Rd", "London", "N1", "gb"]

    @Test func whatIsWrongIsAskedAgain() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let slips = ["", "DM-KIT=x", "DM-KIT=2 =3"] + Self.typed
            let outcome = await machine.run("orders", "create", typed: slips)
            #expect(outcome.code == 0 && outcome.errors.contains("DM-KIT=x is not a product"), "\(outcome)")
            let plain = await machine.run("orders", "create", typed: Self.typed)
            #expect(plain.code == 0 && store.requests[0].body == store.requests[1].body)
        }
    }

    /// The store finds fault with a line: that line alone is typed again, what stands there is offered.
    @Test func whatTheStoreRefusesIsAskedAgain() async throws {
        let refusals = [
            (#""email":"ada.example.com""#, "/order/customer/email"), (#""sku":"NOPE""#, "/cart/items/0/sku"),
            (#""country":"XX""#, "/shippingAddress/country"),
        ]
        try await withStore({ request in
            let wrong = refusals.filter { request.body.contains($0.0) }.map {
                #"{"pointer":"\#($0.1)","code":"x","detail":"Not \#($0.1)."}"#
            }
            guard wrong.isEmpty else {
                let list = "[\(wrong.joined(separator: ","))]"
                return .problem(422, "invalid-request", "No.", errors: list)
            }
            return SampleAnswers.answer(request)
        }) { store, machine in
            var typed = Self.typed
            (typed[0], typed[2], typed[6]) = ("NOPE=2", "ada.example.com", "xx")
            typed += ["DM-KIT=2", "", "gb", "ada@example.com"]
            let outcome = await machine.run("orders", "create", typed: typed)
            #expect(outcome.code == 0, "\(outcome)")
            #expect(outcome.errors.contains("E-mail address [ada.example.com]: "))
            #expect(outcome.errors.contains("\nNot /cart/items/0/sku.\n"))
            #expect(!outcome.errors.contains("Town ["))
            // First all three, then the one that was left as it stood.
            #expect(store.requests.count == 3)
            #expect(store.requests[2].body.contains(#""name":"Ada""#))
        }
    }

    @Test func whatIsNotAskedForIsRefusedAtOnce() async throws {
        let fault = #"[{"pointer":"/cart/course/sessions/0","code":"x","detail":"Too far away."}]"#
        try await withStore({ _ in .problem(422, "invalid-request", "No.", errors: fault) }) { store, machine in
            let outcome = await machine.run("orders", "create", "--session", "2099-01-01", typed: Self.typed)
            #expect(outcome.code == 1 && store.requests.count == 1, "\(outcome)")
            let script = await machine.run(
                "orders",
                "create",
                "--item",
                "A",
                "--name",
                "A",
                "--email",
                "a",
                "--line1",
                "1",
                "--city",
                "L",
                "--postal-code",
                "N",
                "--country",
                "GB"
            )
            #expect(script.code == 1 && store.requests.count == 2)
        }
    }
}
