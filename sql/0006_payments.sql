-- What came in and what went back. Only ever added to; an order's sums say what they come to.

ALTER TABLE orders
    ADD COLUMN paid_amount     bigint NOT NULL DEFAULT 0,
    ADD COLUMN refunded_amount bigint NOT NULL DEFAULT 0,
    ADD COLUMN shipping_refunded boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT orders_refunds_within_payment CHECK (refunded_amount BETWEEN 0 AND paid_amount),
    ADD CONSTRAINT orders_payment_within_total CHECK (paid_amount BETWEEN 0 AND total_amount),
    -- A paid order has its payment, and nothing else has one.
    ADD CONSTRAINT orders_payment_is_what_was_paid CHECK (CASE payment_status
        WHEN 'paid' THEN paid_amount = total_amount AND (refunded_amount = 0)
        WHEN 'partlyRefunded' THEN paid_amount = total_amount AND refunded_amount > 0 AND refunded_amount < paid_amount
        WHEN 'refunded' THEN paid_amount = total_amount AND refunded_amount = paid_amount
        ELSE paid_amount = 0 AND refunded_amount = 0 END);

ALTER TABLE order_line
    ADD COLUMN refunded_quantity int NOT NULL DEFAULT 0,
    ADD CONSTRAINT order_line_refunds_within_quantity CHECK (refunded_quantity BETWEEN 0 AND quantity);

CREATE TABLE payment (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id   bigint NOT NULL REFERENCES orders,
    kind       text NOT NULL CHECK (kind IN ('receipt', 'refund')),
    amount     bigint NOT NULL CHECK (amount >= 0),
    -- The bank's word for it, or why the money went back.
    reference  text CHECK (char_length(reference) BETWEEN 1 AND 200),
    at         timestamptz NOT NULL,
    actor      text NOT NULL CHECK (char_length(actor) BETWEEN 1 AND 80),
    -- The request that moved it: the same one again moves nothing.
    key_hash            bytea NOT NULL CHECK (octet_length(key_hash) = 32),
    request_fingerprint bytea NOT NULL CHECK (octet_length(request_fingerprint) = 32),
    UNIQUE (order_id, key_hash)
);
CREATE UNIQUE INDEX payment_one_receipt ON payment (order_id) WHERE kind = 'receipt';
CREATE TRIGGER payment_is_kept BEFORE UPDATE OR DELETE ON payment FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_is_not_emptied BEFORE TRUNCATE ON payment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- An order's sums are those of its payments, whoever writes them.
CREATE FUNCTION check_payment_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint := coalesce((to_jsonb(NEW) ->> 'order_id')::bigint, (to_jsonb(NEW) ->> 'id')::bigint);
BEGIN
    IF EXISTS (
        SELECT 1 FROM orders,
            LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE kind = 'receipt'), 0) AS paid,
                            coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS refunded
                     FROM payment WHERE order_id = orders.id) AS sums
        WHERE id = owner AND (paid_amount <> sums.paid OR refunded_amount <> sums.refunded))
    THEN
        RAISE EXCEPTION 'the sums of order % are not those of its payments', owner
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'orders_sums_are_its_payments';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER payment_is_counted AFTER INSERT ON payment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_payment_sums();
CREATE CONSTRAINT TRIGGER orders_sums_are_counted AFTER UPDATE OF paid_amount, refunded_amount ON orders
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_payment_sums();

-- The three states' allowed steps; all others are refused, whoever takes them.
CREATE TABLE status_transition (
    fact        text NOT NULL CHECK (fact IN ('order', 'payment', 'fulfilment')),
    from_status text NOT NULL,
    to_status   text NOT NULL,
    PRIMARY KEY (fact, from_status, to_status)
);
INSERT INTO status_transition (fact, from_status, to_status) VALUES
    ('order', 'placed', 'completed'), ('order', 'placed', 'cancelled'),
    ('payment', 'unpaid', 'authorised'), ('payment', 'unpaid', 'paid'), ('payment', 'unpaid', 'failed'),
    ('payment', 'unpaid', 'void'), ('payment', 'authorised', 'paid'), ('payment', 'authorised', 'void'),
    ('payment', 'authorised', 'failed'), ('payment', 'failed', 'authorised'), ('payment', 'failed', 'paid'),
    ('payment', 'failed', 'void'), ('payment', 'paid', 'partlyRefunded'), ('payment', 'paid', 'refunded'),
    ('payment', 'partlyRefunded', 'refunded'),
    ('fulfilment', 'unfulfilled', 'partlyShipped'), ('fulfilment', 'unfulfilled', 'shipped'),
    ('fulfilment', 'partlyShipped', 'shipped'), ('fulfilment', 'shipped', 'delivered'),
    ('fulfilment', 'shipped', 'returned'), ('fulfilment', 'delivered', 'returned');

CREATE FUNCTION check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    steps text[][] := ARRAY[
        ARRAY['order', OLD.status, NEW.status], ARRAY['payment', OLD.payment_status, NEW.payment_status],
        ARRAY['fulfilment', OLD.fulfilment_status, NEW.fulfilment_status]];
    step text[];
BEGIN
    FOREACH step SLICE 1 IN ARRAY steps LOOP
        IF step[2] <> step[3] AND NOT EXISTS (SELECT 1 FROM status_transition
            WHERE (fact, from_status, to_status) = (step[1], step[2], step[3]))
        THEN
            RAISE EXCEPTION 'the % of order % does not go from % to %', step[1], OLD.id, step[2], step[3]
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'orders_transitions';
        END IF;
    END LOOP;
    RETURN NEW;
END
$$;
CREATE TRIGGER orders_transitions BEFORE UPDATE OF status, payment_status, fulfilment_status ON orders
    FOR EACH ROW EXECUTE FUNCTION check_transition();

-- What a timeline tells beyond who and when: why, and how much.
ALTER TABLE order_event
    ADD COLUMN reason text CHECK (char_length(reason) BETWEEN 1 AND 200),
    ADD COLUMN amount bigint CHECK (amount >= 0),
    DROP CONSTRAINT order_event_kind_check,
    ADD CONSTRAINT order_event_kind_check CHECK (kind IN ('placed', 'rescheduled', 'contactChanged', 'guideLinkRenewed',
        'guideLinkRevoked', 'calendarLinkRenewed', 'calendarLinkRevoked', 'paid', 'refunded', 'cancelled', 'viewed'));
ALTER TABLE outbox
    DROP CONSTRAINT outbox_topic_check,
    ADD CONSTRAINT outbox_topic_check CHECK (topic IN ('order.placed', 'order.rescheduled', 'order.contactChanged',
        'order.paid', 'order.refunded', 'order.cancelled'));

-- What is unpaid for too long, oldest first.
CREATE INDEX orders_unpaid ON orders (placed_at) WHERE payment_status IN ('unpaid', 'failed') AND status = 'placed';
