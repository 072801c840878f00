-- What customers who asked for it are reminded of: by its kind and the day, the hour and the zone of their own clocks. A
-- moment follows from those when it is needed, for a zone's rules may change.

-- A day on which an order's customer is reminded, with the entry of the log that tells so: once a day, and each entry once.
CREATE TABLE reminder_day (
    order_id   bigint NOT NULL REFERENCES orders,
    local_date date NOT NULL,
    sequence   int NOT NULL,
    PRIMARY KEY (order_id, local_date),
    CONSTRAINT reminder_day_has_its_own_entry UNIQUE (order_id, sequence),
    FOREIGN KEY (order_id, sequence) REFERENCES order_event (order_id, sequence)
);
CREATE TRIGGER reminder_day_is_kept BEFORE UPDATE OR DELETE ON reminder_day
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reminder_day_is_not_emptied BEFORE TRUNCATE ON reminder_day
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE reminder (
    order_id   bigint NOT NULL REFERENCES orders,
    -- Of the day before a session, of its first wash, of the first lotion, of the last day of the plan.
    kind       text NOT NULL CHECK (kind IN ('session', 'wash', 'lotion', 'end')),
    local_date date NOT NULL,
    hour       smallint NOT NULL CHECK (hour BETWEEN 8 AND 20),
    time_zone  text NOT NULL CHECK (char_length(time_zone) BETWEEN 1 AND 64),
    -- The revision of the guide by which it was planned last.
    revision   int NOT NULL,
    due_at     timestamptz NOT NULL,
    -- When it is looked at next: some hours before it is due, then when it is.
    look_at    timestamptz NOT NULL,
    -- Beside what is to come and what was told: what the plan or the customer wants no more, what nobody told in time, and
    -- what fell on a day that had its reminder.
    state      text NOT NULL DEFAULT 'pending'
                   CHECK (state IN ('pending', 'told', 'superseded', 'late', 'secondOfDay')),
    -- None is told without the entry of its day.
    told_on    date GENERATED ALWAYS AS (CASE WHEN state = 'told' THEN local_date END) STORED,
    PRIMARY KEY (order_id, kind, local_date),
    FOREIGN KEY (order_id, revision) REFERENCES guide (order_id, revision),
    FOREIGN KEY (order_id, told_on) REFERENCES reminder_day (order_id, local_date)
);
CREATE INDEX reminder_pending ON reminder (look_at) WHERE state = 'pending';
CREATE INDEX reminder_late ON reminder (local_date) WHERE state = 'late';
-- What was told is told, whatever the plan becomes.
CREATE TRIGGER reminder_is_kept BEFORE UPDATE OR DELETE ON reminder
    FOR EACH ROW WHEN (OLD.state = 'told') EXECUTE FUNCTION refuse_change();
