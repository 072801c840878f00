import Postgres
import TestSupport
import Testing

/// The schema is the last line of defence: what must never be is refused to plain SQL too.
@Suite(DatabaseTrait.store) struct SchemaTests {
    private struct Crime: Sendable {
        let sql: StaticString
        let constraint: String
    }

    private static let crimes: [Crime] = [
        Crime(sql: "UPDATE stock SET reserved = on_hand + 1", constraint: "stock_reserved_within_on_hand"),
        Crime(sql: "UPDATE stock SET on_hand = -1, reserved = -1", constraint: "stock_on_hand_not_negative"),
        Crime(sql: "UPDATE stock SET reserved = -1", constraint: "stock_reserved_not_negative"),
        Crime(
            sql: "INSERT INTO stock (sku, kind, on_hand) VALUES ('DM-KIT', 'product', 1)",
            constraint: "stock_sku_kind_fkey"
        ),
        Crime(
            sql:
                "INSERT INTO kit_component (kit_sku, component_sku, component_kind, quantity, required, position) VALUES ('DM-KIT', 'DM-KIT', 'product', 1, true, 9)",
            constraint: "kit_component_component_sku_component_kind_fkey"
        ),
        Crime(sql: "UPDATE price SET amount = -1", constraint: "price_amount_check"),
        Crime(sql: "UPDATE orders SET total_amount = total_amount + 1", constraint: "orders_total_is_the_sum"),
        Crime(sql: "UPDATE orders SET address_line1 = ''", constraint: "orders_address_line1_check"),
        Crime(sql: "UPDATE orders SET address_country = 'gb'", constraint: "orders_address_country_check"),
        Crime(sql: "UPDATE orders SET token_hash = sha256(token_hash)", constraint: "orders_token_hash_check"),
        Crime(sql: "UPDATE orders SET status = 'lost'", constraint: "orders_transitions"),
        Crime(sql: "UPDATE orders SET payment_status = 'maybe'", constraint: "orders_transitions"),
        Crime(sql: "UPDATE orders SET fulfilment_status = 'gone'", constraint: "orders_transitions"),
        Crime(
            sql: "UPDATE orders SET status = 'cancelled', fulfilment_status = 'shipped'",
            constraint: "orders_cancelled_has_not_left"
        ),
        Crime(sql: "UPDATE orders SET status = 'completed'", constraint: "orders_completed_is_delivered_and_paid"),
        Crime(sql: "UPDATE orders SET guide_revision = 2", constraint: "orders_has_a_guide"),
        Crime(sql: "DELETE FROM guide", constraint: "guide_is_kept"),
        Crime(
            sql: "WITH gone AS (DELETE FROM order_component) DELETE FROM order_line",
            constraint: "orders_has_a_line"
        ),
        Crime(sql: "UPDATE order_line SET total_amount = 1", constraint: "order_line_total_is_the_product"),
        Crime(sql: "UPDATE order_component SET quantity = 2", constraint: "order_component_check"),
        Crime(sql: "UPDATE guide SET time_zone = NULL", constraint: "guide_is_kept"),
        Crime(sql: "UPDATE orders SET payment_status = 'paid'", constraint: "orders_payment_is_what_was_paid"),
        Crime(
            sql: "UPDATE orders SET payment_status = 'paid', paid_amount = total_amount",
            constraint: "orders_sums_are_its_payments"
        ),
        Crime(sql: "UPDATE orders SET refunded_amount = 1", constraint: "orders_payment_is_what_was_paid"),
        Crime(sql: "UPDATE orders SET paid_amount = total_amount + 1", constraint: "orders_payment_is_what_was_paid"),
        Crime(sql: "UPDATE order_line SET refunded_quantity = 2", constraint: "order_line_refunds_within_quantity"),
        Crime(
            sql: """
                INSERT INTO payment (order_id, kind, amount, at, actor, key_hash, request_fingerprint)
                SELECT id, 'receipt', total_amount, now(), 'nobody', sha256(key_hash), sha256(key_hash) FROM orders
                """,
            constraint: "orders_sums_are_its_payments"
        ),
        Crime(sql: "TRUNCATE guide CASCADE", constraint: "guide_is_not_emptied"),
        Crime(sql: "TRUNCATE order_event", constraint: "order_event_is_not_emptied"),
        Crime(sql: "DELETE FROM order_event", constraint: "order_event_is_kept"),
        Crime(sql: "UPDATE order_event SET actor = 'nobody'", constraint: "order_event_is_kept"),
        Crime(sql: "UPDATE orders SET guide_revision = 0", constraint: "orders_guide_goes_forward"),
        Crime(
            sql: """
                INSERT INTO guide (order_id, revision, issued_at, regimen, content_version, renderer_version, document_hash, products)
                SELECT order_id, 3, issued_at, regimen, content_version, renderer_version, document_hash, products FROM guide
                """,
            constraint: "guide_follows_the_one_before"
        ),
        Crime(
            sql: """
                INSERT INTO guide (order_id, revision, issued_at, regimen, content_version, renderer_version, document_hash, products, time_zone)
                SELECT order_id, 2, issued_at, regimen, content_version, renderer_version, document_hash, products, 'UTC' FROM guide
                """,
            constraint: "guide_check"
        ),
        Crime(
            sql:
                "INSERT INTO orders SELECT (jsonb_populate_record(orders, '{\"id\": 99, \"number\": \"X\"}')).* FROM orders",
            constraint: "orders_token_hash_key"
        ),
        Crime(sql: "UPDATE cart SET quantities = '{0}'", constraint: "cart_quantities_check"),
        Crime(sql: "UPDATE cart SET skus = '{}'", constraint: "cart_check"),
        Crime(sql: "UPDATE cart SET sessions = NULL", constraint: "cart_check1"),
        Crime(sql: "UPDATE cart SET keep_dry_hours = 36", constraint: "cart_keep_dry_hours_check"),
    ]

    @Test func forbiddenWritesAreRefusedByTheDatabase() async throws {
        try await TestStore.run { store in
            let path = try await store.cart().path
            #expect(try await store.checkout(path, key: "k").status == 201)
            for crime in Self.crimes {
                let error = await #expect(throws: PostgresError.self, "\(crime.sql)") {
                    _ = try await store.pool.write([Statement(crime.sql)])
                }
                #expect(error?.serverError?.constraint == crime.constraint, "\(crime.sql)")
            }
            try await store.checkInvariants()
        }
    }

    @Test func anOrderWithoutAGuideOrALineCannotBeCommitted() async throws {
        try await TestStore.run { store in
            let path = try await store.cart().path
            #expect(try await store.checkout(path, key: "k").status == 201)
            let copy: StaticString =
                """
                INSERT INTO orders SELECT (jsonb_populate_record(orders, jsonb_build_object('id', 99, 'number', 'X',
                    'token_hash', '\\x' || repeat('01', 16), 'guide_token_hash', '\\x' || repeat('02', 16),
                    'cart_token_hash', '\\x' || repeat('03', 16), 'calendar_token_hash', '\\x' || repeat('04', 16)))).*
                FROM orders
                """
            let bare = await #expect(throws: PostgresError.self) { _ = try await store.pool.write([Statement(copy)]) }
            #expect(["orders_has_a_guide", "orders_has_a_line"].contains(bare?.serverError?.constraint))
            let guide = Statement(
                """
                INSERT INTO guide (order_id, revision, issued_at, regimen, content_version, renderer_version, document_hash, products)
                SELECT 99, 1, issued_at, regimen, content_version, renderer_version, document_hash, products FROM guide
                """
            )
            let withGuide = await #expect(throws: PostgresError.self) {
                _ = try await store.pool.write([Statement(copy), guide])
            }
            #expect(withGuide?.serverError?.constraint == "orders_has_a_line")
        }
    }
}
