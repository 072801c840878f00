-- Invoices and credit notes as they were issued: never changed, never removed, and numbered without a gap, since no
-- number is there without the one before it.
CREATE TABLE document (
    kind       text NOT NULL CHECK (kind IN ('invoice', 'creditNote')),
    number     bigint NOT NULL CHECK (number > 0),
    previous   bigint GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
    order_id   bigint NOT NULL REFERENCES orders,
    -- The refund that a credit note is for; null for an invoice, and for the credit note of an order that was cancelled
    -- before it was paid.
    payment_id bigint UNIQUE REFERENCES payment CHECK (kind = 'creditNote' OR payment_id IS NULL),
    issued_at  timestamptz NOT NULL,
    total      bigint NOT NULL CHECK (total >= 0),
    -- Everything that it says: seller, buyer, lines, taxes.
    content    jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
    PRIMARY KEY (kind, number),
    CONSTRAINT document_follows_the_one_before FOREIGN KEY (kind, previous) REFERENCES document (kind, number)
);
CREATE UNIQUE INDEX document_one_invoice ON document (order_id) WHERE kind = 'invoice';
CREATE UNIQUE INDEX document_one_cancellation ON document (order_id) WHERE kind = 'creditNote' AND payment_id IS NULL;
CREATE INDEX document_order ON document (order_id);
CREATE TRIGGER document_is_kept BEFORE UPDATE OR DELETE ON document FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER document_is_not_emptied BEFORE TRUNCATE ON document FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
