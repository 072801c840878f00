-- The bench: who packs what at this moment, and what became of each day.

-- Whoever packs an order has it for a while; nobody else gets it meanwhile.
CREATE TABLE packing_lease (
    order_id bigint PRIMARY KEY REFERENCES orders,
    holder   text NOT NULL CHECK (char_length(holder) BETWEEN 1 AND 60),
    until    timestamptz NOT NULL
);
-- One order at a time on each bench.
CREATE UNIQUE INDEX packing_lease_holder ON packing_lease (holder);

-- What became of a day, as it was when it was closed.
CREATE TABLE day_close (
    day       date PRIMARY KEY,
    closed_by text NOT NULL CHECK (char_length(closed_by) BETWEEN 1 AND 60),
    closed_at timestamptz NOT NULL,
    parcels   int NOT NULL CHECK (parcels >= 0),
    summary   jsonb NOT NULL CHECK (jsonb_typeof(summary) = 'object')
);
