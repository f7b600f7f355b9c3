-- failed 22P02
SELECT ssn::int FROM customers WHERE id = 1

-- failed 22012
SELECT 1 / (level - level) FROM customers

-- failed 22P02
SELECT name::int FROM customers WHERE ssn = '0' OR id = 1

-- failed 22007
SELECT CAST(email AS date) FROM customers

-- failed 22P02
SELECT email::uuid, email::inet, email::xml, email::point FROM customers

-- failed 22008
SELECT to_date(ssn, 'YYYY-MM-DD'), to_number(email, '999'), to_timestamp(email, 'YYYY') FROM customers

-- failed 22P02
SELECT ('{' || email)::text[] FROM customers

-- failed 22P02
SELECT email::customers FROM customers

-- failed 22023
SELECT decode(ssn, 'hex') FROM customers

-- failed 22021
SELECT convert_from(('\xff'::bytea || ssn::bytea), 'UTF8') FROM customers

-- failed 22023
SELECT format('%' || ssn) FROM customers

-- failed 2201B
SELECT regexp_replace('x', '(' || ssn, '') FROM customers

-- failed 2201B
SELECT 'x' ~ ('[' || ssn) FROM customers

-- answered
SELECT make_date(level + 3000000, 1, 1) FROM customers

-- failed 22003
SELECT pin * pin FROM customers

-- failed 22P02
SELECT ssn::json FROM customers

-- refused COLUMN_MASKED
SELECT nextval(email::regclass) FROM customers

-- failed 42601
SELECT email::regtype, email::regproc FROM customers

-- failed 42601
SELECT to_tsquery(ssn || ' ' || email) FROM customers

-- failed 42601
SELECT jsonb_path_query_first('{}', email::jsonpath) FROM customers

-- failed 22012
SELECT CASE WHEN ssn > '6' THEN 1 / 0 ELSE 1 END FROM customers WHERE id = 1

-- failed 22012 differs
SELECT 1 / (CASE WHEN ssn > '6' THEN 0 ELSE 1 END) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE id = 1 AND 1 / (level - 3) > 0

-- refused COLUMN_MASKED
SELECT count(*) FROM customers HAVING 1 / (max(level) - 7) > 0

-- failed 22P02
SELECT CASE WHEN level = 3 THEN 'x'::int ELSE 1 END FROM customers WHERE id = 1

-- failed 23505 once
UPDATE vault SET code = 'x' WHERE id IN (0, 1)

-- answered once
BEGIN;
UPDATE vault SET label = 'new' WHERE id = 1;
ROLLBACK

-- failed P0001 once
BEGIN;
UPDATE vault SET label = 'late' WHERE id = 1;
COMMIT

-- failed P0001 once
BEGIN;
UPDATE vault SET label = 'late' WHERE id = 1;
SET CONSTRAINTS ALL IMMEDIATE

-- failed P0001 once
BEGIN;
UPDATE vault SET label = 'late' WHERE id = 1;
SELECT email FROM names;
COMMIT

-- failed 23505 once
BEGIN;
INSERT INTO vault (id, label, code) VALUES (900, 'x', 'unique-1'), (901, 'y', 'unique-1');
ROLLBACK

-- failed 23505 once
BEGIN;
INSERT INTO customers (id, ssn) VALUES (1, 'x');
ROLLBACK

-- failed 23505 once
BEGIN;
UPDATE customers SET ssn = 'same' WHERE id < 3;
ROLLBACK

-- failed 23505 once
BEGIN;
UPDATE customers SET ssn = '0', name = NULL, id = 2 WHERE id = 1;
ROLLBACK

-- failed 23502 once
BEGIN;
UPDATE customers SET id = NULL WHERE id = 1;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE customers ALTER COLUMN name SET NOT NULL;
INSERT INTO customers (id, ssn) SELECT id + 60, NULL FROM names;
ROLLBACK

-- failed 23503 once
BEGIN;
DELETE FROM customers WHERE id = 1;
COMMIT

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE customers ADD COLUMN extra int NOT NULL DEFAULT 1 CHECK (extra > 1);
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
INSERT INTO keys (id, short) SELECT 1, code FROM vault WHERE id = 1;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
INSERT INTO keys (id, code) SELECT 1, code || '?' FROM vault WHERE id = 1;
COMMIT

-- failed 23503 once
BEGIN;
INSERT INTO keys (id, code) VALUES (1, 'nobody');
COMMIT

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE TABLE ref_{n} (x text REFERENCES vault (code));
INSERT INTO ref_{n} VALUES ('guess');
ROLLBACK

-- failed 23514 once
BEGIN;
CREATE DOMAIN d_{n} AS text CHECK (VALUE = 'x');
SELECT (code || '')::d_{n} FROM vault;
ROLLBACK

-- refused COLUMN_MASKED once
SELECT generate_series(1, 3, level - 3) FROM customers WHERE id = 1
