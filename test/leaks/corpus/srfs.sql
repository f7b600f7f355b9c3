-- refused COLUMN_MASKED
SELECT generate_series(1, (SELECT level FROM customers WHERE id = 1))

-- refused COLUMN_MASKED
SELECT g FROM generate_series(0, (SELECT level::int FROM customers WHERE id = 1)) g

-- refused COLUMN_MASKED
SELECT g FROM (SELECT level::int AS l FROM customers) x, generate_series(1, l) g

-- refused COLUMN_MASKED
SELECT x FROM unnest((SELECT aliases FROM customers WHERE id = 1)) x

-- refused COLUMN_MASKED
SELECT unnest((SELECT aliases FROM customers WHERE id = 1))

-- refused COLUMN_MASKED
SELECT * FROM regexp_split_to_table((SELECT ssn FROM customers WHERE id = 1), '-')

-- refused COLUMN_MASKED
SELECT * FROM ROWS FROM (unnest((SELECT aliases FROM customers WHERE id = 1)), generate_series(1, 2))

-- refused COLUMN_MASKED
SELECT g, (SELECT 1 FROM generate_series(1, 3) h LIMIT 1) FROM customers, generate_series(1, level) g

-- refused COLUMN_MASKED
SELECT * FROM json_each((SELECT profile::json FROM customers WHERE id = 1))

-- answered
SELECT * FROM jsonb_to_record((SELECT profile FROM customers WHERE id = 1)) AS x(plan text)

-- refused COLUMN_MASKED
SELECT * FROM jsonb_populate_recordset(NULL::names, (SELECT jsonb_agg(c) FROM customers c))

-- answered
SELECT ssn, generate_series(1, 2) FROM customers

-- refused COLUMN_MASKED
SELECT lexeme FROM customers, unnest(to_tsvector('simple', email))

-- refused COLUMN_MASKED
SELECT alias, d.token FROM customers, ts_debug('simple', email) d

-- refused COLUMN_MASKED
SELECT (ts_parse('default', email)).token FROM customers
