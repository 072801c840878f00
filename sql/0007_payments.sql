-- Money: tries to pay through a provider, the ledger of what came in and what went back, and the documents of it.

-- Each try to pay through a provider. What the provider says of it only ever moves it up this list, in whatever order
-- it is heard: starting, open, processing, expired, failed, succeeded.
CREATE TABLE payment_attempt (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id   bigint NOT NULL REFERENCES orders,
    ordinal    int NOT NULL CHECK (ordinal BETWEEN 1 AND 50),
    provider   text NOT NULL CHECK (provider IN ('stripe')),
    status     text NOT NULL DEFAULT 'starting' CHECK (status IN
                   ('starting', 'open', 'processing', 'expired', 'failed', 'succeeded')),
    amount     bigint NOT NULL CHECK (amount > 0),
    currency   text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    -- The provider's names for it, and where the customer pays.
    session_id  text CHECK (char_length(session_id) BETWEEN 1 AND 255),
    payment_id  text CHECK (char_length(payment_id) BETWEEN 1 AND 255),
    action_url  text CHECK (char_length(action_url) BETWEEN 1 AND 4000),
    -- Where the customer goes on to once they are back; null for the order's page.
    return_address text CHECK (return_address ~ '^https?://' AND char_length(return_address) <= 2000),
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > started_at),
    -- When the provider is to be asked about it again.
    look_at    timestamptz NOT NULL,
    UNIQUE (order_id, ordinal),
    UNIQUE (provider, session_id),
    UNIQUE (provider, payment_id),
    CONSTRAINT payment_attempt_has_its_names CHECK (CASE
        WHEN status = 'succeeded' THEN session_id IS NOT NULL AND payment_id IS NOT NULL
        WHEN status IN ('open', 'processing') THEN session_id IS NOT NULL
        ELSE true END)
);
-- A customer is never asked for the same money in two places.
CREATE UNIQUE INDEX payment_attempt_one_live ON payment_attempt (order_id)
    WHERE status IN ('starting', 'open', 'processing');
CREATE INDEX payment_attempt_due ON payment_attempt (look_at) WHERE status IN ('starting', 'open', 'processing');

CREATE FUNCTION check_attempt_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    steps text[] := '{starting,open,processing,expired,failed,succeeded}';
BEGIN
    IF array_position(steps, NEW.status) < array_position(steps, OLD.status) OR NEW.order_id <> OLD.order_id
        OR NEW.amount <> OLD.amount OR NEW.currency <> OLD.currency OR NEW.session_id IS DISTINCT FROM coalesce(OLD.session_id, NEW.session_id)
        OR NEW.payment_id IS DISTINCT FROM coalesce(OLD.payment_id, NEW.payment_id)
    THEN
        RAISE EXCEPTION 'payment attempt % does not go back from % to %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'payment_attempt_only_rises';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER payment_attempt_only_rises BEFORE UPDATE ON payment_attempt
    FOR EACH ROW EXECUTE FUNCTION check_attempt_step();
CREATE TRIGGER payment_attempt_is_kept BEFORE DELETE ON payment_attempt FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE payment (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id   bigint NOT NULL REFERENCES orders,
    kind       text NOT NULL CHECK (kind IN ('receipt', 'refund')),
    amount     bigint NOT NULL CHECK (amount >= 0),
    -- The bank's word for it, or why the money went back.
    reference  text CHECK (char_length(reference) BETWEEN 1 AND 200),
    reference_salt bytea CHECK (octet_length(reference_salt) = 16),
    reference_hash bytea CHECK (octet_length(reference_hash) = 32),
    at         timestamptz NOT NULL,
    actor      text NOT NULL CHECK (char_length(actor) BETWEEN 1 AND 80),
    -- The entry of the order's log that tells of it.
    sequence   int NOT NULL,
    -- The attempt that a receipt came by; null for one that staff recorded.
    attempt_id bigint UNIQUE REFERENCES payment_attempt CHECK (kind = 'receipt' OR attempt_id IS NULL),
    -- The adjustment that a refund gives back.
    adjustment smallint CONSTRAINT payment_refund_has_its_cause CHECK ((kind = 'refund') = (adjustment IS NOT NULL)),
    UNIQUE (order_id, adjustment),
    FOREIGN KEY (order_id, adjustment) REFERENCES order_adjustment (order_id, ordinal),
    erased_at  timestamptz CONSTRAINT payment_erased_has_no_reference CHECK (erased_at IS NULL OR reference IS NULL),
    UNIQUE (order_id, sequence),
    FOREIGN KEY (order_id, sequence) REFERENCES order_event (order_id, sequence),
    CONSTRAINT payment_reference_has_its_hash CHECK (num_nulls(reference, reference_salt) IN (0, 2)
        AND (reference IS NULL OR reference_hash IS NOT NULL))
);
CREATE TRIGGER payment_reference_is_salted BEFORE INSERT ON payment FOR EACH ROW
    WHEN (NEW.reference IS NOT NULL) EXECUTE FUNCTION salt_text('reference');
CREATE UNIQUE INDEX payment_one_receipt ON payment (order_id) WHERE kind = 'receipt';
-- What came and went on a day.
CREATE INDEX payment_at ON payment (at);
CREATE TRIGGER payment_is_kept BEFORE UPDATE OR DELETE ON payment FOR EACH ROW
    EXECUTE FUNCTION refuse_change_but_erasure('reference', 'reference_salt');
CREATE TRIGGER payment_is_not_emptied BEFORE TRUNCATE ON payment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What a provider has to give back: a refund of the ledger, or money that came for an order that could not take it.
-- Written with the decision, sent afterwards, again and again until the provider has taken it.
CREATE TABLE provider_refund (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    attempt_id  bigint NOT NULL REFERENCES payment_attempt,
    -- The ledger's refund; null for money that never was the order's.
    payment_id  bigint UNIQUE REFERENCES payment,
    amount      bigint NOT NULL CHECK (amount > 0),
    status      text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'taken', 'failed')),
    -- The provider's name for it.
    provider_id text UNIQUE CHECK (char_length(provider_id) BETWEEN 1 AND 255),
    tries       int NOT NULL DEFAULT 0 CHECK (tries >= 0),
    send_at     timestamptz NOT NULL,
    CONSTRAINT provider_refund_taken_has_its_name CHECK (status <> 'taken' OR provider_id IS NOT NULL)
);
CREATE INDEX provider_refund_attempt ON provider_refund (attempt_id);
CREATE INDEX provider_refund_waiting ON provider_refund (send_at) WHERE status = 'waiting';
CREATE TRIGGER provider_refund_is_kept BEFORE DELETE ON provider_refund FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Money that came in is an order's receipt, or all of it goes back; and never more goes back than came in.
CREATE FUNCTION check_attempt_money() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    attempt bigint := coalesce((to_jsonb(NEW) ->> 'attempt_id')::bigint, (to_jsonb(NEW) ->> 'id')::bigint);
BEGIN
    IF EXISTS (
        SELECT 1 FROM payment_attempt AS a,
            LATERAL (SELECT coalesce(sum(amount), 0) AS back FROM provider_refund WHERE attempt_id = a.id) AS sums
        WHERE a.id = attempt AND (sums.back > CASE WHEN a.status = 'succeeded' THEN a.amount ELSE 0 END
            OR a.status = 'succeeded' AND sums.back < a.amount
               AND NOT EXISTS (SELECT 1 FROM payment WHERE attempt_id = a.id)))
    THEN
        RAISE EXCEPTION 'the money of payment attempt % is not accounted for', attempt
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'payment_attempt_money_is_accounted_for';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER payment_attempt_is_accounted_for AFTER INSERT OR UPDATE OF status ON payment_attempt
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_attempt_money();
CREATE CONSTRAINT TRIGGER provider_refund_is_accounted_for AFTER INSERT OR UPDATE OF amount ON provider_refund
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_attempt_money();

-- What a provider told us, once each, by its own name for it. The telling itself is not kept: it holds personal data.
CREATE TABLE provider_event (
    provider    text NOT NULL CHECK (provider IN ('stripe')),
    id          text NOT NULL CHECK (char_length(id) BETWEEN 1 AND 255),
    kind        text NOT NULL CHECK (char_length(kind) BETWEEN 1 AND 100),
    received_at timestamptz NOT NULL,
    PRIMARY KEY (provider, id)
);

-- What comparisons of ledger and provider could not settle by themselves, each thing once. It stays until somebody has
-- settled it and said how: a comparison of a shorter time knows nothing of it.
CREATE TABLE finding (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('moneyWithoutOrder', 'orderWithoutMoney', 'amountDiffers', 'refundUnknown',
                   'refundFailed', 'refundMissing')),
    -- The provider's name for what was found.
    reference  text NOT NULL CHECK (char_length(reference) BETWEEN 1 AND 255),
    number     text,
    amount     bigint NOT NULL,
    currency   text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    found_at   timestamptz NOT NULL,
    settled_at     timestamptz,
    settled_by     text CHECK (char_length(settled_by) BETWEEN 1 AND 80),
    settled_reason text CHECK (char_length(settled_reason) BETWEEN 1 AND 200),
    UNIQUE (kind, reference),
    CONSTRAINT finding_settled_says_by_whom_and_why CHECK (num_nulls(settled_at, settled_by, settled_reason) IN (0, 3))
);
CREATE INDEX finding_number ON finding (number) WHERE number IS NOT NULL;
CREATE INDEX finding_open ON finding (id) WHERE settled_at IS NULL;
CREATE TRIGGER finding_is_kept BEFORE DELETE ON finding FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER finding_is_not_emptied BEFORE TRUNCATE ON finding FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- An order's sums are those of its payments, whoever writes them.
CREATE FUNCTION check_payment_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint := coalesce((to_jsonb(NEW) ->> 'order_id')::bigint, (to_jsonb(NEW) ->> 'id')::bigint);
BEGIN
    IF EXISTS (
        SELECT 1 FROM orders,
            LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE kind = 'receipt'), 0) AS paid,
                            coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS refunded
                     FROM payment WHERE order_id = orders.id) AS sums
        WHERE id = owner AND (paid_amount <> sums.paid OR refunded_amount <> sums.refunded
            -- Each refund is its adjustment.
            OR EXISTS (SELECT 1 FROM payment AS back JOIN order_adjustment AS cause
                    ON (cause.order_id, cause.ordinal) = (back.order_id, back.adjustment)
                WHERE back.order_id = orders.id AND back.amount <> -cause.amount)
            -- What came through a provider goes back through it.
            OR EXISTS (SELECT 1 FROM payment AS receipt JOIN payment AS back USING (order_id)
                WHERE order_id = orders.id AND receipt.attempt_id IS NOT NULL AND back.kind = 'refund'
                    AND NOT EXISTS (SELECT 1 FROM provider_refund WHERE payment_id = back.id AND amount = back.amount))))
    THEN
        RAISE EXCEPTION 'the sums of order % are not those of its payments', owner
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'orders_sums_are_its_payments';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER payment_is_counted AFTER INSERT ON payment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_payment_sums();
CREATE CONSTRAINT TRIGGER orders_sums_are_counted AFTER UPDATE OF paid_amount, refunded_amount ON orders
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_payment_sums();

-- Invoices and credit notes as they were issued: never changed, never removed, and numbered without a gap, since no
-- number is there without the one before it. Once the years are over that the law wants them kept, what they say goes, for
-- it says who bought; number, day and total stay.
CREATE TABLE document (
    kind       text NOT NULL CHECK (kind IN ('invoice', 'creditNote')),
    number     bigint NOT NULL CHECK (number > 0),
    previous   bigint GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
    order_id   bigint NOT NULL REFERENCES orders,
    -- The adjustment that it is for; null for the invoice of the order as it was sold.
    adjustment smallint CONSTRAINT document_credits_an_adjustment CHECK (kind = 'invoice' OR adjustment IS NOT NULL),
    issued_at  timestamptz NOT NULL,
    total      bigint NOT NULL CHECK (total >= 0),
    -- Everything that it says: seller, buyer, lines, taxes.
    content    jsonb CHECK (jsonb_typeof(content) = 'object'),
    -- The last day on which it is kept: see `RetentionYears`.
    kept_until date NOT NULL,
    erased_at  timestamptz,
    PRIMARY KEY (kind, number),
    CONSTRAINT document_one_of_an_adjustment UNIQUE (order_id, adjustment),
    FOREIGN KEY (order_id, adjustment) REFERENCES order_adjustment (order_id, ordinal),
    CONSTRAINT document_follows_the_one_before FOREIGN KEY (kind, previous) REFERENCES document (kind, number),
    CONSTRAINT document_says_what_it_said_or_was_erased CHECK ((content IS NULL) = (erased_at IS NOT NULL)),
    CONSTRAINT document_is_kept_for_its_years CHECK ((erased_at AT TIME ZONE 'UTC')::date > kept_until)
);
CREATE UNIQUE INDEX document_one_invoice ON document (order_id) WHERE adjustment IS NULL;
CREATE INDEX document_kept ON document (kept_until) WHERE erased_at IS NULL;
CREATE TRIGGER document_is_kept BEFORE UPDATE OR DELETE ON document FOR EACH ROW
    EXECUTE FUNCTION refuse_change_but_erasure('content');
CREATE TRIGGER document_is_not_emptied BEFORE TRUNCATE ON document FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
