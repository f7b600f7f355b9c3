-- refused COLUMN_MASKED once
SELECT setval('counter', 6);
SELECT id FROM customers WHERE level = (nextval('counter') % 10)

-- refused COLUMN_MASKED harmless
SELECT id FROM customers WHERE pin = (random() * 1000000000)::int

-- refused COLUMN_MASKED once
SELECT setval('counter', 6);
SELECT id FROM customers WHERE level IN (nextval('counter') % 10, 100)

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE DOMAIN d_{n} AS text CHECK (pg_notify('leak', VALUE) IS NOT NULL);
SELECT ssn::text::d_{n} FROM customers;
COMMIT

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE DOMAIN d_{n} AS text CHECK (set_config('my.leak', VALUE, false) <> '');
SELECT max(email)::d_{n} FROM customers;
SHOW my.leak;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE DOMAIN d_{n} AS int CHECK (setval('counter', VALUE) > 0);
SELECT max(pin)::d_{n} FROM customers;
SELECT last_value FROM counter;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE DOMAIN d_{n} AS int CHECK (setval('counter', 7 + VALUE) > 0) DEFAULT nextval('counter');
ROLLBACK

-- refused STATEMENT_UNPROVEN
ALTER DOMAIN digits ADD CONSTRAINT c_{n} CHECK (VALUE < '5')

-- refused STATEMENT_UNPROVEN
ALTER DOMAIN short SET NOT NULL

-- refused STATEMENT_UNPROVEN once
BEGIN;
CLUSTER customers USING customers_ssn_key;
SELECT ctid, id FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE INDEX by_pin_{n} ON customers (pin);
CLUSTER customers USING by_pin_{n};
SELECT ctid, id FROM customers;
ROLLBACK

-- failed 42601
SELECT (lpad('', level, ' ') || 'x y')::regtype FROM customers WHERE id = 2

-- answered differs once
SET bytea_output = 'escape';
SELECT secret FROM customers;
RESET bytea_output

-- answered once
SET datestyle = 'German';
SELECT born, born::text FROM customers;
SET intervalstyle = 'iso_8601';
SELECT age(born) FROM customers;
RESET ALL

-- answered once
SET extra_float_digits = -15;
SELECT score, score::text FROM customers;
RESET ALL

-- refused SETTING_PINNED once
SET xmloption = document;
SET transform_null_equals = on;
SELECT ssn, ssn = NULL FROM customers;
RESET ALL

-- refused COLUMN_MASKED
SELECT c.id, g FROM customers c, LATERAL (SELECT g FROM generate_series(1, 9) g LIMIT c.level) x

-- refused COLUMN_MASKED
SELECT c.id, g FROM customers c, LATERAL (SELECT g FROM generate_series(1, 9) g OFFSET c.level) x

-- refused COLUMN_MASKED
SELECT id FROM customers TABLESAMPLE SYSTEM ((SELECT level * 12 FROM customers WHERE id = 2)) REPEATABLE (1)

-- refused COLUMN_MASKED
SELECT regexp_matches(ssn, '^6') FROM customers

-- refused COLUMN_MASKED
SELECT id, jsonb_object_keys(profile) FROM customers

-- refused COLUMN_MASKED
SELECT string_to_table(email, 'a') FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE (ssn, id) IN (SELECT code, id FROM vault)

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE ssn::text = ANY (aliases)

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE ROW(ssn, 1) > ROW('6', 1)

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE starts_with(ssn, '6')

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE num_nulls(NULLIF(level, 3)) = 1

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE COALESCE(NULLIF(ssn, 'x') > '6', false)

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE CASE WHEN ssn > '6' THEN true ELSE false END

-- answered differs
SELECT id FROM customers WHERE vip

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE NOT vip IS TRUE

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE left(profile ->> 'plan', 5) = 'obsid'

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE left((home).zip, 4) = 'ZX94'

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE left(aliases[1], 4) = 'moon'

-- refused COLUMN_MASKED
SELECT id FROM customers c WHERE to_jsonb(c) ->> 'level' = '3'

-- refused COLUMN_MASKED
SELECT id FROM customers c WHERE c::text LIKE '%641-%'

-- refused COLUMN_MASKED
SELECT id FROM customers c WHERE hashtext(c.ssn) % 2 = 0

-- refused COLUMN_MASKED
SELECT name FROM customers ORDER BY CASE WHEN ssn > '6' THEN 0 ELSE 1 END

-- refused COLUMN_MASKED
SELECT name FROM customers ORDER BY (SELECT x.ssn FROM customers x WHERE x.id = customers.id)

-- refused COLUMN_MASKED
SELECT name FROM customers c ORDER BY c

-- refused COLUMN_MASKED
SELECT pg_sleep(level / 100.0) FROM customers

-- refused COLUMN_MASKED
SELECT CASE WHEN level = 3 THEN pg_sleep(0.01)::text END FROM customers

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE id = 1 AND (ssn < '6' OR pg_sleep(0.01) IS NULL)

-- refused COLUMN_MASKED
SELECT pg_advisory_xact_lock(pin) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT pg_advisory_xact_lock(1, level) FROM customers WHERE id = 1

-- refused STATEMENT_UNPROVEN harmless
SELECT most_common_vals::text FROM pg_stats WHERE tablename = 'customers'

-- refused STATEMENT_UNPROVEN harmless
SELECT stavalues1::text FROM pg_catalog.pg_statistic

-- refused STATEMENT_UNPROVEN harmless
SELECT * FROM pg_stats_ext_exprs

-- refused STATEMENT_UNPROVEN
SELECT query_to_xml('TABLE customers', true, true, '')

-- refused STATEMENT_UNPROVEN
SELECT table_to_xml('customers', true, true, '')

-- refused STATEMENT_UNPROVEN
SELECT database_to_xml(true, true, '')

-- refused STATEMENT_UNPROVEN once
CREATE TABLE grab_{n} (x text DEFAULT (frozen()));
INSERT INTO grab_{n} DEFAULT VALUES;
TABLE grab_{n}

-- refused STATEMENT_UNPROVEN once
CREATE SCHEMA grab_{n} CREATE VIEW v AS SELECT ssn || '' AS s FROM public.customers;
SELECT s FROM grab_{n}.v

-- refused COLUMN_MASKED
SELECT lo_from_bytea(0, secret) FROM customers WHERE id = 1

-- answered
WITH x AS (UPDATE customers SET city = city WHERE id = 1 RETURNING ssn, email || '' AS e) SELECT e, ssn FROM x

-- refused COLUMN_MASKED
WITH x AS (SELECT ssn FROM customers) INSERT INTO names (id, ssn) SELECT 9000 + {n}, ssn FROM x

-- refused COLUMN_MASKED
WITH x AS (SELECT max(pin) AS p FROM customers) UPDATE notes SET n = x.p FROM x WHERE notes.id = 1

-- refused COLUMN_MASKED
INSERT INTO notes (id, body) VALUES (9000 + {n}, (SELECT c::text FROM customers c WHERE id = 1))

-- refused COLUMN_MASKED
INSERT INTO notes (id, body) SELECT 9000 + {n}, 'x' FROM customers WHERE ssn > '7'

-- refused COLUMN_MASKED
DELETE FROM notes WHERE id = 12345 AND EXISTS (SELECT FROM customers WHERE ssn > '8')

-- refused COLUMN_MASKED
UPDATE notes SET body = body WHERE id = (SELECT level - 2 FROM customers WHERE id = 1)

-- refused COLUMN_MASKED
MERGE INTO notes n USING (SELECT id, ssn FROM customers) c ON n.id = c.id WHEN MATCHED AND c.ssn > '6' THEN UPDATE SET body = body WHEN NOT MATCHED THEN DO NOTHING

-- answered newer
SELECT JSON_ARRAY((SELECT ssn FROM customers WHERE id = 1), JSON_OBJECT('a': (SELECT pin FROM customers WHERE id = 1)))

-- refused STATEMENT_UNPROVEN harmless once
BEGIN;
CREATE COLLATION loose_{n} (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
ROLLBACK

-- refused COLUMN_MASKED harmless
SELECT id FROM customers WHERE email = 'x' COLLATE "C"

-- refused STATEMENT_UNPROVEN once
BEGIN;
ALTER FUNCTION mail_of(int) IMMUTABLE;
EXPLAIN (VERBOSE) SELECT mail_of(1);
ROLLBACK

-- refused STATEMENT_UNPROVEN once
PREPARE echo_{n}(text) AS SELECT $1 AS x;
EXECUTE echo_{n}(mail_of(1))

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE TABLE parts_{n} (x text) PARTITION BY LIST (x);
CREATE TABLE part_{n} PARTITION OF parts_{n} FOR VALUES IN (mail_of(1));
SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'part_{n}';
ROLLBACK

-- refused COLUMN_MASKED
SELECT o.id, EXISTS (SELECT FROM customers c, regexp_matches(c.ssn, '^6') WHERE c.id = o.customer_id) FROM orders o

-- refused COLUMN_MASKED
SELECT id, EXISTS (SELECT FROM jsonb_path_query(c.profile, '$ ? (@.plan starts with "obsid")')) FROM customers c

-- refused COLUMN_MASKED
SELECT EXISTS (SELECT level::int FROM customers INTERSECT SELECT 7)

-- refused COLUMN_MASKED
SELECT EXISTS (SELECT FROM customers OFFSET (SELECT level - 3 FROM customers WHERE id = 3))

-- answered
SELECT id, (CASE WHEN ssn > '6' THEN 1 END) IS NULL, NULLIF(level, 3) IS NULL FROM customers

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE NULLIF(level, 3) IS NULL

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE (CASE WHEN ssn > '6' THEN 1 END) IS NOT NULL

-- refused COLUMN_MASKED
UPDATE contacts SET mail = ssn

-- refused COLUMN_MASKED
UPDATE active SET name = (SELECT ssn FROM customers WHERE id = 1) WHERE id = 1

-- answered
SELECT ROW(id, ssn), ROW(1, c.email) FROM customers c

-- answered
WITH customers AS (SELECT id, 'x' AS ssn FROM orders) SELECT c.ssn, p.ssn || '' FROM customers c JOIN public.customers p USING (id)

-- answered
SELECT ssn, j.email || '' FROM (customers AS c JOIN orders AS o ON o.customer_id = c.id) AS j (a, b, x, d, email, ssn)

-- refused COLUMN_MASKED
SELECT max(id) FROM customers GROUP BY left(ssn, 1)

-- refused COLUMN_MASKED
SELECT max(id) FROM customers GROUP BY ROLLUP (ssn > '6')

-- refused COLUMN_MASKED
SELECT DISTINCT ssn > '6' FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT ssn > '6' FROM customers WHERE id = 1 UNION SELECT true

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE ssn > ALL (SELECT code FROM vault)

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE left(ssn, 3) <> ALL (ARRAY['641', 'x'])

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE ssn NOT IN (SELECT ssn FROM names)

-- refused COLUMN_MASKED
SELECT n.id FROM names n JOIN customers c ON n.ssn = c.ssn

-- refused COLUMN_MASKED
SELECT n.id FROM names n LEFT JOIN customers c ON c.ssn = n.ssn AND c.id = 1

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE ssn = name || ''

-- refused COLUMN_MASKED
SELECT c.id FROM customers c NATURAL JOIN names
