-- answered
WITH x AS (SELECT ssn FROM customers) SELECT * FROM x

-- answered
WITH x(name) AS (SELECT ssn FROM customers) SELECT name FROM x

-- answered
WITH x AS MATERIALIZED (SELECT email, pin FROM customers) SELECT email || '', pin + 0 FROM x

-- answered
WITH x AS NOT MATERIALIZED (SELECT * FROM customers) SELECT x FROM x

-- answered
WITH names AS (SELECT * FROM customers) SELECT ssn, email FROM names

-- answered
WITH customers AS (SELECT id, ssn AS name FROM customers) SELECT name FROM customers

-- answered harmless
WITH customers AS (SELECT 1 AS id, 'x' AS ssn) SELECT ssn FROM customers

-- answered
WITH customers AS (SELECT 1 AS id, 'x' AS ssn) SELECT c.ssn FROM customers, public.customers c

-- answered
WITH a AS (SELECT ssn FROM customers), b AS (SELECT ssn AS x FROM a), c AS (SELECT x AS y FROM b) SELECT y FROM c

-- answered
WITH a AS (WITH b AS (SELECT pin FROM customers) SELECT pin + 0 AS q FROM b) SELECT q FROM a

-- answered
WITH a AS (SELECT 'harmless' AS ssn) SELECT (WITH a AS (SELECT ssn FROM customers WHERE id = 1) SELECT ssn FROM a) FROM a

-- answered
SELECT (WITH x AS (SELECT c.ssn) SELECT ssn FROM x) FROM customers c

-- answered
WITH x AS (SELECT c FROM customers c) SELECT (c).ssn, (c).pin FROM x

-- answered
WITH x AS (UPDATE customers SET city = city WHERE id = 1 RETURNING ssn, pin) SELECT * FROM x

-- answered once
BEGIN;
WITH x AS (INSERT INTO customers (id, ssn) VALUES (10{n}, 'w') RETURNING ssn, id) SELECT c.ssn FROM x, customers c;
ROLLBACK;

-- answered harmless
DELETE FROM customers WHERE id >= 10 AND id < 0 RETURNING ssn

-- refused COLUMN_MASKED
WITH x AS (INSERT INTO notes (id, body) SELECT 1000 + {n}, ssn FROM customers WHERE id = 1 RETURNING body) SELECT * FROM x

-- refused COLUMN_MASKED
WITH x AS (SELECT ssn FROM customers), y AS (INSERT INTO notes (id, body) SELECT 2000 + {n}, max(ssn) FROM x) SELECT 1

-- refused COLUMN_MASKED
WITH x AS (DELETE FROM vault WHERE id = 90 RETURNING code) INSERT INTO notes (id, body) SELECT 3000 + {n}, max(code) FROM (SELECT code FROM x UNION ALL SELECT code FROM vault) y

-- answered
WITH RECURSIVE x(n, s) AS (SELECT 1, (SELECT ssn FROM customers WHERE id = 1)::text UNION ALL SELECT n + 1, s FROM x WHERE n < 3) SELECT * FROM x

-- answered
WITH RECURSIVE x(n, s) AS (SELECT 1, 'a' UNION ALL SELECT n + 1, (SELECT ssn FROM customers WHERE id = x.n)::text FROM x WHERE n < 4) SELECT * FROM x

-- answered
WITH RECURSIVE x(a, b, c) AS (SELECT 1, 'p', ssn::text FROM customers WHERE id = 1 UNION ALL SELECT a + 1, c, b FROM x WHERE a < 3) SELECT b FROM x

-- answered
WITH RECURSIVE x(a, b, c, d) AS (SELECT 1, '', '', email FROM customers WHERE id = 1 UNION ALL SELECT a + 1, c, d, d FROM x WHERE a < 4) SELECT b FROM x

-- refused COLUMN_MASKED
WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < (SELECT level FROM customers WHERE id = 1)) SELECT n FROM x

-- refused COLUMN_MASKED
WITH RECURSIVE x(n, s) AS (SELECT 0, level::int FROM customers WHERE id = 1 UNION ALL SELECT n + 1, s - 1 FROM x WHERE s > 0) SELECT n FROM x

-- answered
WITH RECURSIVE x(id, s) AS (SELECT id, ssn::text FROM customers UNION ALL SELECT id + 10, s FROM x WHERE id < 10) SEARCH DEPTH FIRST BY id SET o SELECT s, o FROM x

-- answered
WITH RECURSIVE x(id, s) AS (SELECT id, ssn::text FROM customers UNION ALL SELECT id + 10, s FROM x WHERE id < 10) SEARCH BREADTH FIRST BY s SET o SELECT id, o FROM x

-- refused COLUMN_MASKED
WITH RECURSIVE x(id, s) AS (SELECT id, ssn::text FROM customers UNION ALL SELECT id, s FROM x) CYCLE s SET looped USING path SELECT id, looped, path FROM x

-- refused COLUMN_MASKED
WITH RECURSIVE x(id, s) AS (SELECT id, pin FROM customers WHERE id < 3 UNION ALL SELECT id, s FROM x) CYCLE s SET looped TO 'yes' DEFAULT 'no' USING path SELECT path FROM x

-- answered
WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT ssn FROM customers) SELECT * FROM a

-- answered
WITH x AS (TABLE customers) TABLE x

-- answered
WITH x AS (VALUES (1)), y AS (SELECT ssn, column1 FROM customers, x) SELECT ssn FROM y

-- refused COLUMN_MASKED
WITH RECURSIVE r (g, id, v) AS (SELECT g, id, g::text FROM generate_series(1, 9) g, customers UNION ALL SELECT r.g, c.id, left(c.ssn, 1) FROM r, customers c WHERE c.id = r.id) CYCLE v SET is_cycle USING path SELECT id, g FROM r GROUP BY g, id HAVING count(*) < 3
