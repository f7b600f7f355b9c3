-- answered
SELECT * FROM (SELECT ssn FROM customers) x

-- answered
SELECT (SELECT ssn FROM customers WHERE id = 1)

-- answered
SELECT o.id, (SELECT c.email FROM customers c WHERE c.id = o.customer_id) FROM orders o

-- answered
SELECT ARRAY(SELECT ssn FROM customers ORDER BY id)

-- answered
SELECT (SELECT array_agg(ssn) FROM customers), (SELECT string_agg(email, ',') FROM customers)

-- answered
SELECT (SELECT (SELECT (SELECT pin FROM customers WHERE id = 2)))

-- answered
SELECT x FROM (SELECT y AS x FROM (SELECT ssn AS y FROM customers) a) b

-- answered
SELECT 'x' IN (SELECT ssn FROM customers), '641' < ANY (SELECT ssn FROM customers), '5' < ALL (SELECT ssn FROM customers WHERE id < 3)

-- answered
SELECT o.id, o.id IN (SELECT level FROM customers) FROM orders o

-- refused COLUMN_MASKED
SELECT g FROM generate_series(0, 9) g WHERE g IN (SELECT level FROM customers)

-- refused COLUMN_MASKED
SELECT g FROM generate_series(0, 9) g WHERE EXISTS (SELECT FROM customers c WHERE c.level = g)

-- refused COLUMN_MASKED
SELECT g, EXISTS (SELECT FROM customers c WHERE c.level = g AND c.id = 1) FROM generate_series(0, 9) g

-- refused COLUMN_MASKED
SELECT id FROM orders WHERE customer_id = (SELECT level FROM customers WHERE id = 1)

-- refused COLUMN_MASKED
SELECT id FROM orders WHERE customer_id < ANY (SELECT level FROM customers)

-- refused COLUMN_MASKED
SELECT id FROM orders WHERE (customer_id, 1) IN (SELECT level, 1 FROM customers)

-- answered
SELECT (c).ssn FROM (SELECT c FROM customers c) x

-- answered
SELECT (x.c).email, (x.c).pin FROM (SELECT c FROM customers c) x

-- answered
SELECT (SELECT c FROM customers c WHERE id = 1)

-- answered
SELECT ((SELECT c FROM customers c WHERE id = 1)).ssn

-- answered
SELECT x.* FROM (SELECT (c).* FROM customers c) x

-- answered
SELECT CASE WHEN (SELECT ssn FROM customers WHERE id = 1) < '6' THEN 1 ELSE 0 END

-- answered
SELECT EXISTS (SELECT FROM customers WHERE id = 1), (SELECT pin > 1500000000 FROM customers WHERE id = 1)

-- refused COLUMN_MASKED
SELECT EXISTS (SELECT 1 FROM customers HAVING max(ssn) > '6')

-- refused COLUMN_MASKED
SELECT count(*) FROM orders WHERE EXISTS (SELECT FROM customers HAVING max(ssn) > '7')

-- refused COLUMN_MASKED
SELECT EXISTS (SELECT FROM customers WHERE ssn LIKE '6%')

-- refused COLUMN_MASKED
SELECT EXISTS (SELECT FROM customers LIMIT (SELECT level - 3 FROM customers WHERE id = 1))

-- refused COLUMN_MASKED
SELECT NOT EXISTS (SELECT FROM generate_series(1, 9) g OFFSET (SELECT level FROM customers WHERE id = 1))

-- answered
SELECT * FROM (VALUES ((SELECT ssn FROM customers WHERE id = 1))) v(x)

-- answered harmless
SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE ssn = 'x')

-- answered
SELECT (SELECT ssn FROM customers c WHERE c.id = o.id LIMIT 1) || '', o.id FROM orders o
