-- refused
SELECT generate_series(1, (SELECT level FROM customers WHERE id = 1))

-- refused
SELECT g FROM generate_series(0, (SELECT level::int FROM customers WHERE id = 1)) g

-- refused
SELECT g FROM (SELECT level::int AS l FROM customers) x, generate_series(1, l) g

-- refused
SELECT x FROM unnest((SELECT aliases FROM customers WHERE id = 1)) x

-- refused
SELECT unnest((SELECT aliases FROM customers WHERE id = 1))

-- refused
SELECT * FROM regexp_split_to_table((SELECT ssn FROM customers WHERE id = 1), '-')

-- refused
SELECT * FROM ROWS FROM (unnest((SELECT aliases FROM customers WHERE id = 1)), generate_series(1, 2))

-- refused
SELECT g, (SELECT 1 FROM generate_series(1, 3) h LIMIT 1) FROM customers, generate_series(1, level) g

-- refused
SELECT * FROM json_each((SELECT profile::json FROM customers WHERE id = 1))

-- refused
SELECT * FROM jsonb_to_record((SELECT profile FROM customers WHERE id = 1)) AS x(plan text)

-- refused
SELECT * FROM jsonb_populate_recordset(NULL::names, (SELECT jsonb_agg(c) FROM customers c))

-- answered
SELECT ssn, generate_series(1, 2) FROM customers

-- refused
SELECT lexeme FROM customers, unnest(to_tsvector('simple', email))

-- refused
SELECT alias, token FROM customers, ts_debug('simple', email)

-- refused
SELECT (ts_parse('default', email)).token FROM customers
