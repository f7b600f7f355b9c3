-- answered fails
SELECT ssn::int FROM customers WHERE id = 1

-- answered fails
SELECT 1 / (level - level) FROM customers

-- answered fails
SELECT name::int FROM customers WHERE ssn = '0' OR id = 1

-- answered fails
SELECT CAST(email AS date) FROM customers

-- answered fails
SELECT email::uuid, email::inet, email::xml, email::point FROM customers

-- answered fails
SELECT to_date(ssn, 'YYYY-MM-DD'), to_number(email, '999'), to_timestamp(email, 'YYYY') FROM customers

-- answered fails
SELECT ('{' || email)::text[] FROM customers

-- answered fails
SELECT email::customers FROM customers

-- answered fails
SELECT decode(ssn, 'hex') FROM customers

-- answered fails
SELECT convert_from(('\xff'::bytea || ssn::bytea), 'UTF8') FROM customers

-- answered fails
SELECT format('%' || ssn) FROM customers

-- answered fails
SELECT regexp_replace('x', '(' || ssn, '') FROM customers

-- answered fails
SELECT 'x' ~ ('[' || ssn) FROM customers

-- answered fails
SELECT make_date(level + 3000000, 1, 1) FROM customers

-- answered fails
SELECT pin * pin FROM customers

-- answered fails
SELECT ssn::json FROM customers

-- answered fails
SELECT nextval(email::regclass) FROM customers

-- answered fails
SELECT email::regtype, email::regproc FROM customers

-- answered fails
SELECT to_tsquery(ssn || ' ' || email) FROM customers

-- answered fails
SELECT jsonb_path_query_first('{}', email::jsonpath) FROM customers

-- refused
SELECT CASE WHEN ssn > '6' THEN 1 / 0 ELSE 1 END FROM customers WHERE id = 1

-- refused
SELECT 1 / (CASE WHEN ssn > '6' THEN 0 ELSE 1 END) FROM customers WHERE id = 1

-- refused
SELECT id FROM customers WHERE id = 1 AND 1 / (level - 3) > 0

-- refused
SELECT count(*) FROM customers HAVING 1 / (max(level) - 7) > 0

-- refused fails
SELECT CASE WHEN level = 3 THEN 'x'::int ELSE 1 END FROM customers WHERE id = 1

-- answered fails once
UPDATE vault SET code = 'x' WHERE id IN (0, 1)

-- answered once
BEGIN;
UPDATE vault SET label = 'new' WHERE id = 1;
ROLLBACK

-- answered once fails
BEGIN;
UPDATE vault SET label = 'late' WHERE id = 1;
COMMIT

-- answered once fails
BEGIN;
UPDATE vault SET label = 'late' WHERE id = 1;
SET CONSTRAINTS ALL IMMEDIATE

-- answered once fails
BEGIN;
UPDATE vault SET label = 'late' WHERE id = 1;
SELECT email FROM names;
COMMIT

-- answered once fails
BEGIN;
INSERT INTO vault (id, label, code) VALUES (900, 'x', 'unique-1'), (901, 'y', 'unique-1');
ROLLBACK

-- answered once fails
BEGIN;
INSERT INTO customers (id, ssn) VALUES (1, 'x');
ROLLBACK

-- answered once fails
BEGIN;
UPDATE customers SET ssn = 'same' WHERE id < 3;
ROLLBACK

-- answered once fails
BEGIN;
UPDATE customers SET ssn = '0', name = NULL, id = 2 WHERE id = 1;
ROLLBACK

-- answered once fails
BEGIN;
UPDATE customers SET id = NULL WHERE id = 1;
ROLLBACK

-- answered once fails
BEGIN;
ALTER TABLE customers ALTER COLUMN name SET NOT NULL;
INSERT INTO customers (id, ssn) SELECT id + 60, NULL FROM names;
ROLLBACK

-- answered once fails
BEGIN;
DELETE FROM customers WHERE id = 1;
COMMIT

-- answered once fails
BEGIN;
ALTER TABLE customers ADD COLUMN extra int NOT NULL DEFAULT 1 CHECK (extra > 1);
ROLLBACK

-- refused once
BEGIN;
INSERT INTO keys (id, short) SELECT 1, code FROM vault WHERE id = 1;
ROLLBACK

-- refused once
BEGIN;
INSERT INTO keys (id, code) SELECT 1, code || '?' FROM vault WHERE id = 1;
COMMIT

-- answered once fails
BEGIN;
INSERT INTO keys (id, code) VALUES (1, 'nobody');
COMMIT

-- refused once
BEGIN;
CREATE TABLE ref_{n} (x text REFERENCES vault (code));
INSERT INTO ref_{n} VALUES ('guess');
ROLLBACK

-- refused once
BEGIN;
CREATE DOMAIN d_{n} AS text CHECK (VALUE = 'x');
SELECT (code || '')::d_{n} FROM vault;
ROLLBACK

-- refused once
SELECT generate_series(1, 3, level - 3) FROM customers WHERE id = 1
