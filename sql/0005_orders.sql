-- Orders: what was sold to whom, what lies in which parcel, the guides, and the log of all that happened.

-- An order's id is this sequence's number. What customers see is that, permuted under a secret that never changes:
-- unique by construction, silent about how many there are, and read back without looking anything up.
CREATE SEQUENCE order_sequence AS bigint MINVALUE 0 MAXVALUE 281474976710655 START 0;
CREATE TABLE order_numbering (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    secret bytea NOT NULL CHECK (octet_length(secret) = 32)
);
INSERT INTO order_numbering (secret) VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

CREATE TABLE orders (
    -- A link has 48 bits for it.
    id                   bigint PRIMARY KEY CHECK (id <= 281474976710655),
    number               text NOT NULL,
    placed_at            timestamptz NOT NULL,

    -- Links are made again from the order's id, the link key and the version: nothing of them rests here. A version that
    -- has passed opens nothing any more. A link has 12 bits for it, and version 0 is none.
    link_key              smallint NOT NULL,
    order_link_version    smallint NOT NULL DEFAULT 1 CHECK (order_link_version BETWEEN 1 AND 4095),
    guide_link_version    smallint NOT NULL DEFAULT 1 CHECK (guide_link_version BETWEEN 1 AND 4095),
    guide_link_is_on      boolean NOT NULL DEFAULT true,
    calendar_link_version smallint NOT NULL DEFAULT 1 CHECK (calendar_link_version BETWEEN 1 AND 4095),
    calendar_link_is_on   boolean NOT NULL DEFAULT true,

    -- One cart gives at most one order, and one key has one outcome: the key that placed this order, and a fingerprint
    -- of the request, are the order's own.
    cart_id              bigint NOT NULL CONSTRAINT orders_one_per_cart UNIQUE,
    cart_link_key        smallint NOT NULL,
    key_hash             bytea NOT NULL CHECK (octet_length(key_hash) = 16),
    request_fingerprint  bytea CHECK (octet_length(request_fingerprint) = 16),

    -- Three facts, each with its own transitions.
    status               text NOT NULL DEFAULT 'placed' CHECK (status IN ('placed', 'completed', 'cancelled')),
    payment_status       text NOT NULL DEFAULT 'unpaid' CHECK (payment_status IN
                             ('unpaid', 'authorised', 'paid', 'failed', 'void', 'partlyRefunded', 'refunded')),
    fulfilment_status    text NOT NULL DEFAULT 'unfulfilled' CHECK (fulfilment_status IN
                             ('unfulfilled', 'partlyShipped', 'shipped', 'delivered', 'returned')),
    payment_method       text NOT NULL CHECK (payment_method IN ('invoice', 'stripe')),

    currency             text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    items_amount         bigint NOT NULL CHECK (items_amount >= 0),
    discount_amount      bigint NOT NULL DEFAULT 0 CHECK (discount_amount BETWEEN 0 AND items_amount),
    shipping_amount      bigint NOT NULL DEFAULT 0 CHECK (shipping_amount >= 0),
    tax_amount           bigint NOT NULL DEFAULT 0 CHECK (tax_amount >= 0),
    tax_included         boolean NOT NULL DEFAULT true,
    total_amount         bigint NOT NULL,
    shipping_tax_amount  bigint NOT NULL DEFAULT 0 CHECK (shipping_tax_amount BETWEEN 0 AND tax_amount),
    shipping_tax_basis_points int NOT NULL DEFAULT 0 CHECK (shipping_tax_basis_points BETWEEN 0 AND 10000),
    -- The version of the catalog whose prices, rates and taxes these are.
    catalog_version      bigint NOT NULL,
    shipping_method      text CHECK (char_length(shipping_method) <= 40),
    discount_codes       text[] NOT NULL DEFAULT '{}',
    -- As in the cart.
    reference            text CHECK (reference ~ '^[A-Za-z0-9._~:-]{1,100}$'),
    -- What changed of its price since it was sold: how many adjustments, and what they come to. What the order comes to now
    -- is its total and that.
    adjustments          smallint NOT NULL DEFAULT 0 CHECK (adjustments >= 0),
    adjusted_amount      bigint NOT NULL DEFAULT 0,
    -- What came in and what went back, as the ledger of payments has it.
    paid_amount          bigint NOT NULL DEFAULT 0,
    refunded_amount      bigint NOT NULL DEFAULT 0,
    -- An order holds its stock until it is cancelled; one whose payment failed gives it up, and takes it again when the
    -- customer tries again.
    stock_held           boolean NOT NULL DEFAULT true,

    -- Whose it is: whoever that is can have it erased once the order is over. From then on none of it is here, and none of
    -- it comes back.
    erased_at            timestamptz,
    customer_name        text CHECK (char_length(customer_name) BETWEEN 1 AND 200),
    -- What the guide calls them by, where they said so.
    customer_given_name  text CHECK (char_length(customer_given_name) BETWEEN 1 AND 100),
    customer_email       text CHECK (char_length(customer_email) BETWEEN 3 AND 254),
    customer_phone       text CHECK (char_length(customer_phone) BETWEEN 1 AND 40),
    address_line1        text CHECK (char_length(address_line1) BETWEEN 1 AND 200),
    address_line2        text CHECK (char_length(address_line2) BETWEEN 1 AND 200),
    address_city         text CHECK (char_length(address_city) BETWEEN 1 AND 100),
    address_region       text CHECK (char_length(address_region) BETWEEN 1 AND 100),
    address_postal_code  text CHECK (char_length(address_postal_code) BETWEEN 1 AND 20),
    address_country      text NOT NULL CHECK (address_country ~ '^[A-Z]{2}$'),
    -- Where it differs, which is rare.
    billing_address      jsonb CHECK (billing_address ?& '{line1,city,postalCode,country}'),
    language             text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    -- The notices that the customer said yes to.
    accepted             text[] NOT NULL DEFAULT '{}',
    -- Whether mail to the customer came back for good, and nobody has given another address since.
    mail_undeliverable   boolean NOT NULL DEFAULT false,
    -- The hour of their own day at which they want to be reminded by mail; null where they don't.
    reminder_hour        smallint CHECK (reminder_hour BETWEEN 8 AND 20),

    -- The latest day to send it and still be in time; fixed once it was sent.
    ship_by              date,
    -- When the first parcel was packed: from then on the customer changes no address, and cancels nothing.
    packed_at            timestamptz,
    -- When the last parcel that has left arrived; null before. The time to withdraw from the contract begins with it.
    delivered_at         timestamptz,
    hold_reason          text CHECK (hold_reason IN
                             ('addressProblem', 'awaitingCustomer', 'stockProblem', 'paymentReview', 'other')),
    hold_note            text CHECK (char_length(hold_note) BETWEEN 1 AND 200),
    hold_by              text CHECK (char_length(hold_by) BETWEEN 1 AND 80),
    hold_at              timestamptz,

    -- What an order can't be without: the foreign keys further down look for these rows when the transaction commits.
    guide_revision       int NOT NULL DEFAULT 1,
    first_line           smallint NOT NULL DEFAULT 1 CHECK (first_line = 1),

    CONSTRAINT orders_person_is_whole_or_erased CHECK (CASE WHEN erased_at IS NULL
        THEN num_nulls(customer_name, customer_email, address_line1, address_city, address_postal_code,
            request_fingerprint) = 0
        ELSE num_nonnulls(customer_name, customer_given_name, customer_email, customer_phone, address_line1, address_line2,
            address_city, address_region, address_postal_code, billing_address, reference, reminder_hour, hold_note,
            request_fingerprint) = 0 END),
    CONSTRAINT orders_erased_is_over CHECK (erased_at IS NULL OR status <> 'placed'),
    CONSTRAINT orders_total_is_the_sum CHECK (total_amount =
        items_amount - discount_amount + shipping_amount + CASE WHEN tax_included THEN 0 ELSE tax_amount END),
    CONSTRAINT orders_cancelled_has_not_left CHECK (status <> 'cancelled' OR fulfilment_status = 'unfulfilled'),
    CONSTRAINT orders_cancelled_is_not_packed CHECK (status <> 'cancelled' OR packed_at IS NULL),
    CONSTRAINT orders_what_left_was_packed CHECK (fulfilment_status = 'unfulfilled' OR packed_at IS NOT NULL),
    CONSTRAINT orders_hold_is_whole CHECK (num_nulls(hold_reason, hold_by, hold_at) IN (0, 3)),
    CONSTRAINT orders_completed_is_delivered_and_paid CHECK (status <> 'completed' OR
        (fulfilment_status IN ('delivered', 'returned') AND payment_status IN ('paid', 'partlyRefunded', 'refunded'))),
    CONSTRAINT orders_refunds_within_payment CHECK (refunded_amount BETWEEN 0 AND paid_amount),
    CONSTRAINT orders_comes_to_something CHECK (total_amount + adjusted_amount >= 0),
    -- A paid order has its payment, less what went back, which is what it comes to; and nothing else has one.
    CONSTRAINT orders_payment_is_what_was_paid CHECK (
        CASE WHEN payment_status IN ('paid', 'partlyRefunded', 'refunded')
            THEN paid_amount - refunded_amount = total_amount + adjusted_amount
            ELSE paid_amount = 0 AND refunded_amount = 0 END
        AND CASE payment_status
            WHEN 'paid' THEN refunded_amount = 0
            WHEN 'partlyRefunded' THEN refunded_amount > 0 AND refunded_amount < paid_amount
            WHEN 'refunded' THEN refunded_amount > 0 AND refunded_amount = paid_amount
            ELSE true END),
    CONSTRAINT orders_holds_its_stock CHECK (CASE WHEN status = 'cancelled' THEN NOT stock_held
        ELSE stock_held OR payment_status = 'failed' END)
);
-- What was erased, the latest last; and what is over, by when it was placed.
CREATE INDEX orders_erased ON orders (erased_at) WHERE erased_at IS NOT NULL;
CREATE INDEX orders_over ON orders (placed_at) WHERE status <> 'placed' AND erased_at IS NULL;
-- The packing queue: what is open, the most urgent first. Where nothing says when to send, it is urgent.
CREATE INDEX orders_queue ON orders ((coalesce(ship_by, '-infinity'::date)), id)
    WHERE status = 'placed' AND fulfilment_status IN ('unfulfilled', 'partlyShipped');
-- What is unpaid for too long, oldest first.
CREATE INDEX orders_unpaid ON orders (payment_method, placed_at)
    WHERE payment_status IN ('unpaid', 'failed') AND status = 'placed';
-- Lists of orders: of a customer, by a rare state, and by when something was placed.
CREATE INDEX orders_email ON orders USING hash (lower(customer_email));
CREATE INDEX orders_placed ON orders (placed_at);
CREATE INDEX orders_rare_payment ON orders (payment_status, id)
    WHERE payment_status IN ('unpaid', 'authorised', 'failed', 'partlyRefunded', 'refunded', 'void');
CREATE INDEX orders_rare_fulfilment ON orders (fulfilment_status, id)
    WHERE fulfilment_status IN ('unfulfilled', 'partlyShipped', 'returned');

-- The three facts' allowed steps; all others are refused, whoever takes them.
CREATE TABLE status_transition (
    fact        text NOT NULL CHECK (fact IN ('order', 'payment', 'fulfilment')),
    from_status text NOT NULL,
    to_status   text NOT NULL,
    PRIMARY KEY (fact, from_status, to_status)
);
INSERT INTO status_transition (fact, from_status, to_status) VALUES
    ('order', 'placed', 'completed'), ('order', 'placed', 'cancelled'), ('order', 'completed', 'placed'),
    ('payment', 'unpaid', 'authorised'), ('payment', 'unpaid', 'paid'), ('payment', 'unpaid', 'failed'),
    ('payment', 'unpaid', 'void'), ('payment', 'authorised', 'paid'), ('payment', 'authorised', 'void'),
    ('payment', 'authorised', 'failed'), ('payment', 'failed', 'authorised'), ('payment', 'failed', 'paid'),
    ('payment', 'failed', 'void'), ('payment', 'paid', 'partlyRefunded'), ('payment', 'paid', 'refunded'),
    ('payment', 'partlyRefunded', 'refunded'),
    ('fulfilment', 'unfulfilled', 'partlyShipped'), ('fulfilment', 'unfulfilled', 'shipped'),
    ('fulfilment', 'partlyShipped', 'shipped'), ('fulfilment', 'shipped', 'delivered'),
    ('fulfilment', 'shipped', 'returned'), ('fulfilment', 'delivered', 'returned'),
    -- What is left is never sent, or a replacement is to be.
    ('fulfilment', 'partlyShipped', 'delivered'), ('fulfilment', 'partlyShipped', 'returned'),
    ('fulfilment', 'shipped', 'partlyShipped'), ('fulfilment', 'delivered', 'partlyShipped');

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
-- What it was sold for stays: what it comes to later is told by its adjustments.
CREATE TRIGGER orders_stay_as_sold AFTER UPDATE OF currency, items_amount, discount_amount, shipping_amount, tax_amount,
    tax_included, total_amount, shipping_tax_amount, shipping_tax_basis_points ON orders FOR EACH ROW
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER orders_guide_goes_forward BEFORE UPDATE OF guide_revision ON orders FOR EACH ROW
    WHEN (NEW.guide_revision < OLD.guide_revision) EXECUTE FUNCTION refuse_change();

CREATE TRIGGER orders_stay_erased BEFORE UPDATE OF erased_at ON orders FOR EACH ROW
    WHEN (NEW.erased_at IS DISTINCT FROM OLD.erased_at AND OLD.erased_at IS NOT NULL) EXECUTE FUNCTION refuse_change();

-- What belongs to an order, and goes with whose it was: none of it is changed or removed before that.
CREATE FUNCTION refuse_change_before_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM orders WHERE id = OLD.order_id AND erased_at IS NOT NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END
$$;

-- Lines as sold: a later change of the catalog touches neither name nor price nor seal.
CREATE TABLE order_line (
    order_id     bigint NOT NULL REFERENCES orders,
    position     smallint NOT NULL CHECK (position > 0),
    sku          text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('kit', 'product', 'sample')),
    name         text NOT NULL,
    quantity     int NOT NULL CHECK (quantity > 0),
    unit_amount  bigint NOT NULL CHECK (unit_amount >= 0),
    total_amount bigint NOT NULL,
    -- The line's share of the order's discount, and the tax in or on what remains.
    discount_amount  bigint NOT NULL DEFAULT 0 CHECK (discount_amount BETWEEN 0 AND total_amount),
    tax_amount       bigint NOT NULL DEFAULT 0 CHECK (tax_amount >= 0),
    tax_basis_points int NOT NULL DEFAULT 0 CHECK (tax_basis_points BETWEEN 0 AND 10000),
    -- How many of them are never sent, came back, or were lost and are not sent again; and of how many of these the price
    -- was taken off the order's.
    cancelled_quantity int NOT NULL DEFAULT 0 CHECK (cancelled_quantity >= 0),
    returned_quantity  int NOT NULL DEFAULT 0 CHECK (returned_quantity >= 0),
    lost_quantity      int NOT NULL DEFAULT 0 CHECK (lost_quantity >= 0),
    credited_quantity  int NOT NULL DEFAULT 0,
    -- Whether it, or something in it, was sold as sealed for hygiene.
    is_sealed          boolean NOT NULL DEFAULT false,
    PRIMARY KEY (order_id, position),
    CONSTRAINT order_line_total_is_the_product CHECK (total_amount = unit_amount * quantity),
    CONSTRAINT order_line_units_are_in_one_place CHECK (cancelled_quantity + returned_quantity + lost_quantity <= quantity),
    CONSTRAINT order_line_credits_what_is_gone CHECK (credited_quantity
        BETWEEN 0 AND cancelled_quantity + returned_quantity + lost_quantity)
);
CREATE TRIGGER order_line_stays_as_sold AFTER UPDATE OF sku, kind, name, quantity, unit_amount, total_amount,
    discount_amount, tax_amount, tax_basis_points, is_sealed ON order_line FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What is packed for each line: a kit's components, or the product itself. Their sum is what the order reserves.
CREATE TABLE order_component (
    order_id bigint NOT NULL,
    line     smallint NOT NULL,
    position smallint NOT NULL CHECK (position > 0),
    sku      text NOT NULL,
    name     text NOT NULL,
    -- How many go into the box, and how many a full box would hold: less where a sample had run out.
    quantity int NOT NULL CHECK (quantity >= 0),
    wanted   int NOT NULL CHECK (wanted >= quantity AND wanted > 0),
    -- Whether the box may not leave without it.
    required boolean NOT NULL DEFAULT true,
    -- 0 for what was sold; else which replacement of the order this is sent as, without a price.
    replacement smallint NOT NULL DEFAULT 0 CHECK (replacement >= 0),
    -- How many are never sent, of what was to go into the box.
    cancelled int NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
    -- How many lie in a parcel, and how many of those have left; and of these, how many came back, and how many were lost.
    packed   int NOT NULL DEFAULT 0,
    shipped  int NOT NULL DEFAULT 0,
    returned int NOT NULL DEFAULT 0 CHECK (returned >= 0),
    lost     int NOT NULL DEFAULT 0 CHECK (lost >= 0),
    PRIMARY KEY (order_id, line, position),
    FOREIGN KEY (order_id, line) REFERENCES order_line (order_id, position),
    CONSTRAINT order_component_packs_what_it_holds CHECK (packed BETWEEN 0 AND quantity - cancelled),
    CONSTRAINT order_component_ships_what_is_packed CHECK (shipped BETWEEN 0 AND packed),
    CONSTRAINT order_component_lost_or_back_had_left CHECK (returned + lost <= shipped)
);

-- Each revision of an order's guide, kept as it was issued: what its document was made of, and the document's SHA-256.
CREATE TABLE guide (
    order_id           bigint NOT NULL REFERENCES orders,
    revision           int NOT NULL CHECK (revision > 0),
    -- How many courses the order has had: a guide that is issued anew for another reason has the same as the one before.
    course_version     int NOT NULL DEFAULT 1,
    issued_at          timestamptz NOT NULL,
    regimen            text NOT NULL,
    content_version    text NOT NULL,
    -- The format whose bytes were hashed.
    renderer_version   text NOT NULL,
    -- Whoever knows what it is the hash of knows the dates, and there are not so many: it goes with them.
    document_hash      bytea CHECK (octet_length(document_hash) = 32),
    time_zone          text CHECK (char_length(time_zone) BETWEEN 1 AND 64),
    sessions           date[] CHECK (cardinality(sessions) <= 12),
    is_final           boolean,
    keep_dry_hours     smallint CHECK (keep_dry_hours IN (24, 48)),
    wash_interval_days smallint CHECK (wash_interval_days BETWEEN 2 AND 3),
    rest_days          smallint CHECK (rest_days BETWEEN 3 AND 7),
    -- [[SKU, name, whether it is in the order]] in the order of the regimen.
    products           jsonb NOT NULL CHECK (jsonb_typeof(products) = 'array'),
    erased_at          timestamptz,
    -- No revision without the one before it.
    previous           int GENERATED ALWAYS AS (NULLIF(revision - 1, 0)) STORED,
    PRIMARY KEY (order_id, revision),
    CONSTRAINT guide_changes_the_course_at_most_once CHECK (course_version BETWEEN 1 AND revision),
    CONSTRAINT guide_follows_the_one_before FOREIGN KEY (order_id, previous) REFERENCES guide (order_id, revision),
    CHECK (num_nulls(time_zone, sessions, is_final, keep_dry_hours, wash_interval_days, rest_days) IN (0, 6)),
    CONSTRAINT guide_is_proven_or_erased CHECK ((document_hash IS NULL) = (erased_at IS NOT NULL)
        AND (erased_at IS NULL OR time_zone IS NULL))
);
CREATE TRIGGER guide_is_kept BEFORE UPDATE OR DELETE ON guide FOR EACH ROW
    EXECUTE FUNCTION refuse_change_but_erasure('time_zone', 'sessions', 'is_final', 'keep_dry_hours', 'wash_interval_days',
        'rest_days', 'document_hash');
CREATE TRIGGER guide_is_not_emptied BEFORE TRUNCATE ON guide FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Every order has exactly one guide at every moment, and something was bought. (Tables that need each other can't both
-- be whole where they are made: these two constraints are the only ones that are added.)
ALTER TABLE orders
    ADD CONSTRAINT orders_has_a_guide FOREIGN KEY (id, guide_revision) REFERENCES guide (order_id, revision)
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT orders_has_a_line FOREIGN KEY (id, first_line) REFERENCES order_line (order_id, position)
        DEFERRABLE INITIALLY DEFERRED;

-- The log of an order: who did what, and when. Only ever added to, in the transaction of what happened; no entry without
-- the one before it. Whatever others are told is told from here.
CREATE TYPE order_event_kind AS ENUM ('placed', 'rescheduled', 'contactChanged', 'guideLinkRenewed', 'guideLinkRevoked',
    'calendarLinkRenewed', 'calendarLinkRevoked', 'orderLinkRenewed', 'paid', 'refunded', 'cancelled', 'paymentStarted',
    'remindersChanged', 'offersChanged', 'reminded',
    'paymentAuthorised', 'paymentFailed', 'paymentReturned', 'noted', 'held', 'released', 'packed', 'unpacked', 'shipped',
    'delivered', 'returned', 'completed', 'linkRequested', 'mailUndeliverable', 'erased',
    'partlyCancelled', 'shippingChanged', 'returnAnnounced', 'returnClosed', 'withdrawn', 'lost', 'replaced', 'reopened',
    'credited', 'sendingCancelled');
CREATE TABLE order_event (
    order_id   bigint NOT NULL REFERENCES orders,
    sequence   int NOT NULL CHECK (sequence > 0),
    at         timestamptz NOT NULL,
    kind       order_event_kind NOT NULL,
    actor      text NOT NULL CHECK (char_length(actor) BETWEEN 1 AND 80),
    request_id text NOT NULL CHECK (char_length(request_id) <= 64),
    -- What a timeline tells beyond who and when: why, and how much.
    reason     text CHECK (char_length(reason) BETWEEN 1 AND 200),
    reason_salt bytea CHECK (octet_length(reason_salt) = 16),
    reason_hash bytea CHECK (octet_length(reason_hash) = 32),
    amount     bigint CHECK (amount >= 0),
    -- In which it was written: what tells the feed that it has become visible.
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    previous   int GENERATED ALWAYS AS (NULLIF(sequence - 1, 0)) STORED,
    -- When the reason was erased: people write in it what they like.
    erased_at  timestamptz CONSTRAINT order_event_erased_has_no_reason CHECK (erased_at IS NULL OR reason IS NULL),
    PRIMARY KEY (order_id, sequence),
    CONSTRAINT order_event_follows_the_one_before FOREIGN KEY (order_id, previous)
        REFERENCES order_event (order_id, sequence),
    CONSTRAINT order_event_reason_has_its_hash CHECK (num_nulls(reason, reason_salt) IN (0, 2)
        AND (reason IS NULL OR reason_hash IS NOT NULL))
);
CREATE TRIGGER order_event_reason_is_salted BEFORE INSERT ON order_event FOR EACH ROW
    WHEN (NEW.reason IS NOT NULL) EXECUTE FUNCTION salt_text('reason');
CREATE TRIGGER order_event_is_kept BEFORE UPDATE OR DELETE ON order_event FOR EACH ROW
    EXECUTE FUNCTION refuse_change_but_erasure('reason', 'reason_salt');
CREATE TRIGGER order_event_is_not_emptied BEFORE TRUNCATE ON order_event FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_change();
CREATE INDEX order_event_transaction ON order_event (transaction);

-- The logs of all orders in one line, for those who are told what happens. Entries are numbered in the order in which they
-- became visible, not in which they were written: whoever has read up to a number has missed nothing before it, however
-- late a transaction commits.
CREATE TABLE feed (
    number   bigint PRIMARY KEY CHECK (number > 0),
    order_id bigint NOT NULL,
    sequence int NOT NULL,
    CONSTRAINT feed_holds_an_entry_once UNIQUE (order_id, sequence),
    FOREIGN KEY (order_id, sequence) REFERENCES order_event (order_id, sequence)
);
CREATE TRIGGER feed_is_kept BEFORE UPDATE OR DELETE ON feed FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER feed_is_not_emptied BEFORE TRUNCATE ON feed FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How far the feed is: all that was visible in a snapshot is in it. Transactions that were open then are a part of the
-- snapshot, and so are looked for again. Whoever extends the feed locks this row.
CREATE TABLE feed_position (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    seen    pg_snapshot NOT NULL,
    last    bigint NOT NULL CHECK (last >= 0)
);
INSERT INTO feed_position (seen, last) VALUES (pg_current_snapshot(), 0);

-- Who of the staff saw whose order this is, and why. Looking changes nothing, so it waits for nobody and is not part of
-- the log; the timeline shows both.
CREATE TABLE order_view (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id   bigint NOT NULL REFERENCES orders,
    -- The last entry of the log that they saw: so the timeline needs no clock to put both together.
    sequence   int NOT NULL,
    at         timestamptz NOT NULL,
    actor      text NOT NULL CHECK (char_length(actor) BETWEEN 1 AND 80),
    request_id text NOT NULL CHECK (char_length(request_id) <= 64),
    reason     text CHECK (char_length(reason) BETWEEN 1 AND 200),
    erased_at  timestamptz CONSTRAINT order_view_erased_has_no_reason CHECK (erased_at IS NULL OR reason IS NULL)
);
CREATE INDEX order_view_order ON order_view (order_id);
CREATE INDEX order_view_at ON order_view (at);
CREATE TRIGGER order_view_is_kept BEFORE UPDATE ON order_view FOR EACH ROW
    EXECUTE FUNCTION refuse_change_but_erasure('reason');
-- Who looked is personal too, and goes after a time that the shop decides, a month at least.
CREATE TRIGGER order_view_trace_is_kept BEFORE DELETE ON order_view FOR EACH ROW
    WHEN (OLD.at > now() - interval '30 days') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_view_is_not_emptied BEFORE TRUNCATE ON order_view FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_change();

-- Parcels: packed, and sent once they have a carrier.
CREATE TABLE shipment (
    order_id   bigint NOT NULL REFERENCES orders,
    ordinal    smallint NOT NULL CHECK (ordinal > 0),
    packed_at  timestamptz NOT NULL,
    packed_by  text NOT NULL CHECK (char_length(packed_by) BETWEEN 1 AND 80),
    shipped_at timestamptz,
    carrier    text CHECK (carrier ~ '^[a-z][a-z-]{0,39}$'),
    -- Its carrier knows who got the parcel of this number.
    tracking_number text CHECK (char_length(tracking_number) BETWEEN 1 AND 40),
    erased_at  timestamptz,
    PRIMARY KEY (order_id, ordinal),
    CONSTRAINT shipment_is_carried CHECK (num_nulls(shipped_at, carrier) IN (0, 2)
        AND (tracking_number IS NULL) = (shipped_at IS NULL OR erased_at IS NOT NULL))
);
CREATE INDEX shipment_shipped ON shipment (shipped_at) WHERE shipped_at IS NOT NULL;
CREATE INDEX shipment_tracking_number ON shipment (tracking_number) WHERE tracking_number IS NOT NULL;
CREATE INDEX shipment_waiting ON shipment (order_id, ordinal) WHERE shipped_at IS NULL;

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
    WHEN (OLD.shipped_at IS NOT NULL) EXECUTE FUNCTION refuse_change_but_erasure('tracking_number');

-- How far an order has come, from where its units are.
CREATE FUNCTION fulfilment_of(owner bigint, is_delivered boolean) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN sum(shipped) = 0 THEN 'unfulfilled'
        WHEN sum(quantity - cancelled - shipped) > 0 THEN 'partlyShipped'
        WHEN sum(shipped - returned - lost) = 0 THEN 'returned'
        WHEN is_delivered THEN 'delivered'
        ELSE 'shipped' END
    FROM order_component WHERE order_id = owner
$$;

-- Every unit of an order is in one place: open, in a parcel, with the customer, cancelled, returned or lost. Its states
-- follow from that, its parcels hold what is packed and what has left, and its lines say what their components say.
CREATE FUNCTION check_units() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint := coalesce((to_jsonb(NEW) ->> 'order_id')::bigint, (to_jsonb(NEW) ->> 'id')::bigint);
    broken text;
BEGIN
    SELECT CASE
        WHEN fulfilment_status <> fulfilment_of(owner, delivered_at IS NOT NULL) THEN 'orders_states_follow_its_units'
        WHEN EXISTS (SELECT 1 FROM order_component AS part LEFT JOIN
                (SELECT line, position, sum(item.quantity) AS packed,
                    coalesce(sum(item.quantity) FILTER (WHERE shipped_at IS NOT NULL), 0) AS shipped
                FROM shipment_item AS item JOIN shipment USING (order_id, ordinal) WHERE order_id = owner
                GROUP BY line, position) AS held USING (line, position)
            WHERE part.order_id = owner
                AND (part.packed, part.shipped) <> (coalesce(held.packed, 0), coalesce(held.shipped, 0)))
            THEN 'orders_parcels_hold_what_is_packed'
        WHEN (status <> 'cancelled') <> EXISTS
                (SELECT 1 FROM order_line WHERE order_id = owner AND cancelled_quantity < quantity)
            THEN 'orders_cancelled_sends_nothing'
        WHEN EXISTS (SELECT 1 FROM order_line AS line CROSS JOIN LATERAL
                (SELECT sku, bool_or(required AND replacement = 0) AS required,
                    sum(wanted) FILTER (WHERE replacement = 0) / line.quantity AS each,
                    sum(quantity - cancelled) FILTER (WHERE replacement = 0) AS remaining,
                    sum(returned) AS returned, sum(lost) AS lost
                FROM order_component WHERE order_id = owner AND order_component.line = line.position GROUP BY sku) AS part
            WHERE line.order_id = owner
                AND (remaining > each * (line.quantity - cancelled_quantity)
                    -- A line sends all that its units hold; or nothing more, where each of them has left at least in part.
                    OR required AND remaining <> each * (line.quantity - cancelled_quantity) AND NOT
                        (SELECT sum(rest.quantity - cancelled - shipped) = 0
                            AND bool_or(shipped > wanted / line.quantity * (line.quantity - cancelled_quantity - 1))
                        FROM order_component AS rest WHERE (rest.order_id, rest.line) = (owner, line.position)
                            AND replacement = 0)
                    OR part.returned > each * returned_quantity
                    OR required AND part.lost < each * lost_quantity))
            THEN 'order_line_is_its_components'
        WHEN EXISTS (SELECT 1 FROM order_line AS line JOIN order_component AS part
                ON (part.order_id, part.line) = (line.order_id, line.position)
            WHERE line.order_id = owner AND part.quantity - part.cancelled > part.shipped
                AND line.cancelled_quantity + line.returned_quantity + line.lost_quantity = line.quantity)
            THEN 'order_line_that_is_gone_sends_nothing' END
    INTO broken FROM orders WHERE id = owner;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'the units of order % are not where it says', owner
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = broken;
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER orders_units_agree AFTER UPDATE OF fulfilment_status, delivered_at, status ON orders
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_units();
CREATE CONSTRAINT TRIGGER order_component_units_agree AFTER UPDATE OF quantity, cancelled, packed, shipped, returned, lost
    ON order_component DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_units();
CREATE CONSTRAINT TRIGGER order_component_replacement_agrees AFTER INSERT ON order_component
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.replacement > 0) EXECUTE FUNCTION check_units();
CREATE CONSTRAINT TRIGGER order_line_units_agree AFTER UPDATE OF cancelled_quantity, returned_quantity, lost_quantity
    ON order_line DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_units();
CREATE CONSTRAINT TRIGGER shipment_units_agree AFTER INSERT OR UPDATE OF shipped_at ON shipment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_units();

-- What an order comes to less, or more, since it was sold: the lines, sums and taxes that it was sold by stay as they were.
CREATE TABLE order_adjustment (
    order_id   bigint NOT NULL REFERENCES orders,
    ordinal    smallint NOT NULL CHECK (ordinal > 0),
    cause      text NOT NULL CHECK (cause IN
                   ('cancelled', 'returned', 'lost', 'withdrawn', 'goodwill', 'shipping', 'correction')),
    -- Minor units, tax included; less than 0 where the order comes to less.
    amount     bigint NOT NULL CONSTRAINT order_adjustment_takes_off CHECK (amount <= 0 OR cause = 'correction'),
    tax_amount bigint NOT NULL,
    -- The entry of the order's log that tells of it.
    sequence   int NOT NULL,
    previous   smallint GENERATED ALWAYS AS (NULLIF(ordinal - 1, 0)) STORED,
    PRIMARY KEY (order_id, ordinal),
    FOREIGN KEY (order_id, sequence) REFERENCES order_event (order_id, sequence),
    CONSTRAINT order_adjustment_follows_the_one_before FOREIGN KEY (order_id, previous)
        REFERENCES order_adjustment (order_id, ordinal)
);
CREATE TRIGGER order_adjustment_is_kept BEFORE UPDATE OR DELETE ON order_adjustment FOR EACH ROW
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_adjustment_is_not_emptied BEFORE TRUNCATE ON order_adjustment FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_change();

-- What an adjustment is made of: units of a line, the shipping, or a share of the whole price at one rate of tax.
CREATE TABLE order_adjustment_part (
    order_id    bigint NOT NULL,
    adjustment  smallint NOT NULL,
    position    smallint NOT NULL CHECK (position > 0),
    line        smallint,
    quantity    int NOT NULL DEFAULT 0 CHECK (quantity >= 0),
    is_shipping boolean NOT NULL DEFAULT false,
    amount      bigint NOT NULL,
    tax_amount  bigint NOT NULL,
    tax_basis_points int NOT NULL CHECK (tax_basis_points BETWEEN 0 AND 10000),
    PRIMARY KEY (order_id, adjustment, position),
    FOREIGN KEY (order_id, adjustment) REFERENCES order_adjustment (order_id, ordinal),
    FOREIGN KEY (order_id, line) REFERENCES order_line (order_id, position),
    CONSTRAINT order_adjustment_part_is_one_thing CHECK ((line IS NOT NULL) = (quantity > 0)
        AND NOT (is_shipping AND line IS NOT NULL)),
    CONSTRAINT order_adjustment_part_tax_is_in_it CHECK (abs(tax_amount) <= abs(amount) AND amount * tax_amount >= 0)
);
CREATE TRIGGER order_adjustment_part_is_kept BEFORE UPDATE OR DELETE ON order_adjustment_part FOR EACH ROW
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_adjustment_part_is_not_emptied BEFORE TRUNCATE ON order_adjustment_part FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_change();

-- What an order comes to is what it was sold for and its adjustments; each of these is its parts; units are taken off once,
-- those that are cancelled at once; and at no rate of tax does more come off than was on.
CREATE FUNCTION check_adjustments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint := coalesce((to_jsonb(NEW) ->> 'order_id')::bigint, (to_jsonb(NEW) ->> 'id')::bigint);
    broken text;
BEGIN
    SELECT CASE
        WHEN adjustments <> (SELECT count(*) FROM order_adjustment WHERE order_id = owner)
            OR adjusted_amount <> (SELECT coalesce(sum(amount), 0) FROM order_adjustment WHERE order_id = owner)
            THEN 'orders_comes_to_its_adjustments'
        WHEN EXISTS (SELECT 1 FROM order_adjustment AS whole LEFT JOIN LATERAL
                (SELECT sum(amount) AS amount, sum(tax_amount) AS tax_amount FROM order_adjustment_part
                WHERE order_id = owner AND adjustment = whole.ordinal) AS parts ON true
            WHERE order_id = owner AND (whole.amount IS DISTINCT FROM parts.amount
                OR whole.tax_amount IS DISTINCT FROM parts.tax_amount))
            THEN 'order_adjustment_is_its_parts'
        WHEN status = 'cancelled' AND total_amount + adjusted_amount <> 0
            THEN 'orders_cancelled_comes_to_nothing'
        WHEN EXISTS (SELECT 1 FROM order_line WHERE order_id = owner AND credited_quantity < cancelled_quantity)
            THEN 'order_line_credits_what_is_cancelled'
        WHEN EXISTS (SELECT 1 FROM order_line WHERE order_id = owner AND credited_quantity <>
                (SELECT coalesce(sum(quantity), 0) FROM order_adjustment_part AS part
                WHERE part.order_id = owner AND line = order_line.position))
            THEN 'order_line_is_credited_once'
        WHEN EXISTS (SELECT 1 FROM (
                SELECT tax_basis_points, total_amount - discount_amount
                    + CASE WHEN tax_included THEN 0 ELSE tax_amount END AS amount, tax_amount
                FROM order_line WHERE order_id = owner
                UNION ALL SELECT shipping_tax_basis_points, shipping_amount
                    + CASE WHEN tax_included THEN 0 ELSE shipping_tax_amount END, shipping_tax_amount
                UNION ALL SELECT tax_basis_points, amount, tax_amount FROM order_adjustment_part WHERE order_id = owner
            ) AS part GROUP BY tax_basis_points HAVING sum(amount) < 0 OR sum(tax_amount) < 0)
            THEN 'orders_rates_come_to_something' END
    INTO broken FROM orders WHERE id = owner;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'the adjustments of order % do not add up', owner
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = broken;
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER order_adjustment_adds_up AFTER INSERT ON order_adjustment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_adjustments();
CREATE CONSTRAINT TRIGGER order_adjustment_part_adds_up AFTER INSERT ON order_adjustment_part
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_adjustments();
CREATE CONSTRAINT TRIGGER orders_adjustments_add_up AFTER UPDATE OF adjustments, adjusted_amount, status ON orders
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_adjustments();
CREATE CONSTRAINT TRIGGER order_line_credit_adds_up AFTER UPDATE OF credited_quantity, cancelled_quantity ON order_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_adjustments();

-- Each use of a code. The numbers count within the code, and within the code and the address: a limit is that there is
-- no number left, and no two orders can have the same.
CREATE TABLE discount_redemption (
    order_id     bigint NOT NULL REFERENCES orders,
    code         text NOT NULL,
    -- Null once whose order it is was erased: the use counts on, and nobody's.
    email_hash   bytea CHECK (octet_length(email_hash) = 32),
    number       bigint CONSTRAINT discount_not_used_up CHECK (number IS NOT NULL),
    email_number bigint,
    PRIMARY KEY (order_id, code),
    UNIQUE (code, number),
    UNIQUE (code, email_hash, email_number),
    CONSTRAINT discount_not_used_up_by_email CHECK ((email_number IS NULL) = (email_hash IS NULL))
);

-- Who had a sample as a line of its own, and when: once per person in a window.
CREATE TABLE sample_claim (
    email_hash bytea PRIMARY KEY CHECK (octet_length(email_hash) = 32),
    order_id   bigint REFERENCES orders CONSTRAINT sample_once_per_person CHECK (order_id IS NOT NULL),
    claimed_at timestamptz NOT NULL
);
CREATE INDEX sample_claim_order ON sample_claim (order_id);
