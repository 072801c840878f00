import Postgres
import StoreHTTP
import TestSupport
import Testing

/// Every constraint of the schema, with what a client hears who runs into it, or why none can: nobody gets a 500 for what
/// they did. A constraint that is added is accounted for here.
@Suite(DatabaseTrait.store) struct ConstraintTests {
    private enum Account {
        /// The database is asked, and its no is this problem.
        case problem(ProblemType)
        /// It is decided beforehand, under the same lock, and answered as this problem.
        case decided(ProblemType)
        /// Only a mistake of ours could break it.
        case ours(String)
    }

    private static let accounts: [String: Account] = [
        // Stock: reserved, moved and counted by whoever comes first.
        "stock_reserved_within_on_hand": .problem(.outOfStock), "stock_on_hand_not_negative": .problem(.stockTooLow),
        "stock_lot_on_hand_not_negative": .problem(.stockTooLow),
        "stock_reserved_not_negative": .ours("what is released was reserved, under the order's lock"),
        "stock_movement_of_an_order": .ours("the kind of a movement is not a client's to say"),
        // Limits that several orders count together.
        "discount_not_used_up": .problem(.limitReached), "discount_not_used_up_by_email": .problem(.limitReached),
        "discount_redemption_code_number_key": .problem(.limitReached),
        "discount_redemption_code_email_hash_email_number_key": .problem(.limitReached),
        "sample_once_per_person": .problem(.limitReached),
        "orders_one_per_cart": .problem(.alreadyOrdered),
        // The catalog: a file is read and planned before it is loaded.
        "legal_text_is_what_its_id_says": .ours("an id is reckoned from its text"),
        "product_responsible_is_whole": .decided(.invalidRequest),
        "product_barcode_key": .decided(.catalogRefused), "product_sku_kind_key": .decided(.catalogRefused),
        // Tokens.
        "staff_token_name": .problem(.nameTaken), "storefront_key_name": .problem(.nameTaken),
        "storefront_key_key_key": .ours("a key has 130 random bits"),
        "storefront_key_stays_revoked": .ours("a key that was revoked is not written again"),
        "staff_token_token_hash_key": .ours("a secret has 256 random bits"),
        // The bench.
        "packing_lease_holder": .ours("a bench that asks twice at once is asked for again, and finds its order"),
        "order_component_packs_what_it_holds": .decided(.invalidRequest),
        "order_component_ships_what_is_packed": .decided(.notShippable),
        "orders_what_left_was_packed": .decided(.notShippable),
        "orders_units_agree": .ours("states are written with the units that they follow from"),
        "order_component_units_agree": .ours("units are counted with the parcels and lines that hold them"),
        "order_component_replacement_agrees": .ours("what is sent again is counted with what was lost"),
        "order_line_units_agree": .ours("lines are counted with their components"),
        "shipment_units_agree": .ours("parcels are written with what they hold"),
        "order_component_lost_or_back_had_left": .decided(.courseClosed),
        "order_line_units_are_in_one_place": .decided(.courseClosed),
        "order_line_credits_what_is_gone": .decided(.courseClosed),
        "order_line_credit_adds_up": .ours("units are credited with their adjustment"),
        "order_line_return_agrees": .ours("units come back with their return"),
        "order_component_return_agrees": .ours("units come back with their return"),
        "orders_stay_as_sold": .ours("what an order comes to later is told by its adjustments"),
        "order_line_stays_as_sold": .ours("what becomes of its units is counted beside it"),
        "shipment_is_carried": .decided(.invalidRequest),
        "shipment_is_kept": .decided(.notShippable),
        // What is personal.
        "orders_person_is_whole_or_erased": .ours("an order is placed with its customer, and erased as a whole"),
        "orders_erased_is_over": .decided(.notErasable), "orders_stay_erased": .decided(.erased),
        "guide_is_proven_or_erased": .ours("a guide is issued with its proof, and erased with it"),
        "order_event_erased_has_no_reason": .ours("both are written by one statement"),
        "order_view_erased_has_no_reason": .ours("both are written by one statement"),
        "payment_erased_has_no_reference": .ours("both are written by one statement"),
        "document_says_what_it_said_or_was_erased": .ours("both are written by one statement"),
        "document_is_kept_for_its_years": .ours("what is erased is looked for by its last day"),
        // Steps of an order.
        "orders_transitions": .decided(.courseClosed), "orders_cancelled_has_not_left": .decided(.courseClosed),
        "orders_cancelled_is_not_packed": .decided(.courseClosed),
        "orders_completed_is_delivered_and_paid": .ours("an order is completed by itself, once it is both"),
        "orders_hold_is_whole": .ours("a hold is written as a whole"),
        "orders_holds_its_stock": .ours("what gives stock up or takes it says so in the same statements"),
        "orders_guide_goes_forward": .ours("a revision is one more than the last, under the order's lock"),
        "orders_has_a_guide": .ours("an order is placed with its guide"),
        "orders_has_a_line": .decided(.invalidRequest),
        "order_line_total_is_the_product": .ours("sums are reckoned once"),
        "orders_total_is_the_sum": .ours("sums are reckoned once"),
        // What changed of the price, and what comes back.
        "orders_comes_to_something": .decided(.invalidRequest),
        "orders_adjustments_add_up": .ours("the sum is written with each adjustment"),
        "order_adjustment_adds_up": .ours("an adjustment is the sum of its parts by construction"),
        "order_adjustment_part_adds_up": .ours("no more is taken off than is left, under the order's lock"),
        "order_adjustment_follows_the_one_before": .ours(
            "an ordinal is one more than the last, under the order's lock"
        ),
        "order_return_follows_the_one_before": .ours("an ordinal is one more than the last, under the order's lock"),
        "order_adjustment_takes_off": .ours("only another shipping method may cost more"),
        "order_adjustment_part_is_one_thing": .ours("a part is for units, shipping or the price"),
        "order_adjustment_part_tax_is_in_it": .ours("a part's tax is a share of it"),
        "order_return_is_received_before_it_is_credited": .decided(.courseClosed),
        "order_return_is_received_or_closed": .decided(.courseClosed),
        "order_return_order_id_adjustment_key": .decided(.courseClosed),
        "order_return_line_receives_what_was_announced": .decided(.invalidRequest),
        "order_return_line_agrees": .ours("what is received is counted with its units"),
        "order_return_unit_agrees": .ours("what is received is counted with its units"),
        "order_return_unit_is_something": .ours("a unit goes to stock or to waste"),
        // Money.
        "orders_payment_is_what_was_paid": .decided(.paymentRefused),
        "payment_refund_has_its_cause": .ours("a refund is written with its adjustment"),
        "payment_order_id_adjustment_key": .ours("each adjustment gives back once"),
        "orders_refunds_within_payment": .decided(.invalidRequest),
        "orders_sums_are_counted": .decided(.paymentRefused),
        "payment_is_counted": .decided(.paymentRefused), "payment_one_receipt": .decided(.paymentRefused),
        "payment_attempt_one_live": .ours("an attempt is begun where none is live, under the order's lock"),
        "payment_attempt_id_key": .ours("money of an attempt is taken once, under the order's lock"),
        "payment_order_id_sequence_key": .ours("each entry of the ledger has its own entry of the log"),
        "payment_attempt_has_its_names": .ours("a provider's report without its names raises no status"),
        "payment_attempt_only_rises": .ours("a status is the greater of what was known and what is heard"),
        "payment_attempt_is_accounted_for": .ours("money that no order takes goes back in the same transaction"),
        "provider_refund_is_accounted_for": .ours("money that no order takes goes back in the same transaction"),
        "payment_attempt_order_id_ordinal_key": .ours("counted under the order's lock"),
        "payment_attempt_provider_payment_id_key": .ours("a provider names each payment anew"),
        "payment_attempt_provider_session_id_key": .ours("a provider names each session anew"),
        "provider_refund_taken_has_its_name": .ours("what was taken has the name that it was taken under"),
        "provider_refund_payment_id_key": .ours("each entry of the ledger is sent back once"),
        "provider_refund_provider_id_key": .ours("a provider names each refund anew"),
        "document_follows_the_one_before": .ours("numbers are given in a row, under one lock"),
        "document_one_of_an_adjustment": .ours("each adjustment has one document, in its own transaction"),
        "document_credits_an_adjustment": .ours("a credit note is issued with its adjustment"),
        "document_one_invoice": .ours("issued where there is none, under the order's lock"),
        "finding_kind_reference_key": .ours("what was found before is kept as it was"),
        "finding_settled_says_by_whom_and_why": .decided(.invalidRequest),
        // Reminders.
        "reminder_day_has_its_own_entry": .ours("a day is written with the entry that was written for it just before"),
        "marketing_consent_is_to_words": .ours("a consent is written with its words, and a withdrawal without"),
        "marketing_consent_fits_its_source": .ours("each route writes what it is for"),
        "marketing_consent_has_its_entry": .ours("it is written with the entry that was written for it just before"),
        "reminder_offer_is_wanted": .ours("what is told is decided by the consent, under the order's lock"),
        "reminder_offer_is_told_once": .ours("what was told is not planned again"),
        // Chains, and keys of links.
        "guide_follows_the_one_before": .ours("a revision is one more than the last, under the order's lock"),
        "delivery_cursor_is_due_while_there_is_more": .ours("both are written by one statement"),
        "delivery_cursor_is_leased_while_due": .ours("a lease is taken with its due time and ends with it"),
        "delivery_attempt_says_why_it_failed": .ours("an outcome comes with its reason"),
        "feed_holds_an_entry_once": .ours("an entry that is in the feed is passed over"),
        "order_event_reason_has_its_hash": .ours("the table hashes what is written into it"),
        "payment_reference_has_its_hash": .ours("the table hashes what is written into it"),
        "order_event_follows_the_one_before": .ours("an entry is one more than the last, under the order's lock"),
        "webhook_former_secret_is_whole": .ours("a former secret is written as a whole"),
        "webhook_state_has_its_reason": .ours("both are written by one statement"),
        "guide_changes_the_course_at_most_once": .ours("each guide counts one course more than the last, or as many"),
        "webhook_failure_has_its_event": .ours("both are written by one statement"),
        "webhook_fails_before_it_stops": .ours("what stops an endpoint is a failure, written with it"),
        "link_key_fingerprint_key": .ours("a server says at its start that it lacks a key"),
        "stock_movement_is_applied": .ours("it keeps the counters"),
    ]

    /// Whole kinds of constraint, by the end of their names.
    private static let kinds: [(end: String, reason: String)] = [
        (
            "_pkey",
            "keys are made by the database, or counted under a lock, or kept once by ON CONFLICT, or unique in a file that was read"
        ),
        ("_fkey", "what a row belongs to was read in the same transaction, and is never removed"),
        ("_check", "what a client sends is read first, and refused by its pointer; the rest is ours"),
        ("_is_kept", "nothing changes or removes such a row"), ("_is_not_emptied", "nothing empties such a table"),
        ("_is_salted", "it hashes what is written"),
        ("_changes", "it raises the catalog's version"),
    ]

    @Test func everyConstraintIsAccountedFor() async throws {
        try await TestStore.run { store in
            let rows = try await store.pool.read(
                Statement(
                    """
                    SELECT conname::text AS name FROM pg_constraint
                    WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 't', 'u', 'x')
                    UNION SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
                    UNION SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
                        WHERE indisunique AND relnamespace = 'public'::regnamespace
                    """
                )
            )
            let names = try Set(rows.map { try $0.value("name", as: String.self) })
            #expect(names.count > 300)
            for name in names.sorted() where Self.accounts[name] == nil {
                let plain = String(name.reversed().drop { $0.isNumber }.reversed())
                #expect(Self.kinds.contains { plain.hasSuffix($0.end) }, "\(name) is not accounted for")
            }
            for name in Self.accounts.keys { #expect(names.contains(name), "\(name) is no constraint any more") }
        }
    }
}
