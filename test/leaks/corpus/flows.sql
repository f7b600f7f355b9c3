-- refused COLUMN_MASKED
CREATE TABLE flow_{n} AS SELECT ssn FROM customers;
TABLE flow_{n}

-- refused COLUMN_MASKED
CREATE TABLE flow_{n} AS TABLE customers;
SELECT * FROM flow_{n}

-- refused COLUMN_MASKED
CREATE TABLE IF NOT EXISTS flow_{n} (a, b) AS SELECT id, left(email, 7) FROM customers WITH DATA;
TABLE flow_{n}

-- refused COLUMN_MASKED
CREATE TEMP TABLE flow_{n} ON COMMIT PRESERVE ROWS AS SELECT c FROM customers c;
SELECT * FROM flow_{n}

-- refused COLUMN_MASKED
CREATE UNLOGGED TABLE flow_{n} AS WITH x AS (SELECT pin + 0 AS p FROM customers) SELECT p FROM x;
TABLE flow_{n}

-- refused COLUMN_MASKED
SELECT ssn INTO flow_{n} FROM customers;
TABLE flow_{n}

-- refused COLUMN_MASKED
SELECT id, row_to_json(c) AS d INTO TEMP flow_{n} FROM customers c;
SELECT d FROM flow_{n}

-- refused COLUMN_MASKED
WITH x AS (SELECT ssn FROM customers) SELECT * INTO flow_{n} FROM x;
TABLE flow_{n}

-- refused COLUMN_MASKED
CREATE TABLE flow_{n} AS SELECT id FROM customers ORDER BY pin;
TABLE flow_{n}

-- refused COLUMN_MASKED
CREATE TABLE flow_{n} AS SELECT id FROM customers WHERE ssn > '6';
TABLE flow_{n}

-- answered harmless
CREATE TABLE flow_{n} AS SELECT id, name FROM customers;
TABLE flow_{n}

-- refused COLUMN_MASKED
INSERT INTO notes (id, body) SELECT 10000 + {n} * 10 + id, email FROM customers

-- refused COLUMN_MASKED
INSERT INTO notes (id, doc) SELECT 10000 + {n} * 10 + id, to_jsonb(c) FROM customers c

-- refused COLUMN_MASKED
INSERT INTO notes (id, names) SELECT 10000 + {n} * 10, array_agg(ssn) FROM customers

-- refused COLUMN_MASKED
INSERT INTO names SELECT id, ssn, email FROM customers

-- refused COLUMN_MASKED
INSERT INTO names (id, ssn) SELECT id, code FROM vault

-- refused COLUMN_MASKED
INSERT INTO notes (id, body) TABLE contacts

-- refused COLUMN_MASKED
INSERT INTO notes (id, n) SELECT 20000 + {n}, level FROM customers WHERE id = 1

-- refused COLUMN_MASKED
INSERT INTO notes (id, body) SELECT 20500 + {n}, 'x' FROM customers WHERE ssn > '6'

-- refused COLUMN_MASKED
INSERT INTO notes (id) SELECT 21000 + {n} * 10 + level FROM customers WHERE id = 1

-- refused COLUMN_MASKED
INSERT INTO notes (id, body) SELECT 22000 + {n} * 10 + row_number() OVER (ORDER BY pin), name FROM customers

-- refused COLUMN_MASKED
INSERT INTO notes (id, body) SELECT 23000 + {n}, string_agg(name, ',' ORDER BY salary) FROM customers

-- refused COLUMN_MASKED
INSERT INTO notes (id, body) VALUES (24000 + {n}, (SELECT code FROM vault WHERE id = 1))

-- refused COLUMN_MASKED
INSERT INTO notes (id, n) SELECT 24500 + {n}, count(*) FROM customers WHERE pin > 1500000000

-- refused COLUMN_MASKED
UPDATE notes SET body = c.ssn FROM customers c WHERE c.id = notes.id

-- refused COLUMN_MASKED
UPDATE notes SET body = (SELECT string_agg(email, ',') FROM customers) WHERE id = 1

-- refused COLUMN_MASKED
UPDATE notes SET (body, n) = (SELECT ssn, pin FROM customers WHERE id = 1) WHERE id = 1

-- refused COLUMN_MASKED
UPDATE customers SET name = email WHERE id = 1

-- refused COLUMN_MASKED
UPDATE crm.people SET phone = c.ssn FROM customers c WHERE c.id = people.id

-- refused COLUMN_MASKED
UPDATE notes SET body = 'x' FROM (SELECT id FROM customers ORDER BY pin LIMIT 1) c WHERE notes.id = c.id

-- refused COLUMN_MASKED
UPDATE notes SET n = n + 1 WHERE id IN (SELECT level FROM customers)

-- refused STATEMENT_UNPROVEN
ALTER TABLE notes ADD COLUMN leak_{n} text DEFAULT (mail_of(1));
SELECT leak_{n} FROM notes

-- refused STATEMENT_UNPROVEN
ALTER TABLE notes ALTER COLUMN body SET DEFAULT mail_of(1)

-- refused STATEMENT_UNPROVEN
ALTER TABLE notes ADD COLUMN leak_{n} text DEFAULT peek();
SELECT leak_{n} FROM notes

-- refused STATEMENT_UNPROVEN
CREATE TABLE flow_{n} (id int, x text DEFAULT mail_of(1));
INSERT INTO flow_{n} (id) VALUES (1);
TABLE flow_{n}

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE customers ADD COLUMN leak text GENERATED ALWAYS AS (reverse(ssn)) STORED;
SELECT leak FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once newer
BEGIN;
ALTER TABLE customers ADD COLUMN leak text GENERATED ALWAYS AS (reverse(ssn)) VIRTUAL;
SELECT leak FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE customers RENAME COLUMN ssn TO nickname;
SELECT nickname FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE customers RENAME TO people_{n};
SELECT ssn FROM people_{n};
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE customers SET SCHEMA crm;
SELECT ssn FROM crm.customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER SCHEMA crm RENAME TO crm2;
SELECT phone FROM crm2.people;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE customers ALTER COLUMN ssn TYPE text USING email;
SELECT ssn FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE customers ALTER COLUMN name TYPE text USING ssn;
SELECT name FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE customers ALTER COLUMN ssn TYPE varchar(11) USING reverse(ssn);
SELECT ssn FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE TABLE parent_{n} (id int NOT NULL, label text);
ALTER TABLE vault INHERIT parent_{n};
TABLE parent_{n};
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE TABLE parent_{n} (id int, label text, code text);
ALTER TABLE vault INHERIT parent_{n};
SELECT code FROM parent_{n};
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE TABLE parent_{n} (id int, phone text, digits text) PARTITION BY LIST (id);
ALTER TABLE parent_{n} ATTACH PARTITION vault DEFAULT;
TABLE parent_{n};
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE TABLE events_all_{n} (id int, at date, payload jsonb) PARTITION BY RANGE (at);
ALTER TABLE events DETACH PARTITION events_2026;
ALTER TABLE events_all_{n} ATTACH PARTITION events_2026 DEFAULT;
SELECT payload FROM events_all_{n};
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE events DETACH PARTITION events_2026;
SELECT payload FROM events_2026;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE TABLE flow_{n} (LIKE customers INCLUDING ALL);
INSERT INTO flow_{n} SELECT * FROM customers;
SELECT ssn FROM flow_{n};
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE TABLE flow_{n} () INHERITS (vault);
SELECT code FROM vault;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE RULE leak AS ON INSERT TO notes DO ALSO SELECT ssn FROM customers;
INSERT INTO notes (id) VALUES (30000);
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE RULE leak AS ON SELECT TO names DO INSTEAD SELECT id, ssn::text, email FROM customers;
TABLE names;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE RULE leak AS ON UPDATE TO customers DO ALSO INSERT INTO notes (id, body) VALUES (30100, OLD.ssn);
UPDATE customers SET city = city WHERE id = 1;
SELECT body FROM notes WHERE id = 30100;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO notes (id, body) VALUES (30200, OLD.ssn);
  RETURN NEW;
END $$;
CREATE TRIGGER leak BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION leak_{n}();
UPDATE customers SET city = city WHERE id = 1;
SELECT body FROM notes WHERE id = 30200;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE TRIGGER leak BEFORE UPDATE ON customers FOR EACH ROW WHEN (OLD.ssn > '6') EXECUTE FUNCTION tsvector_update_trigger('x', 'pg_catalog.simple', 'ssn');
UPDATE customers SET city = city;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE notes ADD COLUMN tsv tsvector;
ALTER TABLE customers ADD COLUMN tsv tsvector;
CREATE TRIGGER leak BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger('tsv', 'pg_catalog.simple', 'email');
UPDATE customers SET city = city;
SELECT tsv FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE POLICY leak ON notes USING ((SELECT ssn FROM customers WHERE id = 1) > '6');
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
TABLE notes;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE POLICY leak ON customers USING (ssn > '6');
ROLLBACK

-- refused COLUMN_MASKED once
CREATE SEQUENCE s_{n};
SELECT setval('s_{n}', (SELECT pin FROM customers WHERE id = 1));
SELECT last_value FROM s_{n}

-- refused COLUMN_MASKED
SELECT setval('counter', pin) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT setval('counter', level) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT nextval('counter') FROM customers WHERE ssn > '6'

-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN nextval('counter') END FROM customers

-- refused COLUMN_MASKED
INSERT INTO customers (id, name) SELECT 40, code FROM vault WHERE id = 1

-- refused COLUMN_MASKED
INSERT INTO vault (id, label, code) SELECT 40 + {n}, code, 'c{n}' FROM vault WHERE id = 1

-- refused COLUMN_MASKED
INSERT INTO vault (id, label, code) SELECT 50 + id, 'copy', code || '!' FROM vault

-- refused STATEMENT_UNPROVEN
CREATE TABLE flow_{n} (id int, x text CHECK (x <> mail_of(1)))

-- refused STATEMENT_UNPROVEN
CREATE INDEX ON customers ((1 / (level - 3)))

-- refused COLUMN_MASKED
CREATE UNIQUE INDEX ON customers (vip)

-- refused COLUMN_MASKED
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS by_{n} ON customers (id, level) NULLS NOT DISTINCT

-- refused COLUMN_MASKED
CREATE INDEX by_digits_{n} ON crm.people (digits);
DROP INDEX crm.by_digits_{n}

-- refused COLUMN_MASKED
CREATE UNIQUE INDEX ON kept (email)

-- refused STATEMENT_UNPROVEN
CREATE UNIQUE INDEX ON customers (left(ssn, 1))

-- refused STATEMENT_UNPROVEN
CREATE INDEX ON customers (id) WHERE ssn::int > 0

-- refused STATEMENT_UNPROVEN
ALTER TABLE customers ADD CONSTRAINT x CHECK (ssn > '6')

-- refused STATEMENT_UNPROVEN
ALTER TABLE customers ADD CONSTRAINT x UNIQUE (level)

-- refused STATEMENT_UNPROVEN
ALTER TABLE customers ADD CONSTRAINT x EXCLUDE (level WITH =)

-- refused STATEMENT_UNPROVEN
ALTER TABLE customers ADD FOREIGN KEY (level) REFERENCES notes (id)

-- refused STATEMENT_UNPROVEN
ALTER TABLE customers ALTER COLUMN level SET NOT NULL, ALTER COLUMN level TYPE int USING 1 / (level - 3)

-- refused STATEMENT_UNPROVEN
CREATE STATISTICS st_{n} ON ssn, level FROM customers

-- refused STATEMENT_UNPROVEN
ALTER TABLE notes ADD CONSTRAINT x_{n} CHECK (body <> mail_of(1)) NOT VALID

-- refused STATEMENT_UNPROVEN
CREATE INDEX ON notes ((frozen()))

-- refused STATEMENT_UNPROVEN
ALTER TABLE notes ADD COLUMN leak_{n} text GENERATED ALWAYS AS (frozen()) STORED;
SELECT leak_{n} FROM notes

-- refused STATEMENT_UNPROVEN
ALTER VIEW active ALTER COLUMN name SET DEFAULT mail_of(1)
