-- What every room's tables share.

-- What a client was told, and what happened, stays as it was written.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END
$$;

-- What free text comes to that may have to go one day: its hash stays, with a salt that goes with it, so that a log whose
-- entries are chained by hash keeps its chain.
CREATE FUNCTION salted_hash(salt bytea, words text) RETURNS bytea LANGUAGE sql STABLE STRICT
    RETURN sha256(salt || convert_to(words, 'UTF8'));

-- Writes salt and hash of the column that the trigger names into those beside it.
CREATE FUNCTION salt_text() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    salt bytea := uuid_send(gen_random_uuid());
BEGIN
    RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0] || '_salt', salt,
        TG_ARGV[0] || '_hash', salted_hash(salt, to_jsonb(NEW) ->> TG_ARGV[0])));
END
$$;

-- What is kept as it was written loses what is personal in it, once and for good: the columns that the trigger names, all of
-- them with the step that sets `erased_at`, and nothing else. Before a write, `previous` is not reckoned yet.
CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND to_jsonb(NEW) - 'previous'
        = (to_jsonb(OLD) || (SELECT jsonb_object_agg(personal, NULL::jsonb) FROM unnest(TG_ARGV) AS personal)
            || jsonb_build_object('erased_at', NEW.erased_at)) - 'previous'
    THEN
        RETURN NEW;
    END IF;
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

-- The name of this installation: it tells what is ours at a payment provider whose account others use too, other shops or
-- this one before its database was made anew.
CREATE TABLE installation (
    id      uuid NOT NULL DEFAULT gen_random_uuid(),
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only)
);
INSERT INTO installation DEFAULT VALUES;
CREATE TRIGGER installation_is_kept BEFORE UPDATE OR DELETE ON installation
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER installation_is_not_emptied BEFORE TRUNCATE ON installation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whether the shop is real: what the first server said, for good. A store for trying things out has a database of its own.
CREATE TABLE installation_mode (
    mode    text NOT NULL CHECK (mode IN ('live', 'test')),
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only)
);
CREATE TRIGGER installation_mode_is_kept BEFORE UPDATE OR DELETE ON installation_mode
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER installation_mode_is_not_emptied BEFORE TRUNCATE ON installation_mode
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
