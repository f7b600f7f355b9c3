-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN (SELECT count(*) FROM orders) END FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT CASE WHEN id > 9 THEN 0 WHEN ssn > '6' THEN 1 ELSE (SELECT count(*) FROM orders) END FROM customers

-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN 1 WHEN (SELECT count(*) FROM orders) > 2 THEN 2 END FROM customers

-- refused COLUMN_MASKED
SELECT CASE left(ssn, 1) WHEN '6' THEN (SELECT count(*) FROM orders) END FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN (SELECT id FROM orders WHERE id = 1 FOR UPDATE) END FROM customers WHERE id = 1

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT CASE WHEN ssn > '6' THEN random() END FROM customers WHERE id = 1;
SELECT random()

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT sum(random()) FILTER (WHERE ssn > '6') FROM customers;
SELECT random()

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT ssn > '6' AND random() > 2 FROM customers WHERE id = 1;
SELECT random()

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT ssn > '6' OR random() > 2 FROM customers WHERE id = 1;
SELECT random()

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT COALESCE(NULLIF(ssn > '6', true)::text, random()::text) FROM customers WHERE id = 1;
SELECT random()

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT (ssn, random()::text) > ('6', '2') FROM customers WHERE id = 1;
SELECT random()

-- refused COLUMN_MASKED
SELECT ssn BETWEEN '6' AND (SELECT max(name) FROM notes, customers) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT ssn IN ('6', (SELECT body FROM notes WHERE id = 1)) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT ROW(ssn = '6', (SELECT count(*) FROM orders)) IS NULL FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT ssn IN (SELECT body FROM notes) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT ssn > ALL (SELECT body FROM notes ORDER BY id FOR UPDATE) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT lag((SELECT count(*) FROM orders), CASE WHEN ssn > '6' THEN 0 ELSE 99 END) OVER () FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT CASE WHEN high THEN tally END FROM (SELECT ssn > '6' AS high, (SELECT count(*) FROM orders) AS tally FROM customers) q

-- refused COLUMN_MASKED
SELECT CASE WHEN high THEN q::text END FROM (SELECT ssn > '6' AS high, (SELECT count(*) FROM orders) AS tally FROM customers) q

-- refused COLUMN_MASKED
WITH q AS (SELECT id, (SELECT count(*) FROM orders) AS tally FROM notes) SELECT CASE WHEN ssn > '6' THEN tally END FROM customers JOIN q USING (id)

-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN tally END FROM customers c, tallied t WHERE c.id = t.id

-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN tally END FROM customers c, tallied_again t WHERE c.id = t.id

-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN tally() END FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN f END FROM customers, tally() f WHERE id = 1

-- refused COLUMN_MASKED
SELECT placed_by(ssn) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT either(ssn > '6', (SELECT count(*) FROM orders)) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN obj_description('orders'::regclass) END FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN (SELECT a FROM (VALUES (1), (2)) v (a) LIMIT 1) END FROM customers WHERE id = 1

-- refused COLUMN_MASKED
UPDATE notes SET n = 1 WHERE id = 1 RETURNING (SELECT CASE WHEN ssn > '6' THEN (SELECT count(*) FROM orders) END FROM customers c WHERE c.id = 1)

-- refused COLUMN_MASKED
SELECT id FROM customers ORDER BY (SELECT CASE WHEN ssn > '6' THEN (SELECT 1 FROM orders LIMIT 1) END)

-- refused COLUMN_MASKED
WITH RECURSIVE r AS (SELECT 1 AS n, '' AS seen UNION ALL SELECT n + 1, CASE WHEN seen > '6' THEN (SELECT min(body) FROM notes) ELSE ssn::text END FROM r, customers c WHERE c.id = r.n AND n < 3) SELECT n, seen FROM r

-- answered
SELECT CASE WHEN ssn = '6' THEN (SELECT count(*) FROM orders) END FROM customers WHERE id = 1

-- answered
SELECT id, CASE WHEN salary > 600000 THEN 'high' ELSE 'low' END, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c

-- answered
SELECT id, COALESCE(email, name), (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c

-- answered
SELECT id, ssn || (SELECT min(body) FROM notes), twice(ssn) FROM customers

-- answered
SELECT id, salary * random() IS NULL FROM customers

-- answered
SELECT CASE WHEN id = 1 THEN (SELECT min(email) FROM customers) ELSE email END FROM customers

-- refused COLUMN_MASKED newer
SELECT CASE WHEN ssn > '6' THEN JSON_ARRAY(SELECT id FROM orders) END FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN ARRAY(SELECT id FROM orders) END FROM customers WHERE id = 1

-- refused COLUMN_MASKED newer
SELECT JSON_VALUE(profile, '$.nothing' RETURNING float8 DEFAULT random() ON EMPTY) FROM customers WHERE id = 1

-- refused COLUMN_MASKED differs newer
SELECT setseed(0.5);
SELECT JSON_ARRAYAGG(random()) FILTER (WHERE ssn > '6') FROM customers;
SELECT random()

-- refused COLUMN_MASKED newer
SELECT id, JSON_ARRAYAGG(1) OVER (ORDER BY ssn) FROM customers

-- refused COLUMN_MASKED newer
SELECT id, JSON_ARRAYAGG(1) OVER (PARTITION BY ssn LIKE '6%') FROM customers

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT sum(random()) OVER (ORDER BY id ROWS (SELECT level FROM customers WHERE id = 1) PRECEDING) FROM orders;
SELECT random()

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT '6' < ANY (SELECT ssn FROM customers WHERE id = 1 UNION ALL SELECT CASE WHEN random() > 2 THEN 'x' END);
SELECT random()

-- refused COLUMN_MASKED
SELECT '6' < ANY (SELECT ssn FROM customers WHERE id IN (1, 2) ORDER BY id FOR UPDATE)

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT (CASE WHEN ssn > '6' THEN ARRAY[1] END)[(random() * 2)::int] FROM customers WHERE id = 1;
SELECT random()

-- refused COLUMN_MASKED
SELECT q IS NULL FROM (SELECT NULLIF(ssn > '6', true) AS h, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS k FROM customers c WHERE id = 1) q

-- refused COLUMN_MASKED
SELECT CASE WHEN ssn > '6' THEN txid_current() END FROM customers WHERE id = 1

-- refused STATEMENT_UNPROVEN
CREATE DOMAIN drawn AS text CHECK (random() < 2);
SELECT CASE WHEN ssn > '6' THEN 'x'::drawn END FROM customers WHERE id = 1

-- answered
SELECT name IN (SELECT email FROM customers), '6' < ANY (SELECT ssn FROM customers) FROM customers

-- answered
SELECT id, CASE WHEN pin > 3 THEN clock_timestamp()::text END IS NULL AS late, COALESCE(ssn || 'x', gen_random_uuid()::text) FROM customers WHERE id = 1

-- refused COLUMN_MASKED newer
SELECT CASE WHEN ssn > '6' THEN uuidv7() END FROM customers WHERE id = 1

-- answered
SELECT ssn IN (VALUES ('6'), ('7')) FROM customers

-- answered
SELECT CASE WHEN ssn > '6' THEN (SELECT name) END FROM customers

-- refused COLUMN_MASKED
SELECT ssn > '6' AND EXISTS (SELECT 1 FROM orders) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT ssn > '6' AND (SELECT EXISTS (SELECT 1 FROM orders)) FROM customers WHERE id = 1

-- refused COLUMN_MASKED
SELECT ssn IN (VALUES ('6'), ((SELECT min(body) FROM notes))) FROM customers WHERE id = 1

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT ssn > '6' AND (SELECT random() > 2) FROM customers WHERE id = 1;
SELECT random()

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT ssn IN (VALUES ('6'), (random()::text)) FROM customers WHERE id = 1;
SELECT random()

-- refused COLUMN_MASKED
SELECT ssn > '6' AND (SELECT tally > 1) FROM customers c, tallied t WHERE c.id = t.id

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE ssn IN (VALUES ('6'), ('7'))
