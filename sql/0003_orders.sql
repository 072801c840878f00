-- Orders, what was sold, what is packed, the guides, the events, and what is to be told to others.

-- The numbers that customers see are this sequence's, permuted under a secret that never changes: unique by
-- construction, and silent about how many there are.
CREATE SEQUENCE order_sequence MINVALUE 0 START 0;
CREATE TABLE order_numbering (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    secret bytea NOT NULL CHECK (octet_length(secret) = 32)
);
INSERT INTO order_numbering (secret) VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

CREATE TABLE orders (
    id                   bigint PRIMARY KEY,
    number               text NOT NULL UNIQUE,
    placed_at            timestamptz NOT NULL,

    -- Links are made again from the order's id, the link key and the version; only their hashes rest here. A link
    -- without a hash is switched off.
    link_key               smallint NOT NULL,
    token_version          int NOT NULL DEFAULT 1,
    token_hash             bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 16),
    guide_token_version    int NOT NULL DEFAULT 1,
    guide_token_hash       bytea UNIQUE CHECK (octet_length(guide_token_hash) = 16),
    calendar_token_version int NOT NULL DEFAULT 1,
    calendar_token_hash    bytea UNIQUE CHECK (octet_length(calendar_token_hash) = 16),

    -- One cart gives at most one order, and one key has one outcome: the key that placed this order, and a fingerprint
    -- of the request, are the order's own.
    cart_token_hash      bytea NOT NULL CONSTRAINT orders_one_per_cart UNIQUE CHECK (octet_length(cart_token_hash) = 16),
    key_hash             bytea NOT NULL CHECK (octet_length(key_hash) = 16),
    request_fingerprint  bytea NOT NULL CHECK (octet_length(request_fingerprint) = 16),

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
    -- The version of the catalog whose prices, rates and taxes these are.
    catalog_version      bigint NOT NULL,
    shipping_method      text CHECK (char_length(shipping_method) <= 40),
    shipping_tax_amount  bigint NOT NULL DEFAULT 0 CHECK (shipping_tax_amount BETWEEN 0 AND tax_amount),
    shipping_tax_basis_points int NOT NULL DEFAULT 0 CHECK (shipping_tax_basis_points BETWEEN 0 AND 10000),
    discount_codes       text[] NOT NULL DEFAULT '{}',
    -- The latest day to send it and still be in time; fixed once it was sent.
    ship_by              date,

    customer_name        text NOT NULL CHECK (char_length(customer_name) BETWEEN 1 AND 200),
    customer_email       text NOT NULL CHECK (char_length(customer_email) BETWEEN 3 AND 254),
    customer_phone       text CHECK (char_length(customer_phone) BETWEEN 1 AND 40),
    address_line1        text NOT NULL CHECK (char_length(address_line1) BETWEEN 1 AND 200),
    address_line2        text CHECK (char_length(address_line2) BETWEEN 1 AND 200),
    address_city         text NOT NULL CHECK (char_length(address_city) BETWEEN 1 AND 100),
    address_region       text CHECK (char_length(address_region) BETWEEN 1 AND 100),
    address_postal_code  text NOT NULL CHECK (char_length(address_postal_code) BETWEEN 1 AND 20),
    address_country      text NOT NULL CHECK (address_country ~ '^[A-Z]{2}$'),
    -- Where it differs, which is rare.
    billing_address      jsonb CHECK (billing_address ?& '{line1,city,postalCode,country}'),
    language             text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    -- The notices that the customer said yes to.
    accepted             text[] NOT NULL DEFAULT '{}',

    -- What an order can't be without: the foreign keys further down look for these rows when the transaction commits.
    guide_revision       int NOT NULL DEFAULT 1,
    first_line           smallint NOT NULL DEFAULT 1 CHECK (first_line = 1),

    CONSTRAINT orders_total_is_the_sum CHECK (total_amount =
        items_amount - discount_amount + shipping_amount + CASE WHEN tax_included THEN 0 ELSE tax_amount END),
    CONSTRAINT orders_cancelled_has_not_left CHECK (status <> 'cancelled' OR fulfilment_status = 'unfulfilled'),
    CONSTRAINT orders_completed_is_delivered_and_paid CHECK (status <> 'completed' OR
        (fulfilment_status IN ('delivered', 'returned') AND payment_status IN ('paid', 'partlyRefunded', 'refunded')))
);

-- Lines as sold: a later change of the catalog touches neither name nor price.
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
    PRIMARY KEY (order_id, position),
    CONSTRAINT order_line_total_is_the_product CHECK (total_amount = unit_amount * quantity)
);

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
    PRIMARY KEY (order_id, line, position),
    FOREIGN KEY (order_id, line) REFERENCES order_line (order_id, position)
);

-- Each revision of an order's guide, kept as it was issued: what its document was made of, and the document's SHA-256.
CREATE TABLE guide (
    order_id           bigint NOT NULL REFERENCES orders,
    revision           int NOT NULL CHECK (revision > 0),
    issued_at          timestamptz NOT NULL,
    regimen            text NOT NULL,
    content_version    text NOT NULL,
    -- The format whose bytes were hashed.
    renderer_version   text NOT NULL,
    document_hash      bytea NOT NULL CHECK (octet_length(document_hash) = 32),
    time_zone          text CHECK (char_length(time_zone) BETWEEN 1 AND 64),
    sessions           date[] CHECK (cardinality(sessions) <= 12),
    is_final           boolean,
    keep_dry_hours     smallint CHECK (keep_dry_hours IN (24, 48)),
    wash_interval_days smallint CHECK (wash_interval_days BETWEEN 2 AND 3),
    rest_days          smallint CHECK (rest_days BETWEEN 3 AND 7),
    -- [[SKU, name, whether it is in the order]] in the order of the regimen.
    products           jsonb NOT NULL CHECK (jsonb_typeof(products) = 'array'),
    -- No revision without the one before it.
    previous           int GENERATED ALWAYS AS (NULLIF(revision - 1, 0)) STORED,
    PRIMARY KEY (order_id, revision),
    CONSTRAINT guide_follows_the_one_before FOREIGN KEY (order_id, previous) REFERENCES guide (order_id, revision),
    CHECK (num_nulls(time_zone, sessions, is_final, keep_dry_hours, wash_interval_days, rest_days) IN (0, 6))
);

-- Every order has exactly one guide at every moment, and something was bought.
ALTER TABLE orders
    ADD CONSTRAINT orders_has_a_guide FOREIGN KEY (id, guide_revision) REFERENCES guide (order_id, revision)
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT orders_has_a_line FOREIGN KEY (id, first_line) REFERENCES order_line (order_id, position)
        DEFERRABLE INITIALLY DEFERRED;

-- Who did what to an order, and when. Only ever added to.
CREATE TABLE order_event (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    order_id   bigint NOT NULL REFERENCES orders,
    at         timestamptz NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('placed', 'rescheduled', 'contactChanged', 'guideLinkRenewed',
                   'guideLinkRevoked', 'calendarLinkRenewed', 'calendarLinkRevoked')),
    actor      text NOT NULL CHECK (char_length(actor) BETWEEN 1 AND 80),
    request_id text NOT NULL CHECK (char_length(request_id) <= 64),
    PRIMARY KEY (order_id, id)
);

-- What others are to be told, written with what happened. A row names its order and no more: what is said is looked up
-- when it is said.
CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id   bigint NOT NULL REFERENCES orders,
    topic      text NOT NULL CHECK (topic IN ('order.placed', 'order.rescheduled', 'order.contactChanged')),
    created_at timestamptz NOT NULL,
    done_at    timestamptz
);
CREATE INDEX outbox_pending ON outbox (id) WHERE done_at IS NULL;

-- What a client was told, and what happened, stays as it was written.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END
$$;
CREATE TRIGGER guide_is_kept BEFORE UPDATE OR DELETE ON guide FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_event_is_kept BEFORE UPDATE OR DELETE ON order_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER guide_is_not_emptied BEFORE TRUNCATE ON guide FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_event_is_not_emptied BEFORE TRUNCATE ON order_event FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER orders_guide_goes_forward BEFORE UPDATE OF guide_revision ON orders FOR EACH ROW
    WHEN (NEW.guide_revision < OLD.guide_revision) EXECUTE FUNCTION refuse_change();
