-- refused
SELECT id FROM customers ORDER BY ssn

-- refused
SELECT id, ssn FROM customers ORDER BY 2

-- refused
SELECT id, ssn AS x FROM customers ORDER BY x

-- refused
SELECT id, name AS ssn FROM customers ORDER BY customers.ssn

-- refused
SELECT id FROM customers ORDER BY level + id, ssn || ''

-- refused
SELECT id FROM customers ORDER BY CASE WHEN ssn > '6' THEN 0 ELSE 1 END, id

-- refused
SELECT id FROM customers ORDER BY (SELECT pin FROM customers d WHERE d.id = customers.id)

-- refused
SELECT name FROM customers ORDER BY email DESC NULLS LAST LIMIT 1

-- refused
SELECT name FROM customers ORDER BY pin FETCH FIRST 1 ROW WITH TIES

-- refused
SELECT id FROM (SELECT id, pin AS p FROM customers) x ORDER BY p

-- refused
WITH x AS (SELECT id, ssn FROM customers) SELECT id FROM x ORDER BY ssn

-- refused
SELECT label FROM (SELECT name AS label, pin AS p FROM customers UNION ALL SELECT 'guess ' || g, g * 100000000 FROM generate_series(10, 21) g) u ORDER BY p

-- refused
SELECT id FROM customers ORDER BY random() + level

-- refused
SELECT id, (SELECT o.id FROM orders o ORDER BY o.id = c.level DESC LIMIT 1) FROM customers c

-- refused
SELECT id FROM orders LIMIT (SELECT level FROM customers WHERE id = 1)

-- refused
SELECT g FROM generate_series(1, 9) g LIMIT (SELECT count(*) FROM customers WHERE ssn > '6')

-- refused
SELECT g FROM generate_series(1, 9) g OFFSET (SELECT level FROM customers WHERE id = 1)

-- refused
SELECT g FROM generate_series(1, 9) g FETCH FIRST (SELECT level FROM customers WHERE id = 1) ROWS ONLY

-- answered harmless
SELECT id, ssn FROM customers ORDER BY name DESC LIMIT 2 OFFSET 1

-- refused
SELECT id FROM customers TABLESAMPLE system ((SELECT level FROM customers WHERE id = 1) * 10)
