-- Units that come back: announced by the customer or by staff, received by the shop.

CREATE TABLE order_return (
    order_id     bigint NOT NULL REFERENCES orders,
    ordinal      smallint NOT NULL CHECK (ordinal > 0),
    -- A return is what the shop allows; a withdrawal is the customer's right.
    kind         text NOT NULL CHECK (kind IN ('return', 'withdrawal')),
    announced_at timestamptz NOT NULL,
    -- The entry of the order's log that tells of it, and why.
    sequence     int NOT NULL,
    received_at  timestamptz,
    -- What was taken off the order's price for it.
    adjustment   smallint,
    -- When nobody waited for it any more: it is not coming, or a withdrawal took its place.
    closed_at    timestamptz,
    previous     smallint GENERATED ALWAYS AS (NULLIF(ordinal - 1, 0)) STORED,
    PRIMARY KEY (order_id, ordinal),
    UNIQUE (order_id, adjustment),
    FOREIGN KEY (order_id, sequence) REFERENCES order_event (order_id, sequence),
    FOREIGN KEY (order_id, adjustment) REFERENCES order_adjustment (order_id, ordinal),
    CONSTRAINT order_return_follows_the_one_before FOREIGN KEY (order_id, previous)
        REFERENCES order_return (order_id, ordinal),
    CONSTRAINT order_return_is_received_before_it_is_credited CHECK (adjustment IS NULL OR received_at IS NOT NULL),
    CONSTRAINT order_return_is_received_or_closed CHECK (num_nonnulls(received_at, closed_at) < 2)
);
-- What is awaited, the first first; and what has come and is to be given back.
CREATE INDEX order_return_open ON order_return (announced_at) WHERE adjustment IS NULL AND closed_at IS NULL;
CREATE TRIGGER order_return_is_kept BEFORE DELETE ON order_return FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_return_is_not_emptied BEFORE TRUNCATE ON order_return FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_change();

-- How many units of a line are announced, and how many of them the shop took back.
CREATE TABLE order_return_line (
    order_id bigint NOT NULL,
    ordinal  smallint NOT NULL,
    line     smallint NOT NULL,
    quantity int NOT NULL CHECK (quantity > 0),
    received int NOT NULL DEFAULT 0,
    PRIMARY KEY (order_id, ordinal, line),
    FOREIGN KEY (order_id, ordinal) REFERENCES order_return (order_id, ordinal),
    FOREIGN KEY (order_id, line) REFERENCES order_line (order_id, position),
    CONSTRAINT order_return_line_receives_what_was_announced CHECK (received BETWEEN 0 AND quantity)
);
CREATE TRIGGER order_return_line_is_kept BEFORE DELETE ON order_return_line FOR EACH ROW
    EXECUTE FUNCTION refuse_change();

-- What was in the box that came back, and what became of it.
CREATE TABLE order_return_unit (
    order_id bigint NOT NULL,
    ordinal  smallint NOT NULL,
    line     smallint NOT NULL,
    position smallint NOT NULL,
    -- Empty for units without a lot.
    lot      text NOT NULL DEFAULT '' CHECK (char_length(lot) <= 40),
    -- How many can be sold again, and how many can't.
    restocked int NOT NULL DEFAULT 0 CHECK (restocked >= 0),
    wasted    int NOT NULL DEFAULT 0 CHECK (wasted >= 0),
    PRIMARY KEY (order_id, ordinal, line, position, lot),
    FOREIGN KEY (order_id, ordinal) REFERENCES order_return (order_id, ordinal),
    FOREIGN KEY (order_id, line, position) REFERENCES order_component,
    CONSTRAINT order_return_unit_is_something CHECK (restocked + wasted > 0)
);
CREATE TRIGGER order_return_unit_is_kept BEFORE UPDATE OR DELETE ON order_return_unit FOR EACH ROW
    EXECUTE FUNCTION refuse_change();

-- What an order's lines and components say has come back is what its returns say was received.
CREATE FUNCTION check_returns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint := NEW.order_id;
BEGIN
    IF EXISTS (SELECT 1 FROM order_line WHERE order_id = owner AND returned_quantity <>
            (SELECT coalesce(sum(received), 0) FROM order_return_line AS back
            WHERE back.order_id = owner AND back.line = order_line.position))
        OR EXISTS (SELECT 1 FROM order_component AS part WHERE order_id = owner AND returned <>
            (SELECT coalesce(sum(restocked + wasted), 0) FROM order_return_unit AS back
            WHERE back.order_id = owner AND (back.line, back.position) = (part.line, part.position)))
    THEN
        RAISE EXCEPTION 'what came back of order % is not what its returns say', owner
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'order_return_is_what_came_back';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER order_return_line_agrees AFTER INSERT OR UPDATE ON order_return_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_returns();
CREATE CONSTRAINT TRIGGER order_return_unit_agrees AFTER INSERT ON order_return_unit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_returns();
CREATE CONSTRAINT TRIGGER order_line_return_agrees AFTER UPDATE OF returned_quantity ON order_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_returns();
CREATE CONSTRAINT TRIGGER order_component_return_agrees AFTER UPDATE OF returned ON order_component
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_returns();
