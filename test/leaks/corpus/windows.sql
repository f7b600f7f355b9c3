-- refused COLUMN_MASKED
SELECT id, row_number() OVER (ORDER BY pin) FROM customers

-- refused COLUMN_MASKED
SELECT id, rank() OVER (ORDER BY ssn), dense_rank() OVER (ORDER BY level), percent_rank() OVER (ORDER BY salary), cume_dist() OVER (ORDER BY score) FROM customers

-- refused COLUMN_MASKED
SELECT id, ntile(2) OVER (ORDER BY born) FROM customers

-- answered
SELECT id, lag(ssn) OVER (ORDER BY id), lead(email) OVER (ORDER BY id), first_value(pin) OVER (), last_value(pin) OVER (), nth_value(ssn, 2) OVER () FROM customers

-- refused COLUMN_MASKED
SELECT id, lag(name) OVER (ORDER BY pin), first_value(name) OVER (ORDER BY pin) FROM customers

-- answered
SELECT id, nth_value(name, level) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM customers WHERE level IS NOT NULL

-- answered
SELECT id, lag(id, level) OVER (ORDER BY id) FROM customers

-- refused COLUMN_MASKED
SELECT id, count(*) OVER (ORDER BY pin), sum(id) OVER (ORDER BY pin) FROM customers

-- refused COLUMN_MASKED
SELECT id, array_agg(id) OVER w FROM customers WINDOW w AS (ORDER BY pin)

-- refused COLUMN_MASKED
SELECT id, row_number() OVER w FROM customers WINDOW v AS (PARTITION BY city), w AS (v ORDER BY pin)

-- answered
SELECT id, sum(level) OVER (ORDER BY id), avg(salary) OVER () FROM customers

-- refused COLUMN_MASKED
SELECT id, count(*) OVER (ORDER BY level RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM customers

-- failed 42P10
SELECT id, count(*) OVER (ORDER BY id ROWS BETWEEN level PRECEDING AND CURRENT ROW) FROM (SELECT 1 AS id, 2 AS level) x, (SELECT ssn FROM customers) y

-- answered
SELECT id, count(*) FILTER (WHERE ssn > '6') OVER (ORDER BY id) FROM customers

-- refused COLUMN_MASKED
SELECT id, row_number() OVER (PARTITION BY vip, ssn > '6' ORDER BY id) FROM customers

-- answered differs
SELECT id, count(*) OVER (PARTITION BY level) FROM customers

-- refused COLUMN_MASKED
SELECT id FROM (SELECT id, row_number() OVER (ORDER BY pin) AS r FROM customers) x WHERE r = 1

-- refused COLUMN_MASKED
SELECT name FROM (SELECT name, rank() OVER (ORDER BY salary DESC) AS r FROM customers) x ORDER BY r

-- refused COLUMN_MASKED
SELECT g, count(*) OVER (PARTITION BY x), min(l) OVER (PARTITION BY x) FROM (SELECT level::int AS x, id AS g, 'p' AS l FROM customers UNION ALL SELECT g, g, 'g' FROM generate_series(0, 9) g) u

-- refused COLUMN_MASKED
SELECT g, lag(g) OVER (ORDER BY x) FROM (SELECT level::int AS x, id AS g FROM customers UNION ALL SELECT g, g FROM generate_series(0, 9) g) u
