-- answered
SELECT ssn FROM customers UNION ALL SELECT ssn FROM names

-- answered
SELECT ssn FROM names UNION ALL SELECT ssn FROM customers

-- answered
SELECT name FROM customers UNION ALL SELECT ssn FROM customers

-- answered
SELECT ssn FROM customers UNION ALL SELECT email FROM customers

-- answered
(SELECT id, pin FROM customers) UNION ALL (SELECT pin, id FROM customers)

-- answered
SELECT ssn FROM customers UNION ALL SELECT ssn FROM customers

-- answered
SELECT * FROM (SELECT 'a' AS x UNION ALL SELECT ssn FROM customers) y

-- answered
(SELECT 'a' UNION ALL SELECT 'b') UNION ALL (SELECT 'c' UNION ALL SELECT ssn FROM customers)

-- answered
SELECT NULL UNION ALL SELECT ssn FROM customers

-- answered
SELECT * FROM customers UNION ALL SELECT * FROM customers

-- answered
TABLE customers UNION ALL TABLE customers

-- refused COLUMN_MASKED
SELECT ssn FROM customers UNION SELECT ssn FROM names

-- refused COLUMN_MASKED
SELECT level::int, 0 FROM customers UNION SELECT g, 0 FROM generate_series(0, 9) g

-- refused COLUMN_MASKED
SELECT ssn FROM customers EXCEPT SELECT 'x'

-- refused COLUMN_MASKED
SELECT g, 'label ' || g FROM generate_series(0, 9) g EXCEPT SELECT level, 'label ' || level FROM customers

-- refused COLUMN_MASKED
SELECT ssn, k FROM customers, generate_series(0, 9) k INTERSECT SELECT g::text, g % 10 FROM generate_series(0, 99) g

-- refused COLUMN_MASKED
SELECT level::int, k FROM customers, generate_series(0, 9) k INTERSECT SELECT g, g % 10 FROM generate_series(0, 99) g

-- refused COLUMN_MASKED
SELECT level::int AS x, name FROM customers INTERSECT ALL SELECT g, n FROM generate_series(0, 9) g, (VALUES ('Ada'), ('Bob')) v(n)

-- refused COLUMN_MASKED
SELECT id FROM customers INTERSECT SELECT level FROM customers

-- refused COLUMN_MASKED
SELECT g FROM generate_series(1, 9) g EXCEPT ALL SELECT level FROM customers

-- refused COLUMN_MASKED
SELECT x, string_agg(label, ',') FROM (SELECT level::int AS x, name AS label FROM customers UNION ALL SELECT g, 'guess ' || g FROM generate_series(0, 9) g) u GROUP BY x

-- refused COLUMN_MASKED
SELECT count(*), max(label) FROM (SELECT level::int AS x, '' AS label FROM customers UNION ALL SELECT g, 'guess ' || g FROM generate_series(0, 9) g) u GROUP BY x

-- refused COLUMN_MASKED
SELECT DISTINCT ON (x) label FROM (SELECT level::int AS x, 'a' AS label FROM customers UNION ALL SELECT g, 'guess ' || g FROM generate_series(0, 9) g) u ORDER BY x, label

-- refused COLUMN_MASKED
SELECT label, count(*) OVER (PARTITION BY x) FROM (SELECT level::int AS x, name AS label FROM customers UNION ALL SELECT g, 'guess ' || g FROM generate_series(0, 9) g) u

-- refused COLUMN_MASKED
SELECT label, lag(label) OVER (ORDER BY x) FROM (SELECT level::int AS x, name AS label FROM customers UNION ALL SELECT g, 'guess ' || g FROM generate_series(0, 9) g) u

-- refused COLUMN_MASKED
SELECT label FROM (SELECT level::int AS x, name AS label FROM customers UNION ALL SELECT g, 'guess ' || g FROM generate_series(0, 9) g) u ORDER BY x

-- refused COLUMN_MASKED
SELECT label FROM (SELECT level::int AS x, name AS label FROM customers UNION ALL SELECT g, 'guess ' || g FROM generate_series(0, 9) g) u WHERE x = 3

-- refused COLUMN_MASKED
SELECT a.label, b.label FROM (SELECT level::int AS x, name AS label FROM customers) a JOIN (SELECT g AS x, 'guess ' || g AS label FROM generate_series(0, 9) g) b USING (x)

-- refused COLUMN_MASKED
SELECT ssn FROM customers UNION ALL SELECT ssn FROM customers ORDER BY ssn

-- refused COLUMN_MASKED
SELECT ssn, name FROM customers UNION ALL SELECT 'x', 'y' ORDER BY 1

-- answered harmless
SELECT id, name FROM customers UNION SELECT id, body FROM notes ORDER BY 1

-- answered
SELECT ARRAY(SELECT ssn FROM customers UNION ALL SELECT 'x'), 1

-- refused COLUMN_MASKED
SELECT EXISTS (SELECT 3 INTERSECT SELECT level FROM customers)

-- refused COLUMN_MASKED
SELECT count(*) FROM (SELECT level FROM customers UNION SELECT 3) x

-- refused COLUMN_MASKED
SELECT 1 FROM (SELECT vip FROM customers EXCEPT SELECT true) x
