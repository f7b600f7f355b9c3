-- answered
SELECT x.* FROM customers c, LATERAL (SELECT c.ssn) x

-- answered
SELECT x.y FROM customers c CROSS JOIN LATERAL (SELECT c.email || '' AS y) x

-- answered
SELECT x.v FROM customers c, LATERAL (VALUES (c.ssn), (c.email)) x(v)

-- answered
SELECT x.* FROM customers c, LATERAL (SELECT c.*) x

-- answered
SELECT x.c FROM customers c, LATERAL (SELECT c) x

-- answered
SELECT o.id, x.pin FROM orders o LEFT JOIN LATERAL (SELECT pin FROM customers WHERE id = o.customer_id) x ON true

-- answered
SELECT x FROM customers c, LATERAL (SELECT row_to_json(c)) x

-- answered
SELECT y.z FROM customers c, LATERAL (SELECT c.pin) x, LATERAL (SELECT x.pin AS z) y

-- refused STATEMENT_UNPROVEN
SELECT x FROM customers c, LATERAL upper(c.email) x

-- refused STATEMENT_UNPROVEN
SELECT x FROM customers c, upper(c.email) AS x

-- refused STATEMENT_UNPROVEN
SELECT x.* FROM customers c, ROWS FROM (upper(c.email), lower(c.ssn)) AS x(a, b)

-- refused COLUMN_MASKED
SELECT x FROM customers c, LATERAL generate_series(1, c.level) x

-- refused COLUMN_MASKED
SELECT x.id FROM customers c, LATERAL (SELECT id FROM orders LIMIT c.level) x

-- refused COLUMN_MASKED
SELECT o.id FROM customers c, LATERAL (SELECT id FROM orders o WHERE o.id = c.level) o

-- refused COLUMN_MASKED
SELECT x.id FROM customers c, LATERAL (SELECT id FROM orders ORDER BY id * c.level % 7 LIMIT 1) x

-- refused COLUMN_MASKED
SELECT g FROM customers c, LATERAL (SELECT g FROM generate_series(0, 9) g WHERE g = c.level) x
