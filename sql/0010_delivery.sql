-- What others are told of the feed. A channel tells somebody of each order by itself, one event after the other: the
-- cursor is what is claimed, so the second is never told before the first.

-- How far each channel has read the feed.
CREATE TABLE delivery_position (
    channel text PRIMARY KEY CHECK (channel ~ '^[a-z]{1,20}[0-9]{0,12}$'),
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
    -- Whoever decided that it need not be told.
    dropped_by text CHECK (char_length(dropped_by) BETWEEN 1 AND 80),
    PRIMARY KEY (channel, order_id, sequence),
    FOREIGN KEY (order_id, sequence) REFERENCES order_event (order_id, sequence)
);

-- Events that are told by themselves, out of their order's line, because somebody asked for it.
CREATE TABLE delivery_repeat (
    channel     text NOT NULL REFERENCES delivery_position,
    order_id    bigint NOT NULL,
    sequence    int NOT NULL,
    attempts    int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    due_at      timestamptz NOT NULL,
    lease_token bigint,
    PRIMARY KEY (channel, order_id, sequence),
    FOREIGN KEY (order_id, sequence) REFERENCES order_event (order_id, sequence)
);
CREATE INDEX delivery_repeat_due ON delivery_repeat (channel, due_at);

-- Each attempt, and what was answered: a partition a month, so that old ones go at once. What no month's partition takes
-- is kept by the last one.
CREATE TABLE delivery_attempt (
    channel      text NOT NULL,
    order_id     bigint NOT NULL,
    sequence     int NOT NULL,
    attempt      int NOT NULL CHECK (attempt > 0),
    at           timestamptz NOT NULL,
    milliseconds int NOT NULL CHECK (milliseconds >= 0),
    outcome      text NOT NULL CHECK (outcome IN ('delivered', 'failed', 'refused')),
    -- What the other side answered, where it did: a status, and the beginning of its text.
    status       int,
    answer       text CHECK (octet_length(answer) <= 4096),
    reason       text CHECK (char_length(reason) BETWEEN 1 AND 200),
    CONSTRAINT delivery_attempt_says_why_it_failed CHECK ((outcome = 'delivered') = (reason IS NULL))
) PARTITION BY RANGE (at);
CREATE TABLE delivery_attempt_other PARTITION OF delivery_attempt DEFAULT;
CREATE INDEX delivery_attempt_event ON delivery_attempt (order_id, channel, sequence);
CREATE INDEX delivery_attempt_channel ON delivery_attempt (channel, at);
