-- What a shopper has chosen. The capability that opens a cart is not here: it says by itself which cart it opens.
CREATE SEQUENCE cart_sequence AS bigint MINVALUE 1 MAXVALUE 281474976710655;
CREATE TABLE cart (
    -- A link has 48 bits for it.
    id                 bigint PRIMARY KEY CHECK (id BETWEEN 1 AND 281474976710655),
    link_key           smallint NOT NULL,
    -- Counts the changes of the choice: the ETag.
    version            int NOT NULL DEFAULT 1 CHECK (version > 0),
    currency           text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    country            text CHECK (country ~ '^[A-Z]{2}$'),
    region             text CHECK (char_length(region) BETWEEN 1 AND 100),
    shipping_method    text CHECK (char_length(shipping_method) <= 40),
    discount_codes     text[] NOT NULL DEFAULT '{}' CHECK (cardinality(discount_codes) <= 5),
    -- What a booking system knows the appointment by. Nothing that could be a name or an address fits.
    reference          text CHECK (reference ~ '^[A-Za-z0-9._~:-]{1,100}$'),
    skus               text[] NOT NULL DEFAULT '{}',
    quantities         int[] NOT NULL DEFAULT '{}',
    time_zone          text CHECK (char_length(time_zone) BETWEEN 1 AND 64),
    sessions           date[] CHECK (cardinality(sessions) <= 12),
    is_final           boolean,
    keep_dry_hours     smallint CHECK (keep_dry_hours IN (24, 48)),
    wash_interval_days smallint CHECK (wash_interval_days BETWEEN 2 AND 3),
    rest_days          smallint CHECK (rest_days BETWEEN 3 AND 7),
    is_ordered         boolean NOT NULL DEFAULT false,
    created_at         timestamptz NOT NULL DEFAULT now(),
    expires_at         timestamptz NOT NULL,
    CHECK (cardinality(skus) = cardinality(quantities) AND cardinality(skus) <= 50),
    CHECK (0 < ALL (quantities)),
    -- A course is there as a whole or not at all.
    CHECK (num_nulls(time_zone, sessions, is_final, keep_dry_hours, wash_interval_days, rest_days) IN (0, 6))
) WITH (fillfactor = 70);
CREATE INDEX cart_expiry ON cart (expires_at);
