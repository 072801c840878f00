-- Who may ask, and how fast.

-- A storefront's key. It is published with every page of the storefront, so it is no secret and rests here as it is. A key
-- is never removed: a shop that has ever made one stays closed to whoever has none, also when the last was revoked.
CREATE TABLE storefront_key (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name                text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 60),
    key                 text NOT NULL UNIQUE CHECK (key ~ '^aftercare_key_[0-9a-z]{26}$'),
    -- Whose pages may send it; `*` stands for all, and none for apps and servers alone.
    origins             text[] NOT NULL CHECK (cardinality(origins) <= 20 AND array_position(origins, NULL) IS NULL),
    -- What a request gets that names none; null for the shop's own.
    currency            text CHECK (currency ~ '^[A-Z]{3}$'),
    country             text CHECK (country ~ '^[A-Z]{2}$'),
    requests_per_minute int NOT NULL CHECK (requests_per_minute BETWEEN 1 AND 1000000),
    created_at          timestamptz NOT NULL,
    revoked_at          timestamptz CHECK (revoked_at >= created_at)
);
-- One live key of a name.
CREATE UNIQUE INDEX storefront_key_name ON storefront_key (name) WHERE revoked_at IS NULL;
CREATE TRIGGER storefront_key_is_kept BEFORE DELETE ON storefront_key
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER storefront_key_is_not_emptied BEFORE TRUNCATE ON storefront_key
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER storefront_key_stays_revoked BEFORE UPDATE ON storefront_key
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION refuse_change();

-- How much of a rate somebody has taken in a window, as far as the servers have said: each takes a block at a time.
-- Whoever stays within one block is not here. Unlogged: after a crash everybody begins anew, and no write waits for a disk.
CREATE UNLOGGED TABLE rate_taken (
    -- A keyed hash of the rate and of who asks: it says whether two are the same, and nobody can say who.
    subject bytea NOT NULL CHECK (octet_length(subject) = 16),
    ends_at timestamptz NOT NULL,
    taken   int NOT NULL CHECK (taken > 0),
    PRIMARY KEY (subject, ends_at)
);
CREATE INDEX rate_taken_end ON rate_taken (ends_at);
