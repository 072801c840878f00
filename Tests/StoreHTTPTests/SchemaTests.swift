import Orders
import Postgres
import StoreHTTP
import TestSupport
import Testing

/// The schema is the last line of defence: what must never be is refused to plain SQL too.
@Suite(DatabaseTrait.store) struct SchemaTests {
    private struct ForbiddenWrite: Sendable {
        let sql: StaticString
        let constraint: String
    }

    private static let forbiddenWrites: [ForbiddenWrite] = [
        ForbiddenWrite(sql: "UPDATE stock SET reserved = on_hand + 1", constraint: "stock_reserved_within_on_hand"),
        ForbiddenWrite(sql: "UPDATE stock SET on_hand = -1, reserved = -1", constraint: "stock_on_hand_not_negative"),
        ForbiddenWrite(sql: "UPDATE stock SET reserved = -1", constraint: "stock_reserved_not_negative"),
        ForbiddenWrite(
            sql: "INSERT INTO stock (sku, kind, on_hand) VALUES ('DM-KIT', 'product', 1)",
            constraint: "stock_sku_kind_fkey"
        ),
        ForbiddenWrite(
            sql:
                "INSERT INTO kit_component (kit_sku, component_sku, component_kind, quantity, required, position) VALUES ('DM-KIT', 'DM-KIT', 'product', 1, true, 9)",
            constraint: "kit_component_component_sku_component_kind_fkey"
        ),
        ForbiddenWrite(
            sql: "UPDATE product SET responsible_name = 'Somebody'",
            constraint: "product_responsible_is_whole"
        ),
        ForbiddenWrite(
            sql: "INSERT INTO product_media VALUES ('DM-KIT', 1, 'http://images.example/kit.jpg', 'A box', 1, 1)",
            constraint: "product_media_url_check"
        ),
        ForbiddenWrite(
            sql: "INSERT INTO product_media VALUES ('DM-KIT', 1, 'https://images.example/kit.jpg', '', 1, 1)",
            constraint: "product_media_alternative_text_check"
        ),
        ForbiddenWrite(
            sql: "INSERT INTO product_translation VALUES ('DM-KIT', 'en', 'Kit', '', '{}', '{}')",
            constraint: "product_translation_language_check"
        ),
        ForbiddenWrite(sql: "UPDATE price SET amount = -1", constraint: "price_amount_check"),
        ForbiddenWrite(sql: "UPDATE orders SET total_amount = total_amount + 1", constraint: "orders_total_is_the_sum"),
        ForbiddenWrite(sql: "UPDATE orders SET address_line1 = ''", constraint: "orders_address_line1_check"),
        ForbiddenWrite(sql: "UPDATE orders SET address_country = 'gb'", constraint: "orders_address_country_check"),
        ForbiddenWrite(sql: "UPDATE orders SET order_link_version = 0", constraint: "orders_order_link_version_check"),
        ForbiddenWrite(
            sql: "UPDATE orders SET guide_link_version = 4096",
            constraint: "orders_guide_link_version_check"
        ),
        ForbiddenWrite(
            sql: "UPDATE orders SET calendar_link_version = 0",
            constraint: "orders_calendar_link_version_check"
        ),
        ForbiddenWrite(sql: "UPDATE cart SET id = 281474976710656", constraint: "cart_id_check"),
        ForbiddenWrite(sql: "UPDATE cart SET reference = 'ada@example.com'", constraint: "cart_reference_check"),
        ForbiddenWrite(sql: "UPDATE orders SET reference = 'Ada Example'", constraint: "orders_reference_check"),
        ForbiddenWrite(
            sql:
                "INSERT INTO link_key (number, fingerprint, check_value) VALUES (16, '\\x0000000000000001', sha256(''))",
            constraint: "link_key_number_check"
        ),
        ForbiddenWrite(sql: "UPDATE orders SET status = 'lost'", constraint: "orders_transitions"),
        ForbiddenWrite(sql: "UPDATE orders SET payment_status = 'maybe'", constraint: "orders_transitions"),
        ForbiddenWrite(sql: "UPDATE orders SET fulfilment_status = 'gone'", constraint: "orders_transitions"),
        ForbiddenWrite(
            sql: "UPDATE orders SET status = 'cancelled', fulfilment_status = 'shipped'",
            constraint: "orders_cancelled_has_not_left"
        ),
        ForbiddenWrite(
            sql: "UPDATE orders SET status = 'completed'",
            constraint: "orders_completed_is_delivered_and_paid"
        ),
        ForbiddenWrite(sql: "UPDATE orders SET guide_revision = 2", constraint: "orders_has_a_guide"),
        ForbiddenWrite(sql: "DELETE FROM guide", constraint: "guide_is_kept"),
        ForbiddenWrite(
            sql: "WITH gone AS (DELETE FROM order_component) DELETE FROM order_line",
            constraint: "orders_has_a_line"
        ),
        ForbiddenWrite(sql: "UPDATE order_line SET total_amount = 1", constraint: "order_line_total_is_the_product"),
        ForbiddenWrite(sql: "UPDATE order_component SET quantity = 2", constraint: "order_component_check"),
        ForbiddenWrite(sql: "UPDATE guide SET time_zone = NULL", constraint: "guide_is_kept"),
        ForbiddenWrite(sql: "UPDATE orders SET payment_status = 'paid'", constraint: "orders_payment_is_what_was_paid"),
        ForbiddenWrite(
            sql: "UPDATE orders SET payment_status = 'paid', paid_amount = total_amount",
            constraint: "orders_sums_are_its_payments"
        ),
        ForbiddenWrite(sql: "UPDATE orders SET refunded_amount = 1", constraint: "orders_payment_is_what_was_paid"),
        ForbiddenWrite(
            sql: "UPDATE orders SET paid_amount = total_amount + 1",
            constraint: "orders_payment_is_what_was_paid"
        ),
        ForbiddenWrite(
            sql: "UPDATE order_line SET credited_quantity = 2",
            constraint: "order_line_credits_what_is_gone"
        ),
        ForbiddenWrite(
            sql: "UPDATE order_line SET cancelled_quantity = quantity + 1",
            constraint: "order_line_units_are_in_one_place"
        ),
        ForbiddenWrite(
            sql: "UPDATE order_line SET cancelled_quantity = 1",
            constraint: "order_line_credits_what_is_cancelled"
        ),
        ForbiddenWrite(
            sql: "UPDATE order_component SET cancelled = quantity",
            constraint: "order_line_is_its_components"
        ),
        ForbiddenWrite(sql: "UPDATE order_component SET lost = 1", constraint: "order_component_lost_or_back_had_left"),
        ForbiddenWrite(
            sql: "UPDATE order_component SET packed = 1 WHERE position = 1",
            constraint: "orders_parcels_hold_what_is_packed"
        ),
        ForbiddenWrite(
            sql: "UPDATE order_component SET packed = 1, shipped = 1",
            constraint: "orders_states_follow_its_units"
        ),
        ForbiddenWrite(
            sql: "UPDATE order_line SET returned_quantity = 1",
            constraint: "order_return_is_what_came_back"
        ),
        ForbiddenWrite(
            sql: "UPDATE orders SET status = 'cancelled', stock_held = false, payment_status = 'void'",
            constraint: "orders_cancelled_comes_to_nothing"
        ),
        ForbiddenWrite(
            sql: "UPDATE orders SET adjusted_amount = -1",
            constraint: "orders_comes_to_its_adjustments"
        ),
        ForbiddenWrite(
            sql: "UPDATE orders SET adjusted_amount = -1 - total_amount",
            constraint: "orders_comes_to_something"
        ),
        ForbiddenWrite(
            sql: """
                WITH whole AS (INSERT INTO order_adjustment SELECT id, 1, 'goodwill', -1, 0, 1 FROM orders)
                UPDATE orders SET adjustments = 1, adjusted_amount = -1
                """,
            constraint: "order_adjustment_is_its_parts"
        ),
        ForbiddenWrite(
            sql: """
                WITH whole AS (INSERT INTO order_adjustment SELECT id, 1, 'goodwill', -1, 0, 1 FROM orders),
                    part AS (INSERT INTO order_adjustment_part SELECT id, 1, 1, NULL, 0, false, -1, 0, 1234 FROM orders)
                UPDATE orders SET adjustments = 1, adjusted_amount = -1
                """,
            constraint: "orders_rates_come_to_something"
        ),
        ForbiddenWrite(
            sql: "UPDATE orders SET items_amount = items_amount - 1, total_amount = total_amount - 1",
            constraint: "orders_stay_as_sold"
        ),
        ForbiddenWrite(sql: "UPDATE orders SET tax_amount = tax_amount - 1", constraint: "orders_stay_as_sold"),
        ForbiddenWrite(sql: "UPDATE order_line SET name = 'Another'", constraint: "order_line_stays_as_sold"),
        ForbiddenWrite(sql: "UPDATE order_line SET tax_amount = 0", constraint: "order_line_stays_as_sold"),
        ForbiddenWrite(sql: "TRUNCATE order_adjustment CASCADE", constraint: "order_adjustment_is_not_emptied"),
        ForbiddenWrite(
            sql: "TRUNCATE order_adjustment_part CASCADE",
            constraint: "order_adjustment_part_is_not_emptied"
        ),
        ForbiddenWrite(sql: "TRUNCATE order_return CASCADE", constraint: "order_return_is_not_emptied"),
        ForbiddenWrite(
            sql: "INSERT INTO order_adjustment SELECT id, 1, 'goodwill', 1, 0, 1 FROM orders",
            constraint: "order_adjustment_takes_off"
        ),
        ForbiddenWrite(
            sql: "INSERT INTO order_adjustment SELECT id, 2, 'goodwill', -1, 0, 1 FROM orders",
            constraint: "order_adjustment_follows_the_one_before"
        ),
        ForbiddenWrite(
            sql: """
                INSERT INTO payment (order_id, sequence, kind, amount, at, actor)
                SELECT id, 1, 'refund', 1, now(), 'nobody' FROM orders
                """,
            constraint: "payment_refund_has_its_cause"
        ),
        ForbiddenWrite(
            sql: "INSERT INTO order_return SELECT id, 1, 'return', now(), 1, NULL, 1 FROM orders",
            constraint: "order_return_is_received_before_it_is_credited"
        ),
        ForbiddenWrite(
            sql: "INSERT INTO order_return SELECT id, 1, 'return', now(), 1, now(), NULL, now() FROM orders",
            constraint: "order_return_is_received_or_closed"
        ),
        ForbiddenWrite(
            sql: """
                INSERT INTO payment (order_id, sequence, kind, amount, at, actor)
                SELECT id, 1, 'receipt', total_amount, now(), 'nobody' FROM orders
                """,
            constraint: "orders_sums_are_its_payments"
        ),
        ForbiddenWrite(sql: "TRUNCATE guide CASCADE", constraint: "guide_is_not_emptied"),
        ForbiddenWrite(
            sql: """
                INSERT INTO payment (order_id, sequence, kind, amount, at, actor)
                SELECT id, 7, 'receipt', total_amount, now(), 'nobody' FROM orders
                """,
            constraint: "payment_order_id_sequence_fkey"
        ),
        ForbiddenWrite(sql: "TRUNCATE order_event CASCADE", constraint: "order_event_is_not_emptied"),
        ForbiddenWrite(
            sql: """
                INSERT INTO order_event (order_id, sequence, at, kind, actor, request_id)
                SELECT id, 3, now(), 'noted', 'nobody', '' FROM orders
                """,
            constraint: "order_event_follows_the_one_before"
        ),
        ForbiddenWrite(
            sql: """
                INSERT INTO order_event (order_id, sequence, at, kind, actor, request_id)
                SELECT id, 1, now(), 'noted', 'nobody', '' FROM orders
                """,
            constraint: "order_event_pkey"
        ),
        ForbiddenWrite(
            sql: "UPDATE legal_text SET text = text || ' and more'",
            constraint: "legal_text_is_what_its_id_says"
        ),
        ForbiddenWrite(sql: "TRUNCATE feed", constraint: "feed_is_not_emptied"),
        ForbiddenWrite(sql: "DELETE FROM feed", constraint: "feed_is_kept"),
        ForbiddenWrite(sql: "UPDATE feed SET number = number + 1", constraint: "feed_is_kept"),
        ForbiddenWrite(
            sql: "INSERT INTO feed SELECT number + 100, order_id, sequence FROM feed",
            constraint: "feed_holds_an_entry_once"
        ),
        ForbiddenWrite(sql: "INSERT INTO feed VALUES (100, 1, 99)", constraint: "feed_order_id_sequence_fkey"),
        ForbiddenWrite(
            sql: "INSERT INTO feed_position SELECT false, seen, last FROM feed_position",
            constraint: "feed_position_is_only_check"
        ),
        ForbiddenWrite(sql: "UPDATE feed_position SET last = -1", constraint: "feed_position_last_check"),
        ForbiddenWrite(
            sql: "INSERT INTO delivery_position VALUES ('E-Mail', 0)",
            constraint: "delivery_position_channel_check"
        ),
        ForbiddenWrite(
            sql: "INSERT INTO delivery_cursor SELECT 'smoke', id, 1, 1, 0, now(), NULL, now() FROM orders",
            constraint: "delivery_cursor_channel_fkey"
        ),
        ForbiddenWrite(
            sql: """
                WITH p AS (INSERT INTO delivery_position VALUES ('mail', 0))
                INSERT INTO delivery_cursor SELECT 'mail', id, 2, 1, 0, now(), NULL, now() FROM orders
                """,
            constraint: "delivery_cursor_is_due_while_there_is_more"
        ),
        ForbiddenWrite(
            sql: """
                WITH p AS (INSERT INTO delivery_position VALUES ('mail', 0))
                INSERT INTO delivery_cursor SELECT 'mail', id, 2, 1, 0, NULL, 7, now() FROM orders
                """,
            constraint: "delivery_cursor_is_leased_while_due"
        ),
        ForbiddenWrite(
            sql: """
                INSERT INTO delivery_attempt (channel, order_id, sequence, attempt, at, milliseconds, outcome)
                SELECT 'mail', id, 1, 1, now(), 5, 'failed' FROM orders
                """,
            constraint: "delivery_attempt_says_why_it_failed"
        ),
        ForbiddenWrite(
            sql: """
                WITH p AS (INSERT INTO delivery_position VALUES ('mail', 0))
                INSERT INTO delivery_repeat (channel, order_id, sequence, due_at) SELECT 'mail', id, 999, now() FROM orders
                """,
            constraint: "delivery_repeat_order_id_sequence_fkey"
        ),
        ForbiddenWrite(sql: "UPDATE orders SET reminder_hour = 7", constraint: "orders_reminder_hour_check"),
        ForbiddenWrite(sql: "UPDATE orders SET reminder_hour = 21", constraint: "orders_reminder_hour_check"),
        ForbiddenWrite(
            sql: """
                INSERT INTO reminder (order_id, kind, local_date, hour, time_zone, revision, due_at, look_at)
                SELECT id, 'wash', '2026-12-03', 23, 'UTC', 1, now(), now() FROM orders
                """,
            constraint: "reminder_hour_check"
        ),
        ForbiddenWrite(
            sql: """
                INSERT INTO reminder (order_id, kind, local_date, hour, time_zone, revision, due_at, look_at)
                SELECT id, 'offer', '2026-12-03', 9, 'UTC', 1, now(), now() FROM orders
                """,
            constraint: "reminder_kind_check"
        ),
        ForbiddenWrite(
            sql: """
                INSERT INTO reminder (order_id, kind, local_date, hour, time_zone, revision, due_at, look_at)
                SELECT id, 'wash', '2026-12-03', 9, 'UTC', 2, now(), now() FROM orders
                """,
            constraint: "reminder_order_id_revision_fkey"
        ),
        ForbiddenWrite(
            sql: """
                INSERT INTO reminder (order_id, kind, local_date, hour, time_zone, revision, due_at, look_at, state)
                SELECT id, 'wash', '2026-12-03', 9, 'UTC', 1, now(), now(), 'told' FROM orders
                """,
            constraint: "reminder_order_id_told_on_fkey"
        ),
        // Once for each kind and day.
        ForbiddenWrite(
            sql: """
                INSERT INTO reminder (order_id, kind, local_date, hour, time_zone, revision, due_at, look_at)
                SELECT id, 'wash', '2026-12-03', hour, 'UTC', 1, now(), now() FROM orders, generate_series(9, 10) AS hour
                """,
            constraint: "reminder_pkey"
        ),
        ForbiddenWrite(
            sql: "INSERT INTO reminder_day SELECT id, '2026-12-03', 2 FROM orders",
            constraint: "reminder_day_order_id_sequence_fkey"
        ),
        ForbiddenWrite(
            sql: "INSERT INTO reminder_day SELECT id, '2026-12-03', 1 FROM orders, generate_series(1, 2)",
            constraint: "reminder_day_pkey"
        ),
        ForbiddenWrite(
            sql: """
                INSERT INTO reminder_day SELECT id, day, 1 FROM orders, unnest('{2026-12-03,2026-12-04}'::date[]) AS day
                """,
            constraint: "reminder_day_has_its_own_entry"
        ),
        ForbiddenWrite(sql: "TRUNCATE reminder_day CASCADE", constraint: "reminder_day_is_not_emptied"),
        // A consent without its entry.
        ForbiddenWrite(
            sql: "INSERT INTO marketing_consent SELECT id, 1, now(), true, '1', 'checkout' FROM orders",
            constraint: "marketing_consent_has_its_entry"
        ),
        ForbiddenWrite(
            sql: "INSERT INTO marketing_consent SELECT id, 2, now(), true, '1', 'checkout' FROM orders",
            constraint: "marketing_consent_has_its_entry"
        ),
        ForbiddenWrite(sql: "TRUNCATE marketing_consent", constraint: "marketing_consent_is_not_emptied"),
        ForbiddenWrite(sql: "TRUNCATE order_view", constraint: "order_view_is_not_emptied"),
        ForbiddenWrite(sql: "DELETE FROM order_event", constraint: "order_event_is_kept"),
        ForbiddenWrite(sql: "UPDATE order_event SET actor = 'nobody'", constraint: "order_event_is_kept"),
        ForbiddenWrite(sql: "UPDATE orders SET guide_revision = 0", constraint: "orders_guide_goes_forward"),
        ForbiddenWrite(
            sql: """
                INSERT INTO guide (order_id, revision, issued_at, regimen, content_version, renderer_version, document_hash, products)
                SELECT order_id, 3, issued_at, regimen, content_version, renderer_version, document_hash, products FROM guide
                """,
            constraint: "guide_follows_the_one_before"
        ),
        ForbiddenWrite(
            sql: """
                INSERT INTO guide (order_id, revision, course_version, issued_at, regimen, content_version, renderer_version,
                    document_hash, products)
                SELECT order_id, 2, 3, issued_at, regimen, content_version, renderer_version, document_hash, products FROM guide
                """,
            constraint: "guide_changes_the_course_at_most_once"
        ),
        ForbiddenWrite(
            sql: """
                INSERT INTO guide (order_id, revision, issued_at, regimen, content_version, renderer_version, document_hash, products, time_zone)
                SELECT order_id, 2, issued_at, regimen, content_version, renderer_version, document_hash, products, 'UTC' FROM guide
                """,
            constraint: "guide_check"
        ),
        ForbiddenWrite(
            sql:
                "INSERT INTO orders SELECT (jsonb_populate_record(orders, '{\"id\": 99, \"number\": \"X\"}')).* FROM orders",
            constraint: "orders_one_per_cart"
        ),
        ForbiddenWrite(sql: "UPDATE cart SET quantities = '{0}'", constraint: "cart_quantities_check"),
        ForbiddenWrite(sql: "UPDATE cart SET skus = '{}'", constraint: "cart_check"),
        ForbiddenWrite(sql: "UPDATE cart SET sessions = NULL", constraint: "cart_check1"),
        ForbiddenWrite(sql: "UPDATE cart SET keep_dry_hours = 36", constraint: "cart_keep_dry_hours_check"),
    ]

    @Test func forbiddenWritesAreRefusedByTheDatabase() async throws {
        try await TestStore.run { store in
            let path = try await store.cart().path
            #expect(try await store.checkout(path, key: "k").status == 201)
            try await store.store.feed.extend()
            for write in Self.forbiddenWrites {
                let error = await #expect(throws: PostgresError.self, "\(write.sql)") {
                    _ = try await store.pool.write([Statement(write.sql)])
                }
                #expect(error?.serverError?.constraint == write.constraint, "\(write.sql)")
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
                INSERT INTO orders
                SELECT (jsonb_populate_record(orders, '{"id": 99, "number": "X", "cart_id": 99}')).* FROM orders
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
