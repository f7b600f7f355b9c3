-- refused COLUMN_MASKED
SELECT c.id, g FROM customers c, generate_series(1, 9) g WHERE EXISTS (SELECT 1 FROM generate_series(1, g) HAVING c.level = count(*))

-- refused COLUMN_MASKED
SELECT n FROM customers c, generate_series(1, 9) n, generate_series(1, n) m WHERE c.id = 3 GROUP BY c.level, n HAVING c.level = count(*)

-- refused COLUMN_MASKED
SELECT n FROM customers c, generate_series(1, 9) n, generate_series(1, n) m WHERE c.id = 3 GROUP BY c.level, n HAVING c.level = sum(1)

-- refused COLUMN_MASKED
SELECT n FROM customers c, generate_series(1, 9) n, generate_series(1, n) m WHERE c.id = 3 GROUP BY c.level, n HAVING c.level = regr_count(1, 1)

-- refused COLUMN_MASKED
SELECT n FROM customers c, generate_series(1, 9) n, generate_series(1, n) m WHERE c.id = 3 GROUP BY c.level, n HAVING c.level = array_length(array_agg(1), 1)

-- refused COLUMN_MASKED newer
SELECT n FROM customers c, generate_series(1, 9) n, generate_series(1, n) m WHERE c.id = 3 GROUP BY c.level, n HAVING c.level = json_array_length(JSON_ARRAYAGG(1))

-- refused COLUMN_MASKED
SELECT n FROM customers c, generate_series(1, 9) n, generate_series(1, n) m GROUP BY c.id, c.level, n HAVING c.level IN (count(*), 5)

-- refused COLUMN_MASKED
SELECT n FROM customers c, generate_series(1, 9) n, generate_series(1, n) m WHERE c.id = 3 GROUP BY c.level, n HAVING c.level = ANY (ARRAY[count(*)::int])

-- refused COLUMN_MASKED
SELECT n FROM customers c, generate_series(1, 9) n, generate_series(1, n) m WHERE c.id = 3 GROUP BY c.level, n HAVING c.level = CASE WHEN true THEN count(*)::int + 0 END

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT g, CASE WHEN level = row_number() OVER () THEN random() END, random() FROM customers, generate_series(1, 9) g WHERE id = 3

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT g, CASE WHEN level = count(*) OVER (ROWS UNBOUNDED PRECEDING) THEN random() END, random() FROM customers, generate_series(1, 9) g WHERE id = 3

-- refused COLUMN_MASKED differs
SELECT setseed(0.5);
SELECT g, CASE WHEN level = sum(1) OVER (ORDER BY g) THEN random() END, random() FROM customers, generate_series(1, 9) g WHERE id = 3

-- refused COLUMN_MASKED harmless
SELECT n FROM customers c, generate_series(0, 9) n GROUP BY GROUPING SETS ((c.id, c.level, n), (c.id, c.level)) HAVING c.level = grouping(n)

-- refused COLUMN_MASKED harmless
SELECT id FROM customers WHERE ssn = '1259'::regclass::text

-- refused COLUMN_MASKED harmless
SELECT id FROM customers WHERE ssn IN (btrim('1259'::regclass::text, '"'), btrim('1247'::regtype::text, '"'))

-- refused COLUMN_MASKED harmless
SELECT id FROM customers WHERE ssn = ANY ('{1259,1247}'::regclass[]::text[])

-- refused STATEMENT_UNPROVEN harmless
CREATE DOMAIN coll{n} AS text COLLATE "C"

-- answered harmless
SELECT id FROM customers WHERE level = 1 + 2 AND ssn = ANY (string_to_array('a,b', ',')) AND email = lower('X') AND born = '1901-01-01'::date + 1

-- answered harmless
SELECT id FROM customers WHERE ssn = (ARRAY['a', 'b'])[1] OR ssn = COALESCE('x', 'y') OR ssn = CASE WHEN 1 = 1 THEN 'q' END OR ssn IN ('z', 'w' || 'v')
