-- Where other systems are told what happens. Each endpoint is a channel of the deliveries, `webhook` and its id.

CREATE SEQUENCE webhook_endpoint_id;

CREATE TABLE webhook_endpoint (
    id           bigint PRIMARY KEY CHECK (id BETWEEN 1 AND 999999999999),
    url          text NOT NULL CHECK (url ~ '^https?://[a-z0-9._:\[\]-]+/[!-~]*$' AND char_length(url) <= 1000),
    description  text CHECK (char_length(description) BETWEEN 1 AND 200),
    -- The events that it is told; null for all.
    types        text[] CHECK (cardinality(types) BETWEEN 1 AND 100),
    -- What its messages are signed with, sealed under a link key. While one takes over from another, both sign.
    secret       bytea NOT NULL CHECK (octet_length(secret) BETWEEN 52 AND 92),
    secret_key   smallint NOT NULL REFERENCES link_key,
    former_secret       bytea CHECK (octet_length(former_secret) BETWEEN 52 AND 92),
    former_secret_key   smallint REFERENCES link_key,
    former_secret_until timestamptz,
    -- `paused` by failures alone, `disabled` by its own word; neither is told anything until somebody resumes it.
    state        text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'disabled')),
    state_reason text CHECK (char_length(state_reason) BETWEEN 1 AND 200),
    state_since  timestamptz NOT NULL,
    -- Since when nothing reached it, and the first event in the feed that did not.
    failing_since  timestamptz,
    failed_number  bigint CHECK (failed_number > 0),
    created_at     timestamptz NOT NULL,
    -- What is removed is told nothing any more, and goes once every server has heard of it.
    removed_at     timestamptz,
    CONSTRAINT webhook_former_secret_is_whole
        CHECK (num_nulls(former_secret, former_secret_key, former_secret_until) IN (0, 3)),
    CONSTRAINT webhook_state_has_its_reason CHECK ((state = 'active') = (state_reason IS NULL)),
    CONSTRAINT webhook_failure_has_its_event CHECK ((failing_since IS NULL) = (failed_number IS NULL)),
    CONSTRAINT webhook_fails_before_it_stops CHECK (state = 'active' OR failing_since IS NOT NULL)
);
