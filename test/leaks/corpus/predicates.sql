-- answered harmless
SELECT id, ssn FROM customers WHERE ssn = '000-00-0000'

-- answered harmless
SELECT id FROM customers WHERE ssn IN ('000-00-0000', '1') AND pin = 5 OR email = $1
-- with: nobody

-- answered harmless
SELECT id FROM customers WHERE ssn IS NOT NULL AND level IS NULL

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE ssn LIKE '6%'

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE ssn > '6'

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE ssn BETWEEN '6' AND '7'

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE pin % 2 = 0

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE left(ssn, 1) = '6'

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE lower(email) ~ '^qu'

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE (SELECT ssn FROM customers WHERE id = 1) > '6'

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE pin < 1500000000 AND pin > 0

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE salary BETWEEN 700000 AND 800000

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE born < '1960-01-01'

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE extract(year FROM born) = 1957

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE token::text LIKE 'c%'

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE vip AND level > 2

-- answered differs
SELECT id FROM customers WHERE NOT vip

-- answered harmless
SELECT id FROM customers WHERE (id, ssn) IN ((1, '000-00-0000'), (2, '1')) OR (id, pin) = (3, 5)

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE (id, ssn) < (id, '6')

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE ROW(id, ssn) >= ROW(id, '6')

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE (id, ssn) = ANY (SELECT id, '6' || id FROM orders) OR (id, left(ssn, 1)) = (id, '6')

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE vip IS TRUE

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE ip << '200.0.0.0/5'

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE level = id + 2

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE COALESCE(level, 3) = 3

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE CASE WHEN level = 3 THEN id < 3 ELSE id > 2 END

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE level = (SELECT 3)

-- refused COLUMN_MASKED
SELECT id FROM customers c WHERE c.level = ANY (SELECT g FROM generate_series(0, 3) g)

-- refused COLUMN_MASKED
SELECT id FROM customers c WHERE c.level = ANY (ARRAY(SELECT g FROM generate_series(0, 3) g))

-- refused COLUMN_MASKED
SELECT o.id FROM orders o WHERE o.id = ANY (SELECT level FROM customers)

-- refused COLUMN_MASKED
SELECT count(*) FROM customers WHERE name < email

-- refused COLUMN_MASKED
SELECT name FROM customers WHERE ssn > $1
-- with: 6

-- refused COLUMN_MASKED
SELECT name FROM customers WHERE (ssn, id) > ('6', 0)

-- answered differs
SELECT name FROM customers WHERE (id, level) IN ((1, 3), (2, 3))

-- answered differs
SELECT name FROM customers WHERE (id, level) = (1, 3)

-- answered differs
SELECT name FROM customers WHERE ROW(level) = ROW(3)

-- refused COLUMN_MASKED
SELECT 1 WHERE (SELECT max(ssn) FROM customers) > '7'

-- refused COLUMN_MASKED
DELETE FROM notes WHERE id = (SELECT level FROM customers WHERE id = 1)

-- refused COLUMN_MASKED
UPDATE notes SET body = 'seen' WHERE n < (SELECT level FROM customers WHERE id = 1)

-- refused COLUMN_MASKED
DELETE FROM notes USING customers c WHERE c.level = notes.n AND notes.id > 10

-- answered differs
SELECT a.id, b.id FROM customers a JOIN customers b ON a.level = b.level

-- refused COLUMN_MASKED
SELECT id FROM crm.people WHERE digits > '0175'

-- refused COLUMN_MASKED
SELECT id FROM crm.people WHERE digits = replace(phone, '-', '') AND phone LIKE '0171%'
