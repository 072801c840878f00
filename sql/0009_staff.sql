-- Who works here: named tokens with a role. A token is shown once; only its hash rests here.
CREATE TABLE staff_token (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 60),
    role         text NOT NULL CHECK (role IN ('packer', 'support', 'manager')),
    token_hash   bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at   timestamptz,
    last_used_at timestamptz
);
-- One live token of a name: an event's actor is one person.
CREATE UNIQUE INDEX staff_token_name ON staff_token (name) WHERE revoked_at IS NULL;
