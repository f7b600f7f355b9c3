-- answered
VALUES ((SELECT ssn FROM customers WHERE id = 1))

-- answered
VALUES (1, 'x'), (2, (SELECT email FROM customers WHERE id = 1))

-- answered
SELECT column1 FROM (VALUES ((SELECT pin FROM customers WHERE id = 1)), (2)) v

-- answered
SELECT v.b FROM customers c, LATERAL (VALUES (c.id, c.ssn), (0, c.name)) AS v(a, b)

-- refused COLUMN_MASKED
VALUES (1, 'x'), (2, (SELECT ssn FROM customers WHERE id = 1)) ORDER BY 2

-- refused COLUMN_MASKED
VALUES (1), (2), (3), (4), (5), (6), (7) LIMIT (SELECT level FROM customers WHERE id = 1)

-- refused COLUMN_MASKED
SELECT id FROM customers, (VALUES (3), (5)) v(x) WHERE level = v.x

-- answered
WITH v(a, b) AS (VALUES (1, (SELECT ssn FROM customers WHERE id = 2))) SELECT b || '' FROM v

-- answered
SELECT * FROM (VALUES (1, (SELECT home FROM customers WHERE id = 1))) v(a, b)

-- answered
SELECT (v.b).street FROM (VALUES (1, (SELECT home FROM customers WHERE id = 1))) v(a, b)

-- answered
SELECT x FROM (VALUES ('a'), ((SELECT ssn FROM customers WHERE id = 1)), ('c')) v(x)
