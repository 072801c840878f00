-- What others are told of the feed. A channel tells somebody of each order by itself, one event after the other: the
-- cursor is what is claimed, so the second is never told before the first.

-- How far each channel has read the feed.
CREATE TABLE delivery_position (
    channel text PRIMARY KEY CHECK (channel ~ '^[a-z]{1,20}$'),
    number  bigint NOT NULL CHECK (number >= 0)
);

-- Where a channel is with an order that it has something to tell of. No checkout writes here.
CREATE TABLE delivery_cursor (
    channel       text NOT NULL REFERENCES delivery_position,
    order_id      bigint NOT NULL REFERENCES orders,
    -- The event that is told next, and the last one that is known.
    next_sequence int NOT NULL CHECK (next_sequence > 0),
    last_sequence int NOT NULL,
    -- How often the next one was tried.
    attempts      int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- When it is tried; for one that is being tried, when it is taken for abandoned. Null where nothing is to be told.
    due_at        timestamptz,
    -- Whoever tries it: nobody else completes it.
    lease_token   bigint,
    changed_at    timestamptz NOT NULL,
    PRIMARY KEY (channel, order_id),
    CONSTRAINT delivery_cursor_is_due_while_there_is_more CHECK ((due_at IS NULL) = (next_sequence > last_sequence)),
    CONSTRAINT delivery_cursor_is_leased_while_due CHECK (lease_token IS NULL OR due_at IS NOT NULL)
);
CREATE INDEX delivery_cursor_due ON delivery_cursor (channel, (attempts = 0), due_at) WHERE due_at IS NOT NULL;
CREATE INDEX delivery_cursor_idle ON delivery_cursor (changed_at) WHERE due_at IS NULL;

-- Events that were given up: the channel went on without them.
CREATE TABLE delivery_failure (
    channel  text NOT NULL REFERENCES delivery_position,
    order_id bigint NOT NULL,
    sequence int NOT NULL,
    at       timestamptz NOT NULL,
    attempts int NOT NULL CHECK (attempts > 0),
    reason   text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 200),
    PRIMARY KEY (channel, order_id, sequence),
    FOREIGN KEY (order_id, sequence) REFERENCES order_event (order_id, sequence)
);
