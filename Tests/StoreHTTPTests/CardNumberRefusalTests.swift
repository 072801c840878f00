import NIOHTTP1
import Staff
import StoreHTTP
import TestSupport
import Testing

/// A card's number is kept nowhere: whichever field it is typed into, the answer names the field.
@Suite(DatabaseTrait.store) struct CardNumberRefusalTests {
    private static let card = "4111 1111 1111 1111"

    private func refusal(_ answer: Answer, _ pointer: String) {
        #expect(answer.status == 422, "\(pointer): \(answer.status) \(answer.text)")
        let errors = answer.json.errors.entries
        #expect(errors.contains { $0.pointer.text == pointer && $0.code == "cardNumber" }, "\(pointer): \(answer.text)")
        #expect(!answer.text.contains("1111"), "\(pointer)")
    }

    @Test func customersFieldsRefuseIt() async throws {
        try await TestStore.run { store in
            let compact = Self.card.replacing(" ", with: "-")
            for (pointer, body) in [
                ("/ref", #"{"currency": "GBP", "country": "GB", "ref": "\#(compact)"}"#),
                ("/discountCodes/0", #"{"currency": "GBP", "country": "GB", "discountCodes": ["\#(compact)"]}"#),
                ("/region", #"{"currency": "GBP", "country": "GB", "region": "\#(Self.card)"}"#),
            ] {
                refusal(try await store.send(.POST, "/v1/carts", body), pointer)
                refusal(try await store.send(.POST, "/v1/quote", body), pointer)
            }
            let cart = try await store.cart().path
            let body = TestStore.checkoutBody()
            for (pointer, field, value) in [
                ("/customer/name", #""name": "Ada Example""#, #""name": "Ada \#(Self.card)""#),
                ("/customer/givenName", #""name": "Ada Example""#, #""name": "Ada", "givenName": "\#(Self.card)""#),
                ("/customer/email", "ada@example.com", "4111111111111111@example.com"),
                ("/shippingAddress/line1", #""line1": "1 High Street""#, #""line1": "\#(Self.card)""#),
                ("/shippingAddress/line2", #""line2": null"#, #""line2": "\#(Self.card)""#),
                ("/shippingAddress/city", #""city": "London""#, #""city": "\#(Self.card)""#),
                ("/shippingAddress/region", #""region": null"#, #""region": "\#(Self.card)""#),
                ("/shippingAddress/postalCode", #""postalCode": "N1 1AA""#, #""postalCode": "4111111111111111""#),
                (
                    "/billingAddress/line1", #""billingAddress": null"#,
                    #""billingAddress": {"line1": "\#(Self.card)", "city": "London", "postalCode": "N1", "country": "GB"}"#
                ),
            ] {
                let answer = try await store.send(
                    .POST,
                    cart + "/checkout",
                    body.replacing(field, with: value),
                    ["Idempotency-Key": "k"]
                )
                refusal(answer, pointer)
            }
            // A phone's number may be any.
            let phone = body.replacing(#""phone": null"#, with: #""phone": "\#(Self.card)""#)
            let placed = try await store.send(.POST, cart + "/checkout", phone, ["Idempotency-Key": "k"])
            #expect(placed.status == 201, "\(placed.text)")
            let path = "/v1/orders/\(placed.json.token.text)"
            for act in ["/contact", "/contact/preview"] {
                for (pointer, field) in [
                    ("/address/line1", "1 High Street"), ("/address/city", "London"), ("/customer/email", "ada"),
                    ("/customer/name", "Ada Example"),
                ] {
                    let contact =
                        #"{"customer": {"name": "Ada Example", "email": "ada@example.com"}, "address": {"line1": "1 High Street", "city": "London", "postalCode": "N1 1AA"}}"#
                    let card = field == "ada" ? "4111111111111111" : Self.card
                    refusal(
                        try await store.send(
                            .POST,
                            path + act,
                            contact.replacing(field, with: card),
                            ["Idempotency-Key": "c"]
                        ),
                        pointer
                    )
                }
            }
            // The page's form says so too.
            let customer = "name=Ada&givenName=&email=ada%40example.com&phone="
            let form = customer + "&line1=4111+1111+1111+1111&line2=&city=London&postalCode=N1+1AA"
            let page = try await store.send(
                .POST,
                "/o/\(placed.json.token.text)/contact",
                form,
                ["Content-Type": "application/x-www-form-urlencoded"]
            )
            #expect(page.status == 422 && page.text.contains("payment card"), "\(page.text)")
            #expect(try await store.number("SELECT count(*) AS n FROM orders WHERE address_line1 LIKE '%1111%'") == 0)
        }
    }

    @Test func staffsFieldsRefuseIt() async throws {
        try await TestStore.run { store in
            let order = try await store.paidOrder(key: "k")
            let manager = try await store.staff(.manager)
            let path = "/v1/staff/orders/\(order.number.text)"
            for (act, pointer, body) in [
                ("/notes", "/text", #"{"text": "Paid with \#(Self.card)"}"#),
                ("/hold", "/note", #"{"reason": "other", "note": "\#(Self.card)"}"#),
                (
                    "/payments", "/reference",
                    #"{"amount": {"amount": 4500, "currency": "GBP"}, "reference": "\#(Self.card)"}"#
                ),
                ("/refunds", "/reason", #"{"items": [{"sku": "DM-KIT", "quantity": 1}], "reason": "\#(Self.card)"}"#),
                ("/cancellation", "/reason", #"{"reason": "\#(Self.card)"}"#),
                ("/returns/receipt", "/reason", #"{"reason": "\#(Self.card)", "restock": false}"#),
            ] {
                refusal(
                    try await store.send(.POST, path + act, body, manager.merging(["Idempotency-Key": act]) { $1 }),
                    pointer
                )
            }
            let stock = try await store.send(
                .POST,
                "/v1/staff/stock/RESTORE-LOTION/adjustments",
                #"{"change": -1, "reason": "\#(Self.card)"}"#,
                manager.merging(["Idempotency-Key": "stock"]) { $1 }
            )
            refusal(stock, "/reason")
            let view = try await store.send(.GET, path + "?reason=4111111111111111", nil, manager)
            #expect(view.status == 422 && view.json.errors[0].code == "cardNumber", "\(view.text)")
            let hook = try await store.send(
                .POST,
                "/v1/staff/webhooks",
                #"{"url": "https://clinic.example/hooks", "description": "\#(Self.card)"}"#,
                manager
            )
            refusal(hook, "/description")
            // What is read off a label may be any number.
            let scanned = try await store.send(
                .POST,
                path + "/packing",
                #"{"scanned": [{"code": "4111111111111111"}]}"#,
                manager.merging(["Idempotency-Key": "pack"]) { $1 }
            )
            #expect(scanned.status == 422 && !scanned.text.contains("cardNumber"), "\(scanned.text)")
        }
    }
}
