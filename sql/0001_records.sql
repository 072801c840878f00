-- What every room's tables share.

-- What a client was told, and what happened, stays as it was written.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END
$$;

-- A request under its Idempotency-Key: the same one again does nothing more. Who asked what (as a hash of method, path,
-- caller and key), for what, and what came of it where that can't be found otherwise. (The key that placed an order
-- lasts as long as the order, and is the order's own.)
CREATE TABLE idempotency_key (
    scope_hash  bytea PRIMARY KEY CHECK (octet_length(scope_hash) = 16),
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 16),
    outcome     bigint,
    used_at     timestamptz NOT NULL
);
CREATE INDEX idempotency_key_age ON idempotency_key (used_at);
