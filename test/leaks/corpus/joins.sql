-- answered
SELECT o.total, c.ssn FROM orders o JOIN customers c ON c.id = o.customer_id

-- answered
SELECT * FROM orders o RIGHT JOIN customers c ON c.id = o.customer_id

-- answered
SELECT * FROM customers a FULL JOIN customers b USING (id)

-- answered
SELECT * FROM customers a JOIN customers b USING (id, name)

-- answered
SELECT u.* FROM customers a JOIN orders b USING (id) AS u

-- answered
SELECT b.* FROM customers a JOIN names b USING (id)

-- refused COLUMN_MASKED
SELECT a.id, b.id FROM customers a JOIN names b USING (ssn)

-- refused COLUMN_MASKED
SELECT * FROM customers NATURAL JOIN names

-- refused COLUMN_MASKED
SELECT a.id, b.id FROM customers a NATURAL FULL JOIN names b

-- refused COLUMN_MASKED
SELECT ssn FROM customers a FULL JOIN names b USING (ssn)

-- refused COLUMN_MASKED
SELECT c.id, g FROM customers c JOIN generate_series(0, 9) g ON g = c.level

-- refused COLUMN_MASKED
SELECT c.id, g FROM customers c, generate_series(0, 9) g WHERE g = c.level

-- refused COLUMN_MASKED
SELECT c.id, v.x FROM customers c JOIN (VALUES (3), (5), (7)) v(x) ON v.x = c.level

-- refused COLUMN_MASKED
SELECT c.id, v.x FROM customers c, LATERAL (VALUES (3), (5), (7)) v(x) WHERE v.x = c.level

-- refused COLUMN_MASKED
SELECT c.id, u FROM customers c JOIN unnest('{3,5,7}'::int[]) u ON u = c.level

-- refused COLUMN_MASKED
SELECT c.id, o.id FROM customers c JOIN orders o ON o.id = c.level

-- refused COLUMN_MASKED
SELECT c.id, g FROM customers c LEFT JOIN generate_series(0, 9) g ON g = c.level

-- refused COLUMN_MASKED
SELECT g FROM generate_series(0, 9) g LEFT JOIN customers c ON g = c.level WHERE c.id IS NULL

-- refused COLUMN_MASKED
SELECT c.id, n.id FROM customers c JOIN names n ON n.ssn < c.ssn

-- refused COLUMN_MASKED
SELECT c.id, d.id FROM customers c JOIN customers d ON c.ssn < d.ssn

-- refused COLUMN_MASKED
SELECT c.id FROM customers c JOIN orders o ON c.ssn LIKE '6%' AND o.id = 1

-- refused COLUMN_MASKED
SELECT c.id, g, k FROM customers c JOIN generate_series(1, 11) g ON true JOIN generate_series(0, 9) k ON substr(c.ssn, g, 1) = k::text

-- answered
SELECT c.id, g, substr(c.ssn, g, 1) FROM customers c, generate_series(1, 11) g

-- failed 42702 harmless
SELECT j.id FROM (customers c JOIN names n USING (email)) j

-- refused COLUMN_MASKED
SELECT j.x FROM (customers c JOIN (SELECT email, id AS x FROM names) n USING (email)) j

-- answered
SELECT a.x, b.y FROM (SELECT ssn AS x, id FROM customers) a JOIN (SELECT pin AS y, id FROM customers) b ON a.id = b.id

-- answered
SELECT c.email FROM orders o, customers c, names n WHERE o.customer_id = c.id AND n.id = c.id

-- refused COLUMN_MASKED
SELECT n.id FROM names n WHERE n.ssn IN (SELECT ssn FROM customers)

-- refused COLUMN_MASKED
SELECT n.id FROM names n WHERE NOT EXISTS (SELECT FROM customers c WHERE c.email > n.email)

-- answered
SELECT (a).ssn, (b).pin FROM customers a CROSS JOIN customers b WHERE a.id = b.id

-- refused STATEMENT_UNPROVEN once
CREATE TABLE pointing_{n} (v text REFERENCES vault (code))

-- answered once
CREATE TABLE pointing_{n} (v int REFERENCES vault)
