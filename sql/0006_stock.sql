-- Stock as a ledger: every unit that came or went is a movement, and the counters are what the movements come to. A
-- movement names its order, so this comes after the orders.

-- Stock is held per component, never per kit. These few rows are written by every order, so each page keeps room for
-- the new versions of its own rows.
CREATE TABLE stock (
    sku      text PRIMARY KEY,
    kind     text NOT NULL CHECK (kind IN ('product', 'sample')),
    on_hand  bigint NOT NULL CONSTRAINT stock_on_hand_not_negative CHECK (on_hand >= 0),
    reserved bigint NOT NULL DEFAULT 0 CONSTRAINT stock_reserved_not_negative CHECK (reserved >= 0),
    CONSTRAINT stock_reserved_within_on_hand CHECK (reserved <= on_hand),
    FOREIGN KEY (sku, kind) REFERENCES product (sku, kind)
) WITH (fillfactor = 10);

-- Units by lot; the empty lot holds those without one.
CREATE TABLE stock_lot (
    sku        text NOT NULL REFERENCES stock,
    lot        text NOT NULL CHECK (char_length(lot) <= 40),
    expires_on date,
    on_hand    bigint NOT NULL CONSTRAINT stock_lot_on_hand_not_negative CHECK (on_hand >= 0),
    PRIMARY KEY (sku, lot)
);

CREATE TABLE stock_movement (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku        text NOT NULL REFERENCES stock,
    lot        text NOT NULL DEFAULT '' CHECK (char_length(lot) <= 40),
    expires_on date,
    change     bigint NOT NULL CHECK (change <> 0),
    kind       text NOT NULL CHECK (kind IN ('opening', 'receipt', 'shipment', 'return', 'adjustment', 'count')),
    reason     text CHECK (char_length(reason) BETWEEN 1 AND 200),
    order_id   bigint REFERENCES orders,
    at         timestamptz NOT NULL DEFAULT now(),
    actor      text NOT NULL CHECK (char_length(actor) BETWEEN 1 AND 80),
    request_id text NOT NULL CHECK (char_length(request_id) <= 64),
    CONSTRAINT stock_movement_of_an_order CHECK ((kind IN ('shipment', 'return')) = (order_id IS NOT NULL))
);
CREATE INDEX stock_movement_sku ON stock_movement (sku, lot);
CREATE TRIGGER stock_movement_is_kept BEFORE UPDATE OR DELETE ON stock_movement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_movement_is_not_emptied BEFORE TRUNCATE ON stock_movement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION apply_stock_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE stock SET on_hand = on_hand + NEW.change WHERE sku = NEW.sku;
    UPDATE stock_lot SET on_hand = on_hand + NEW.change, expires_on = coalesce(NEW.expires_on, expires_on)
        WHERE sku = NEW.sku AND lot = NEW.lot;
    IF NOT FOUND THEN
        INSERT INTO stock_lot (sku, lot, expires_on, on_hand) VALUES (NEW.sku, NEW.lot, NEW.expires_on, NEW.change);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER stock_movement_is_applied AFTER INSERT ON stock_movement
    FOR EACH ROW EXECUTE FUNCTION apply_stock_movement();
