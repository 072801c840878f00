-- The keys that links are made with. Only a fingerprint and a check value rest here; the keys are settings.
CREATE TABLE link_key (
    id          smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fingerprint bytea NOT NULL UNIQUE CHECK (octet_length(fingerprint) = 8),
    check_value bytea NOT NULL CHECK (octet_length(check_value) = 32),
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- What a shopper has chosen. The capability that opens a cart is not here: it is made again from the seed and the link
-- key, and found by its hash. (No foreign key to link_key: every new cart would lock that one row.)
CREATE TABLE cart (
    token_hash         bytea PRIMARY KEY CHECK (octet_length(token_hash) = 16),
    seed               uuid NOT NULL,
    link_key           smallint NOT NULL,
    -- Counts the changes of the choice: the ETag.
    version            int NOT NULL DEFAULT 1 CHECK (version > 0),
    currency           text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    country            text CHECK (country ~ '^[A-Z]{2}$'),
    region             text CHECK (char_length(region) BETWEEN 1 AND 100),
    shipping_method    text CHECK (char_length(shipping_method) <= 40),
    discount_codes     text[] NOT NULL DEFAULT '{}' CHECK (cardinality(discount_codes) <= 5),
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

-- A cart made under an Idempotency-Key: who asked (as a hash of method, path, caller and key), for what, and what came
-- of it.
CREATE TABLE cart_creation_key (
    scope_hash      bytea PRIMARY KEY CHECK (octet_length(scope_hash) = 32),
    fingerprint     bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    cart_token_hash bytea NOT NULL CHECK (octet_length(cart_token_hash) = 16),
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX cart_creation_key_age ON cart_creation_key (created_at);
