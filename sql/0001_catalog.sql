-- Products, the kit as a bundle of components, price lists, and stock per component.

CREATE TABLE product (
    sku                   text PRIMARY KEY CHECK (sku ~ '^[A-Z0-9]([A-Z0-9-]{0,38}[A-Z0-9])?$'),
    kind                  text NOT NULL CHECK (kind IN ('kit', 'product', 'sample')),
    name                  text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 120),
    description           text NOT NULL CHECK (char_length(description) <= 2000),
    barcode               text UNIQUE CHECK (barcode ~ '^[0-9]{8,14}$'),
    weight_grams          int CHECK (weight_grams > 0),
    tax_class             text NOT NULL DEFAULT 'standard' CHECK (tax_class ~ '^[a-z][a-z-]{0,39}$'),
    low_stock_mark        int NOT NULL DEFAULT 0 CHECK (low_stock_mark >= 0),
    lots_tracked          boolean NOT NULL DEFAULT false,
    -- How many uses one unit holds; unknown is unknown.
    applications_per_unit int CHECK (applications_per_unit > 0),
    quantity_max          int NOT NULL CHECK (quantity_max BETWEEN 1 AND 1000),
    -- The order in which products are listed.
    position              int NOT NULL,
    UNIQUE (sku, kind)
);

-- A kit holds components and never another kit: the two constant columns make the foreign keys say so.
CREATE TABLE kit_component (
    kit_sku        text NOT NULL,
    kit_kind       text NOT NULL DEFAULT 'kit' CHECK (kit_kind = 'kit'),
    component_sku  text NOT NULL,
    component_kind text NOT NULL CHECK (component_kind IN ('product', 'sample')),
    quantity       int NOT NULL CHECK (quantity BETWEEN 1 AND 100),
    -- A kit sells without its optional components.
    required       boolean NOT NULL,
    position       int NOT NULL,
    PRIMARY KEY (kit_sku, component_sku),
    FOREIGN KEY (kit_sku, kit_kind) REFERENCES product (sku, kind),
    FOREIGN KEY (component_sku, component_kind) REFERENCES product (sku, kind)
);

CREATE TABLE price (
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    sku      text NOT NULL REFERENCES product,
    amount   bigint NOT NULL CHECK (amount BETWEEN 0 AND 1000000000000),
    PRIMARY KEY (currency, sku)
);

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

-- One row whose number grows with every change of what is sold and for how much, whoever makes it. A server keeps the
-- catalog in memory and asks for this number with each request that depends on it.
CREATE TABLE catalog_version (
    single  boolean PRIMARY KEY DEFAULT true CHECK (single),
    version bigint NOT NULL,
    -- True while all that is sold comes from the demo catalog.
    is_demo boolean NOT NULL DEFAULT false
);
INSERT INTO catalog_version (version) VALUES (1);

CREATE FUNCTION raise_catalog_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_version SET version = version + 1;
    RETURN NULL;
END
$$;

CREATE TRIGGER product_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON product
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER kit_component_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON kit_component
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER price_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON price
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
