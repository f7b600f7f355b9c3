-- answered once
BEGIN;
CREATE TEMP TABLE customers (id int, ssn text, name text);
INSERT INTO pg_temp.customers VALUES (1, 'temporary', 'x');
SELECT ssn, ssn || '' FROM pg_temp.customers;
SELECT ssn || '' FROM public.customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE TEMP TABLE customers (id int, ssn text, name text);
INSERT INTO customers VALUES (1, 'temporary', 'x');
SELECT ssn FROM customers;
SELECT ssn || '' FROM public.customers;
ROLLBACK

-- answered once
BEGIN;
CREATE TEMP TABLE names (id int, ssn text);
SELECT ssn FROM names;
SELECT n.ssn FROM public.customers n;
ROLLBACK

-- answered once
SET search_path = crm;
SELECT phone || '' FROM people;
SELECT ssn || '' FROM public.customers;
RESET search_path

-- answered once
SET search_path = pg_temp, public;
SELECT ssn || '' FROM customers;
RESET ALL

-- refused STATEMENT_UNPROVEN once
CREATE SCHEMA s_{n};
CREATE VIEW s_{n}.names AS SELECT id, ssn::text, email FROM customers;
SET search_path = s_{n}, public;
SELECT ssn FROM names;
RESET search_path

-- refused STATEMENT_UNPROVEN once
CREATE SCHEMA s_{n};
CREATE FUNCTION s_{n}.upper(text) RETURNS text LANGUAGE sql AS 'SELECT ssn::text FROM public.customers WHERE id = 1';
SET search_path = s_{n}, pg_catalog, public;
SELECT upper(email) FROM names;
RESET search_path

-- refused STATEMENT_UNPROVEN once
CREATE SCHEMA s_{n};
CREATE OPERATOR s_{n}.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = run2);
SELECT 'x' OPERATOR(s_{n}.||) 'y'

-- answered once
BEGIN;
CREATE TEMP TABLE customers (id int, ssn text);
INSERT INTO customers VALUES (1, 'temporary');
SELECT id FROM customers WHERE id = 1;
ROLLBACK

-- answered once
BEGIN;
ALTER TABLE names RENAME TO names_{n};
SELECT ssn FROM names_{n};
SELECT ssn || '' FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE names RENAME TO names_{n};
ALTER TABLE customers RENAME TO names;
SELECT ssn || '' FROM names;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE customers RENAME COLUMN name TO nickname;
ALTER TABLE customers RENAME COLUMN ssn TO name;
SELECT name FROM customers;
ROLLBACK

-- answered
SELECT "SSN".ssn FROM customers "SSN"

-- answered
SELECT "a""b".ssn, "a""b"."email" FROM customers "a""b"

-- answered
SELECT "n234567890123456789012345678901234567890123456789012345678901234X".ssn FROM customers AS "n234567890123456789012345678901234567890123456789012345678901234X"

-- answered
WITH "n23456789012345678901234567890123456789012345678901234567890123A" AS (SELECT ssn FROM customers) SELECT ssn || '' FROM "n23456789012345678901234567890123456789012345678901234567890123B"

-- answered
SELECT c.ssn AS "n23456789012345678901234567890123456789012345678901234567890123A", c.name AS "n23456789012345678901234567890123456789012345678901234567890123B" FROM customers c

-- answered
SELECT id."ssn" FROM customers AS id

-- answered
SELECT name.name, name.ssn FROM customers AS name

-- answered
SELECT ssn FROM names AS customers, LATERAL (SELECT c.ssn AS pin FROM public.customers c) x

-- answered
SELECT U&"\0063ustomers".ssn FROM U&"\0063ustomers"

-- answered
SELECT E'\\x', ssn || E'\'' FROM customers

-- answered
SELECT $a$ FROM names -- $a$, ssn FROM customers

-- answered
SELECT ssn /* nested /* comment */ , name */ FROM customers

-- answered
SELECT 'it''s', ssn FROM customers -- FROM names

-- answered
/* FROM names */ SELECT -- FROM names
ssn || '' FROM customers

-- refused STATEMENT_UNPROVEN once
CREATE TYPE s_{n} AS (ssn text);
CREATE CAST (s_{n} AS text) WITH INOUT AS IMPLICIT;
SELECT ROW(ssn)::s_{n} FROM customers

-- refused COLUMN_MASKED once
CREATE TABLE "customers " (ssn text);
INSERT INTO "customers " SELECT ssn FROM customers

-- refused STATEMENT_UNPROVEN once
SET ROLE pg_read_all_stats;
SELECT histogram_bounds FROM pg_stats

-- refused SETTING_PINNED once
SET standard_conforming_strings = off

-- refused SETTING_PINNED once
SET client_encoding = 'LATIN1';
SELECT ssn FROM customers

-- answered once
BEGIN;
ALTER TABLE customers RENAME COLUMN city TO town;
SELECT town, ssn, ssn || '' FROM customers;
SELECT * FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE customers RENAME COLUMN city TO town;
ALTER TABLE customers RENAME COLUMN ssn TO city;
SELECT city FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE vault RENAME COLUMN label TO name;
UPDATE vault SET name = 'late' WHERE id = 1;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER TABLE events RENAME COLUMN payload TO at_all;
SELECT at_all FROM events_2026;
ROLLBACK
