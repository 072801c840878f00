-- Packing and shipping: who packs what now, which parcel holds what, and what left.

ALTER TABLE order_component
    ADD COLUMN required boolean NOT NULL DEFAULT true,
    ADD COLUMN packed   int NOT NULL DEFAULT 0,
    ADD COLUMN shipped  int NOT NULL DEFAULT 0,
    ADD CONSTRAINT order_component_packs_what_it_holds CHECK (packed BETWEEN 0 AND quantity),
    ADD CONSTRAINT order_component_ships_what_is_packed CHECK (shipped BETWEEN 0 AND packed);

ALTER TABLE orders
    -- When the first parcel was packed: from then on the customer changes neither address nor mind.
    ADD COLUMN packed_at   timestamptz,
    ADD COLUMN hold_reason text CHECK (hold_reason IN
                               ('addressProblem', 'awaitingCustomer', 'stockProblem', 'paymentReview', 'other')),
    ADD COLUMN hold_note   text CHECK (char_length(hold_note) BETWEEN 1 AND 200),
    ADD COLUMN hold_by     text CHECK (char_length(hold_by) BETWEEN 1 AND 80),
    ADD COLUMN hold_at     timestamptz,
    ADD CONSTRAINT orders_hold_is_whole CHECK (num_nulls(hold_reason, hold_by, hold_at) IN (0, 3)),
    ADD CONSTRAINT orders_cancelled_is_not_packed CHECK (status <> 'cancelled' OR packed_at IS NULL),
    ADD CONSTRAINT orders_what_left_was_packed CHECK (fulfilment_status = 'unfulfilled' OR packed_at IS NOT NULL);

-- The packing queue: what is open, the most urgent first. Where nothing says when to send, it is urgent.
CREATE INDEX orders_queue ON orders ((coalesce(ship_by, '-infinity'::date)), id)
    WHERE status = 'placed' AND fulfilment_status IN ('unfulfilled', 'partlyShipped');
-- Lists of orders by what stands against them.
CREATE INDEX orders_email ON orders USING hash (lower(customer_email));

-- Whoever packs an order has it for a while; nobody else gets it meanwhile.
CREATE TABLE packing_lease (
    order_id bigint PRIMARY KEY REFERENCES orders,
    holder   text NOT NULL CHECK (char_length(holder) BETWEEN 1 AND 60),
    until    timestamptz NOT NULL
);
-- One order at a time on each bench.
CREATE UNIQUE INDEX packing_lease_holder ON packing_lease (holder);

CREATE TABLE shipment (
    order_id   bigint NOT NULL REFERENCES orders,
    ordinal    smallint NOT NULL CHECK (ordinal > 0),
    packed_at  timestamptz NOT NULL,
    packed_by  text NOT NULL CHECK (char_length(packed_by) BETWEEN 1 AND 80),
    shipped_at timestamptz CHECK (shipped_at >= packed_at),
    carrier    text CHECK (carrier ~ '^[a-z][a-z-]{0,39}$'),
    tracking_number text CHECK (char_length(tracking_number) BETWEEN 1 AND 40),
    PRIMARY KEY (order_id, ordinal),
    CONSTRAINT shipment_is_carried CHECK (num_nulls(shipped_at, carrier, tracking_number) IN (0, 3))
);
CREATE INDEX shipment_shipped ON shipment (shipped_at) WHERE shipped_at IS NOT NULL;

CREATE TABLE shipment_item (
    order_id bigint NOT NULL,
    ordinal  smallint NOT NULL,
    line     smallint NOT NULL,
    position smallint NOT NULL,
    sku      text NOT NULL,
    quantity int NOT NULL CHECK (quantity > 0),
    -- Empty for units without a lot.
    lot      text NOT NULL DEFAULT '' CHECK (char_length(lot) <= 40),
    PRIMARY KEY (order_id, ordinal, line, position, lot),
    FOREIGN KEY (order_id, ordinal) REFERENCES shipment ON DELETE CASCADE,
    FOREIGN KEY (order_id, line, position) REFERENCES order_component
);
CREATE INDEX shipment_item_lot ON shipment_item (lot) WHERE lot <> '';

-- What left stays as it was written.
CREATE TRIGGER shipment_is_kept BEFORE UPDATE OR DELETE ON shipment FOR EACH ROW
    WHEN (OLD.shipped_at IS NOT NULL) EXECUTE FUNCTION refuse_change();

-- An order that left has a parcel that left, and one that has not has none.
CREATE FUNCTION check_shipment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint := coalesce((to_jsonb(NEW) ->> 'order_id')::bigint, (to_jsonb(NEW) ->> 'id')::bigint);
BEGIN
    IF EXISTS (SELECT 1 FROM orders WHERE id = owner AND (fulfilment_status <> 'unfulfilled')
        <> EXISTS (SELECT 1 FROM shipment WHERE order_id = owner AND shipped_at IS NOT NULL))
    THEN
        RAISE EXCEPTION 'order % and its shipments differ in whether it has left', owner
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'orders_shipped_has_a_shipment';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER orders_shipped_has_a_shipment AFTER UPDATE OF fulfilment_status ON orders
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_shipment();
CREATE CONSTRAINT TRIGGER shipment_has_its_order AFTER INSERT OR UPDATE ON shipment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_shipment();

-- What became of a day, as it was when it was closed.
CREATE TABLE day_close (
    day       date PRIMARY KEY,
    closed_by text NOT NULL CHECK (char_length(closed_by) BETWEEN 1 AND 60),
    closed_at timestamptz NOT NULL,
    parcels   int NOT NULL CHECK (parcels >= 0),
    summary   jsonb NOT NULL CHECK (jsonb_typeof(summary) = 'object')
);

ALTER TABLE order_event
    DROP CONSTRAINT order_event_kind_check,
    ADD CONSTRAINT order_event_kind_check CHECK (kind IN ('placed', 'rescheduled', 'contactChanged', 'guideLinkRenewed',
        'guideLinkRevoked', 'calendarLinkRenewed', 'calendarLinkRevoked', 'orderLinkRenewed', 'paid', 'refunded',
        'cancelled', 'viewed', 'paymentStarted', 'paymentAuthorised', 'paymentFailed', 'paymentReturned', 'noted', 'held',
        'released', 'packed', 'unpacked', 'shipped', 'delivered', 'returned', 'completed'));
ALTER TABLE outbox
    DROP CONSTRAINT outbox_topic_check,
    ADD CONSTRAINT outbox_topic_check CHECK (topic IN ('order.placed', 'order.rescheduled', 'order.contactChanged',
        'order.paid', 'order.refunded', 'order.cancelled', 'order.paymentFailed', 'order.paymentReturned',
        'order.shipped', 'order.delivered', 'order.returned'));

-- Lists by a rare state, and by when something was placed, newest first.
CREATE INDEX orders_placed ON orders (placed_at);
CREATE INDEX orders_rare_payment ON orders (payment_status, id)
    WHERE payment_status IN ('unpaid', 'authorised', 'failed', 'partlyRefunded', 'refunded', 'void');
CREATE INDEX orders_rare_fulfilment ON orders (fulfilment_status, id)
    WHERE fulfilment_status IN ('unfulfilled', 'partlyShipped', 'returned');
