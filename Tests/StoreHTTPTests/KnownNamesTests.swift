import NIOHTTP1
import Postgres
import TestSupport
import Testing

/// Whoever asks for what there is not is told what there is.
@Suite(DatabaseTrait.store) struct KnownNamesTests {
    struct Unknown: Sendable, CustomTestStringConvertible {
        let path: String
        let body: String
        let pointer: String
        let names: String

        var testDescription: String { "\(path) \(pointer)" }
    }

    private static let products = "There is DM-KIT, CLEANSE-SHAMPOO, RESTORE-LOTION, ZERO-SHINE-SAMPLE."

    static let unknowns: [Unknown] = [
        Unknown(path: "/v1/carts", body: #"{"currency": "JPY"}"#, pointer: "/currency", names: "There is EUR, GBP."),
        Unknown(path: "/v1/quote", body: #"{"country": "UK"}"#, pointer: "/country", names: "There is DE, GB, IE, US."),
        Unknown(
            path: "/v1/carts",
            body: #"{"items": [{"sku": "NOTHING", "quantity": 1}]}"#,
            pointer: "/items/0/sku",
            names: "does not sell this in GBP. \(products)"
        ),
        Unknown(
            path: "/v1/quote",
            body: #"{"shippingMethod": "pigeon"}"#,
            pointer: "/shippingMethod",
            names: "There is standard, next-day."
        ),
        Unknown(
            path: "/v1/plan",
            body: #"{"items": [{"sku": "NOTHING"}]}"#,
            pointer: "/items/0/sku",
            names: "ZERO-SHINE-SAMPLE, RESTORE-OINTMENT."
        ),
    ]

    @Test(arguments: unknowns) func theProblemListsWhatThereIs(unknown: Unknown) async throws {
        try await TestStore.run { store in
            let answer = try await store.send(.POST, unknown.path, unknown.body)
            let error = answer.json.errors[0]
            #expect(answer.status == 422 && error.pointer.text == unknown.pointer)
            #expect(error.detail.text.hasSuffix(unknown.names), "\(error.detail)")
        }
    }

    @Test func aLanguageAndAWayToPayAreNamed() async throws {
        try await TestStore.run { store in
            let cart = try await store.cart().path
            let body = TestStore.checkoutBody(method: "shells").replacing(
                #""language": "en""#,
                with: #""language": "xx""#
            )
            let answer = try await store.send(.POST, cart + "/checkout", body, ["Idempotency-Key": "k"])
            let details = answer.json.errors.entries.map(\.detail.text)
            #expect(details.contains("Guides are written in en.") && details.contains("The shop takes invoice."))
        }
    }

    @Test func aPathIsNotMistakenForALink() async throws {
        try await TestStore.run { store in
            let path = try await store.send(.GET, "/v1/nothing")
            #expect(path.status == 404 && path.json.detail.text.contains("/openapi.json"))
            #expect(!path.json.detail.text.contains("link"))
            // A link that was never made says the same as ever.
            let link = try await store.send(.GET, "/v1/orders/nothing")
            #expect(link.status == 404 && link.json.detail.text.contains("revoked"))
        }
    }

    @Test func aListThatWouldBeLongIsCut() async throws {
        try await TestStore.run { store in
            _ = try await store.pool.write([Statement("DELETE FROM market")])
            try await eventually("the whole world is served") {
                try await store.send(.GET, "/v1/products?country=XX").json.detail.text.hasSuffix("and 229 more.")
            }
            let detail = try await store.send(.GET, "/v1/products?country=XX").json.detail.text
            #expect(detail.contains("There is AD, AE, AF") && detail.count < 300)
        }
    }
}
