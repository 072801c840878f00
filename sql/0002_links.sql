-- The keys that links are made with. Only a fingerprint and a check value rest here; the keys are settings. A link has
-- four bits for the number of its key.
CREATE TABLE link_key (
    number      smallint PRIMARY KEY CHECK (number BETWEEN 0 AND 15),
    fingerprint bytea NOT NULL UNIQUE CHECK (octet_length(fingerprint) = 8),
    check_value bytea NOT NULL CHECK (octet_length(check_value) = 32),
    created_at  timestamptz NOT NULL DEFAULT now()
);
