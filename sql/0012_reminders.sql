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
    FOR EACH ROW EXECUTE FUNCTION refuse_change_before_erasure();
CREATE TRIGGER reminder_day_is_not_emptied BEFORE TRUNCATE ON reminder_day
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE reminder (
    order_id   bigint NOT NULL REFERENCES orders,
    -- Of the day before a session, of its first wash, of the first lotion, of the last day of the plan; or the offer of a
    -- bottle after the one that is used up.
    kind       text NOT NULL CHECK (kind IN ('session', 'wash', 'lotion', 'end', 'ointmentRefill', 'shampooRefill',
                   'lotionRefill')),
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
    FOR EACH ROW WHEN (OLD.state = 'told') EXECUTE FUNCTION refuse_change_before_erasure();

-- Whether an order's customer takes offers by mail, which are advertising: each time that they said so, to which words, where,
-- and by which entry of the log. The last one holds; who never said anything takes none.
CREATE TABLE marketing_consent (
    order_id bigint NOT NULL,
    sequence int NOT NULL,
    at       timestamptz NOT NULL,
    is_given boolean NOT NULL,
    -- The version of the words that were agreed to.
    wording  text CHECK (char_length(wording) BETWEEN 1 AND 20),
    source   text NOT NULL CHECK (source IN ('checkout', 'staff', 'api', 'orderPage', 'unsubscribe')),
    PRIMARY KEY (order_id, sequence),
    FOREIGN KEY (order_id, sequence) REFERENCES order_event (order_id, sequence),
    CONSTRAINT marketing_consent_is_to_words CHECK (is_given = (wording IS NOT NULL)),
    -- A checkout is no place to withdraw what was never given, and the way out of a mail none to give it.
    CONSTRAINT marketing_consent_fits_its_source CHECK (CASE source WHEN 'checkout' THEN is_given
        WHEN 'unsubscribe' THEN NOT is_given ELSE true END)
);
CREATE TRIGGER marketing_consent_is_kept BEFORE UPDATE OR DELETE ON marketing_consent
    FOR EACH ROW EXECUTE FUNCTION refuse_change_before_erasure();
CREATE TRIGGER marketing_consent_is_not_emptied BEFORE TRUNCATE ON marketing_consent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- It is said by an entry of its own, after all that was said before.
CREATE FUNCTION check_marketing_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM order_event WHERE order_id = NEW.order_id AND sequence = NEW.sequence
                       AND kind = 'offersChanged')
        OR EXISTS (SELECT 1 FROM marketing_consent WHERE order_id = NEW.order_id AND sequence > NEW.sequence)
    THEN
        RAISE EXCEPTION 'entry % of order % does not say what its customer takes', NEW.sequence, NEW.order_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'marketing_consent_has_its_entry';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER marketing_consent_has_its_entry BEFORE INSERT ON marketing_consent
    FOR EACH ROW EXECUTE FUNCTION check_marketing_consent();

-- Nobody is told an offer who takes none, nor of one bottle twice.
CREATE FUNCTION check_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT coalesce((SELECT is_given FROM marketing_consent WHERE order_id = NEW.order_id
                     ORDER BY sequence DESC LIMIT 1), false)
    THEN
        RAISE EXCEPTION 'the customer of order % takes no offers', NEW.order_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reminder_offer_is_wanted';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER reminder_offer_is_wanted BEFORE INSERT OR UPDATE ON reminder
    FOR EACH ROW WHEN (NEW.state = 'told' AND NEW.kind LIKE '%Refill') EXECUTE FUNCTION check_offer();
CREATE UNIQUE INDEX reminder_offer_is_told_once ON reminder (order_id, kind) WHERE state = 'told' AND kind LIKE '%Refill';
