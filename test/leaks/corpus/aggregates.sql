-- answered
SELECT min(ssn), max(ssn), min(email), max(email) FROM customers

-- answered
SELECT sum(pin), sum(salary), sum(balance), avg(score) FROM customers WHERE id = 1

-- answered
SELECT avg(salary), stddev(pin), variance(level), sum(level) FROM customers

-- answered
SELECT id, sum(pin), max(ssn) FROM customers GROUP BY id

-- answered
SELECT string_agg(ssn, ','), string_agg(name, ssn) FROM customers WHERE id = 1

-- answered
SELECT bool_and(vip), bool_or(vip), every(vip), bit_and(pin), bit_or(pin), bit_xor(pin) FROM customers

-- answered
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY pin), percentile_cont(0.5) WITHIN GROUP (ORDER BY salary), mode() WITHIN GROUP (ORDER BY ssn) FROM customers

-- answered
SELECT rank('6') WITHIN GROUP (ORDER BY ssn), rank(1500000000) WITHIN GROUP (ORDER BY pin), dense_rank(4) WITHIN GROUP (ORDER BY level) FROM customers

-- answered
SELECT percentile_disc(ARRAY[0, 0.5, 1]) WITHIN GROUP (ORDER BY email) FROM customers

-- answered
SELECT corr(pin, id), covar_pop(pin, id), regr_slope(pin, id), regr_intercept(pin, id), regr_count(pin, id) FROM customers

-- answered differs
SELECT count(*) FILTER (WHERE ssn > '6'), sum(id) FILTER (WHERE pin > 1500000000), max(name) FILTER (WHERE level = 3) FROM customers

-- answered differs
SELECT count(DISTINCT mood), count(DISTINCT vip), count(DISTINCT (vip, level)) FROM customers WHERE id < 3

-- answered
SELECT count(DISTINCT level % 2), count(NULLIF(level, 3)), count(CASE WHEN ssn > '6' THEN 1 END) FROM customers

-- answered
SELECT count(DISTINCT (level, city)) FROM customers WHERE id < 3

-- answered
SELECT sum(CASE WHEN ssn LIKE '6%' THEN 1 ELSE 0 END), sum((pin > 1500000000)::int) FROM customers

-- answered newer
SELECT any_value(x) FROM (SELECT ssn AS x FROM customers) q

-- refused COLUMN_MASKED
SELECT count(*) FROM customers HAVING max(ssn) > '8'

-- refused COLUMN_MASKED
SELECT city FROM customers GROUP BY city HAVING sum(pin) > 5200000000

-- answered differs
SELECT city, count(*) FROM customers GROUP BY city HAVING count(*) FILTER (WHERE level = 3) > 1

-- answered differs
SELECT level, count(*) FROM customers GROUP BY level

-- answered differs
SELECT vip, mood, count(*) FROM customers GROUP BY vip, mood

-- answered differs
SELECT level, array_agg(id ORDER BY id) FROM customers GROUP BY level

-- refused COLUMN_MASKED
SELECT count(*) FROM customers GROUP BY level % 2

-- refused COLUMN_MASKED
SELECT count(*), min(name) FROM customers WHERE id < 3 GROUP BY left(ssn, 1) > '4'

-- refused COLUMN_MASKED
SELECT string_agg(name, ',') FROM customers WHERE id < 3 GROUP BY ssn > '5'

-- refused COLUMN_MASKED
SELECT count(*), max(name) FROM customers GROUP BY pin > 1500000000

-- refused COLUMN_MASKED
SELECT count(*) FROM customers GROUP BY CASE WHEN level = 3 THEN 1 END

-- refused COLUMN_MASKED
SELECT city, x, count(*) FROM (SELECT city, substr(ssn, 1, 1) AS x FROM customers) q GROUP BY city, x

-- answered differs
SELECT level, city, count(*), grouping(level) FROM customers GROUP BY ROLLUP (level, city)

-- refused COLUMN_MASKED
SELECT count(*) FROM customers GROUP BY GROUPING SETS ((level % 2), ())

-- answered differs
SELECT DISTINCT level FROM customers

-- refused COLUMN_MASKED
SELECT DISTINCT level % 2 FROM customers

-- refused COLUMN_MASKED
SELECT DISTINCT left(ssn, 1), 1 FROM customers

-- refused COLUMN_MASKED differs
SELECT DISTINCT ON (level) level, name FROM customers ORDER BY level, id

-- refused COLUMN_MASKED
SELECT DISTINCT ON (city) name, ssn FROM customers ORDER BY city, ssn

-- refused COLUMN_MASKED
SELECT DISTINCT ON (level % 2) name FROM customers

-- refused COLUMN_MASKED
SELECT DISTINCT x FROM (SELECT CASE WHEN ssn > '8' THEN 'a' ELSE 'b' END AS x FROM customers) q

-- answered
SELECT range_agg(int4range(level, level + 1)), json_agg(level) FROM customers WHERE level IS NOT NULL

-- answered
SELECT xmlagg(xmlelement(name x, pin) ORDER BY id) FROM customers

-- answered
SELECT city, max(ssn), min(pin), avg(salary)::numeric(12, 2), array_agg(email) FROM customers GROUP BY city

-- answered harmless
SELECT city, count(*), max(joined) FROM customers GROUP BY city ORDER BY 2 DESC

-- refused COLUMN_MASKED newer
SELECT array_agg(id), count(ssn ORDER BY ssn > '6') FROM customers

-- refused COLUMN_MASKED newer
SELECT array_position(array_agg(v), 7), count(DISTINCT s) FROM (SELECT 7 AS v, ssn::text AS s FROM customers WHERE id = 1 UNION ALL SELECT g, (g * 111)::text FROM generate_series(1, 6) g) u

-- refused COLUMN_MASKED
SELECT sum(id::float8 / 3), string_agg(name, ',' ORDER BY salary) FROM customers

-- refused COLUMN_MASKED newer
SELECT JSON_ARRAYAGG(id), string_agg(name, ',' ORDER BY ssn) FROM customers

-- answered
SELECT count(*), max(id), string_agg(name, ',' ORDER BY salary) FROM customers

-- refused COLUMN_MASKED newer
SELECT array_agg(id), (SELECT count(c.ssn ORDER BY c.ssn > '6')) FROM customers c

-- refused COLUMN_MASKED newer
SELECT count(ssn ORDER BY ssn > '6'), (SELECT array_agg(c.id)) FROM customers c

-- refused COLUMN_MASKED newer
SELECT string_agg(x, '' ORDER BY x), max(v) FROM (SELECT ssn AS x, 1.0 AS v FROM customers WHERE id = 1 UNION ALL SELECT '6', 1.00) q

-- refused COLUMN_MASKED newer
SELECT count(DISTINCT x), max(v) FROM (SELECT ssn AS x, 1.0 AS v FROM customers WHERE id = 1 UNION ALL SELECT '6', 1.00) q

-- refused COLUMN_MASKED newer
SELECT count(DISTINCT x), min(v) FROM (SELECT ssn AS x, 1.0 AS v FROM customers WHERE id = 1 UNION ALL SELECT '6', 1.00) q

-- refused COLUMN_MASKED newer
SELECT count(DISTINCT x), mode() WITHIN GROUP (ORDER BY v) FROM (SELECT ssn AS x, 1.0 AS v FROM customers WHERE id = 1 UNION ALL SELECT '6', 1.00) q

-- refused COLUMN_MASKED newer
SELECT count(DISTINCT x), percentile_disc(0) WITHIN GROUP (ORDER BY v) FROM (SELECT ssn AS x, 1.0 AS v FROM customers WHERE id = 1 UNION ALL SELECT '6', 1.00) q

-- refused COLUMN_MASKED harmless
SELECT string_agg(ssn, '' ORDER BY ssn), min(name) FROM customers

-- answered harmless
SELECT string_agg(DISTINCT lower(ssn), ', '), count(*), sum(id), max(id), count(name), bool_and(id > 0) FROM customers
