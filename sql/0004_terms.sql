-- How the shop sells: where to, with which tax, carried how, at what discount. Versioned with the catalog.

CREATE TABLE market (
    country      text PRIMARY KEY CHECK (country ~ '^[A-Z]{2}$'),
    tax_included boolean NOT NULL
);

-- Who sells: what invoices say of the shop.
CREATE TABLE seller (
    single        boolean PRIMARY KEY DEFAULT true CHECK (single),
    name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 120),
    address_lines text[] NOT NULL CHECK (cardinality(address_lines) BETWEEN 1 AND 6),
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

-- Each use of a code. The numbers count within the code, and within the code and the address: a limit is that there is
-- no number left, and no two orders can have the same.
CREATE TABLE discount_redemption (
    order_id     bigint NOT NULL REFERENCES orders,
    code         text NOT NULL,
    email_hash   bytea NOT NULL CHECK (octet_length(email_hash) = 32),
    number       bigint CONSTRAINT discount_not_used_up CHECK (number IS NOT NULL),
    email_number bigint CONSTRAINT discount_not_used_up_by_email CHECK (email_number IS NOT NULL),
    PRIMARY KEY (order_id, code),
    UNIQUE (code, number),
    UNIQUE (code, email_hash, email_number)
);

-- Who had a sample as a line of its own, and when: once per person in a window.
CREATE TABLE sample_claim (
    email_hash bytea PRIMARY KEY CHECK (octet_length(email_hash) = 32),
    order_id   bigint REFERENCES orders CONSTRAINT sample_once_per_person CHECK (order_id IS NOT NULL),
    claimed_at timestamptz NOT NULL
);
CREATE INDEX sample_claim_order ON sample_claim (order_id);
