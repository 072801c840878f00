-- The catalog: products, the kit as a bundle of components, price lists, and how the shop sells.

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
    -- What a label says of a cosmetic; unknown is unknown.
    ingredients           text CHECK (char_length(ingredients) BETWEEN 1 AND 4000),
    warnings              text[] NOT NULL DEFAULT '{}' CHECK (cardinality(warnings) <= 20),
    -- Who answers for it by law: all three, or nobody.
    responsible_name          text CHECK (char_length(responsible_name) BETWEEN 1 AND 120),
    responsible_address_lines text[] CHECK (cardinality(responsible_address_lines) BETWEEN 1 AND 6),
    responsible_contact       text CHECK (char_length(responsible_contact) BETWEEN 3 AND 254),
    -- Whether it is sealed for hygiene: once unsealed, nobody can withdraw from having bought it.
    is_sealed             boolean NOT NULL DEFAULT false,
    -- The order in which products are listed.
    position              int NOT NULL,
    UNIQUE (sku, kind),
    CONSTRAINT product_responsible_is_whole CHECK (
        num_nulls(responsible_name, responsible_address_lines, responsible_contact) IN (0, 3))
);

-- Pictures of products, wherever the shop keeps them.
CREATE TABLE product_media (
    sku              text NOT NULL REFERENCES product,
    position         int NOT NULL CHECK (position BETWEEN 1 AND 20),
    url              text NOT NULL CHECK (url ~ '^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[!#-;=?-~]*$' AND char_length(url) <= 2000),
    alternative_text text NOT NULL CHECK (char_length(alternative_text) BETWEEN 1 AND 250),
    width            int NOT NULL CHECK (width BETWEEN 1 AND 20000),
    height           int NOT NULL CHECK (height BETWEEN 1 AND 20000),
    PRIMARY KEY (sku, position)
);

-- A product's texts in another language than English, each as a whole.
CREATE TABLE product_translation (
    sku               text NOT NULL REFERENCES product,
    language          text NOT NULL CHECK (language ~ '^[a-z]{2,3}(-[A-Z]{2})?$' AND language <> 'en'),
    name              text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 120),
    description       text NOT NULL CHECK (char_length(description) <= 2000),
    warnings          text[] NOT NULL CHECK (cardinality(warnings) <= 20),
    alternative_texts text[] NOT NULL CHECK (cardinality(alternative_texts) <= 20),
    PRIMARY KEY (sku, language)
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

-- How the shop sells: where to, with which tax, carried how, at what discount.
CREATE TABLE market (
    country      text PRIMARY KEY CHECK (country ~ '^[A-Z]{2}$'),
    tax_included boolean NOT NULL
);

-- Who sells: what invoices say of the shop.
CREATE TABLE seller (
    single        boolean PRIMARY KEY DEFAULT true CHECK (single),
    name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 120),
    address_lines text[] NOT NULL CHECK (cardinality(address_lines) BETWEEN 1 AND 6),
    -- Whose law says how long invoices are kept.
    country       text CHECK (country ~ '^[A-Z]{2}$'),
    tax_number    text CHECK (char_length(tax_number) BETWEEN 1 AND 40),
    email         text CHECK (char_length(email) BETWEEN 3 AND 254),
    -- How an invoice is paid, line by line.
    payment_lines text[] NOT NULL DEFAULT '{}' CHECK (cardinality(payment_lines) <= 6)
);

CREATE TABLE tax_rate (
    country      text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    -- Empty for the whole country.
    region       text NOT NULL DEFAULT '' CHECK (char_length(region) <= 100),
    tax_class    text NOT NULL CHECK (tax_class ~ '^[a-z][a-z-]{0,39}$'),
    from_date    date NOT NULL,
    -- Hundredths of a percent.
    basis_points int NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
    PRIMARY KEY (country, region, tax_class, from_date)
);

CREATE TABLE shipping_method (
    code             text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9-]{0,39}$'),
    name             text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
    transit_least    smallint NOT NULL CHECK (transit_least >= 0),
    transit_most     smallint NOT NULL CHECK (transit_most BETWEEN transit_least AND 60),
    -- Minutes after midnight in the shop's time zone.
    cut_off          smallint NOT NULL CHECK (cut_off BETWEEN 0 AND 1440),
    -- 1 Monday to 7 Sunday.
    working_weekdays smallint[] NOT NULL CHECK (working_weekdays <@ '{1,2,3,4,5,6,7}' AND cardinality(working_weekdays) > 0),
    holidays         date[] NOT NULL CHECK (cardinality(holidays) <= 200),
    position         int NOT NULL
);

CREATE TABLE shipping_rate (
    method    text NOT NULL REFERENCES shipping_method ON DELETE CASCADE,
    position  int NOT NULL,
    -- Empty for everywhere.
    countries text[] NOT NULL,
    currency  text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    weight_max_grams int CHECK (weight_max_grams > 0),
    amount    bigint NOT NULL CHECK (amount BETWEEN 0 AND 1000000000000),
    free_from bigint CHECK (free_from >= 0),
    PRIMARY KEY (method, position)
);

CREATE TABLE discount (
    code            text PRIMARY KEY CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{1,39}$'),
    basis_points    int CHECK (basis_points BETWEEN 1 AND 10000),
    amount          bigint CHECK (amount > 0),
    currency        text CHECK (currency ~ '^[A-Z]{3}$'),
    from_date       date,
    until_date      date CHECK (until_date >= from_date),
    minimum         bigint NOT NULL DEFAULT 0 CHECK (minimum >= 0),
    limit_total     int CHECK (limit_total > 0),
    limit_per_email int CHECK (limit_per_email > 0),
    -- A share of the goods, or an amount of one currency.
    CHECK ((basis_points IS NULL) = (amount IS NOT NULL) AND (amount IS NULL) = (currency IS NULL))
);

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
CREATE TRIGGER product_media_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON product_media
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER product_translation_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON product_translation
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER kit_component_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON kit_component
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER price_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON price
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER market_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON market
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER seller_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON seller
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER tax_rate_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON tax_rate
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER shipping_method_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON shipping_method
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER shipping_rate_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON shipping_rate
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();
CREATE TRIGGER discount_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON discount
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_version();

-- Catalog files as they were loaded, so that one can go back.
CREATE TABLE catalog_revision (
    version    bigint PRIMARY KEY,
    document   jsonb NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    actor      text NOT NULL CHECK (char_length(actor) BETWEEN 1 AND 80)
);

-- The texts that orders are placed under, each for good: what went with an order stays readable. Which hold is said by the
-- catalog file of the order's version.
CREATE TABLE legal_text (
    id   text PRIMARY KEY,
    text text NOT NULL CHECK (octet_length(text) BETWEEN 1 AND 20000),
    CONSTRAINT legal_text_is_what_its_id_says CHECK (id = encode(sha256(convert_to(text, 'UTF8')), 'hex'))
);
