-- What customers were written. One mail of each event goes to an address, once; to a corrected address it may go again.
CREATE TABLE mail (
    order_id  bigint NOT NULL,
    sequence  int NOT NULL,
    -- A keyed hash of the address: it says whether two are the same, and nobody can say which.
    recipient bytea NOT NULL CHECK (octet_length(recipient) = 16),
    at        timestamptz NOT NULL,
    -- Whether it was handed on; one that was not never can be.
    is_sent   boolean NOT NULL,
    PRIMARY KEY (order_id, sequence, recipient),
    FOREIGN KEY (order_id, sequence) REFERENCES order_event (order_id, sequence)
);

-- What the relay still takes: a row once there is a limit, shared by all servers.
CREATE TABLE mail_allowance (
    single  boolean PRIMARY KEY DEFAULT true CHECK (single),
    -- When all that it takes at once is there again. Each message moves it on.
    full_at timestamptz NOT NULL
);
