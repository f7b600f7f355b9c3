-- refused COLUMN_MASKED
SELECT id FROM customers ORDER BY ssn

-- refused COLUMN_MASKED
SELECT id, ssn FROM customers ORDER BY 2

-- refused COLUMN_MASKED
SELECT id, ssn AS x FROM customers ORDER BY x

-- refused COLUMN_MASKED
SELECT id, name AS ssn FROM customers ORDER BY customers.ssn

-- refused COLUMN_MASKED
SELECT id FROM customers ORDER BY level + id, ssn || ''

-- refused COLUMN_MASKED
SELECT id FROM customers ORDER BY CASE WHEN ssn > '6' THEN 0 ELSE 1 END, id

-- refused COLUMN_MASKED
SELECT id FROM customers ORDER BY (SELECT pin FROM customers d WHERE d.id = customers.id)

-- refused COLUMN_MASKED
SELECT name FROM customers ORDER BY email DESC NULLS LAST LIMIT 1

-- refused COLUMN_MASKED
SELECT name FROM customers ORDER BY pin FETCH FIRST 1 ROW WITH TIES

-- refused COLUMN_MASKED
SELECT id FROM (SELECT id, pin AS p FROM customers) x ORDER BY p

-- refused COLUMN_MASKED
WITH x AS (SELECT id, ssn FROM customers) SELECT id FROM x ORDER BY ssn

-- refused COLUMN_MASKED
SELECT label FROM (SELECT name AS label, pin AS p FROM customers UNION ALL SELECT 'guess ' || g, g * 100000000 FROM generate_series(10, 21) g) u ORDER BY p

-- refused COLUMN_MASKED
SELECT id FROM customers ORDER BY random() + level

-- refused COLUMN_MASKED
SELECT id, (SELECT o.id FROM orders o ORDER BY o.id = c.level DESC LIMIT 1) FROM customers c

-- refused COLUMN_MASKED
SELECT id FROM orders LIMIT (SELECT level FROM customers WHERE id = 1)

-- refused COLUMN_MASKED
SELECT g FROM generate_series(1, 9) g LIMIT (SELECT count(*) FROM customers WHERE ssn > '6')

-- refused COLUMN_MASKED
SELECT g FROM generate_series(1, 9) g OFFSET (SELECT level FROM customers WHERE id = 1)

-- refused COLUMN_MASKED
SELECT g FROM generate_series(1, 9) g FETCH FIRST (SELECT level FROM customers WHERE id = 1) ROWS ONLY

-- answered harmless
SELECT id, ssn FROM customers ORDER BY name DESC LIMIT 2 OFFSET 1

-- refused COLUMN_MASKED
SELECT id FROM customers TABLESAMPLE system ((SELECT level FROM customers WHERE id = 1) * 10)

-- answered newer
SELECT any_value(id ORDER BY salary) FROM customers;
