-- answered
SELECT aliases FROM customers

-- answered
SELECT aliases[1], aliases[1:2], aliases[:], aliases[array_length(aliases, 1)] FROM customers

-- answered
SELECT ARRAY[ssn, email], ARRAY[[ssn], [email]], (ARRAY[ssn])[1] FROM customers

-- answered
SELECT array_to_string(aliases, ','), cardinality(aliases), array_length(aliases, 1), array_dims(aliases) FROM customers

-- answered
SELECT array_append(aliases, 'x'), array_prepend('x', aliases), array_cat(aliases, aliases), array_remove(aliases, 'x') FROM customers

-- answered
SELECT array_position(aliases, 'x'), array_replace(aliases, 'x', 'y'), trim_array(aliases, 1) FROM customers

-- answered
SELECT (string_to_array(ssn, '-'))[1], (string_to_array(ssn, NULL))[3] FROM customers

-- answered
SELECT ('{a,b,c,d,e,f,g,h}'::text[])[level] FROM customers

-- answered
SELECT ('{a,b,c,d,e,f,g,h}'::text[])[1:level] FROM customers

-- answered
SELECT substr('abcdefghij', level, 1), repeat('x', level), lpad('', level, 'x') FROM customers

-- answered
SELECT array_fill(0, ARRAY[level::int]) FROM customers WHERE level IS NOT NULL

-- refused COLUMN_MASKED
SELECT unnest(aliases) FROM customers

-- refused COLUMN_MASKED
SELECT id, u FROM customers, unnest(aliases) u

-- refused COLUMN_MASKED
SELECT id, o FROM customers, unnest(aliases) WITH ORDINALITY AS u(x, o)

-- refused COLUMN_MASKED
SELECT id, generate_subscripts(aliases, 1) FROM customers

-- refused COLUMN_MASKED
SELECT id, regexp_split_to_table(ssn, '-') FROM customers

-- refused COLUMN_MASKED
SELECT id, string_to_table(email, '@') FROM customers

-- refused COLUMN_MASKED
SELECT id, regexp_matches(ssn, '6') FROM customers

-- refused COLUMN_MASKED
SELECT x FROM customers c, regexp_split_to_table(c.ssn, '') x

-- refused COLUMN_MASKED
SELECT id, generate_series(1, level) FROM customers

-- refused COLUMN_MASKED
SELECT id, generate_series(1, level::int) * 0 FROM customers

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE '7' < ANY (aliases) AND 'p' < ALL (aliases)

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE aliases[1] > 'n'

-- answered
SELECT array_agg(ssn), array_agg(ssn ORDER BY id), array_agg(aliases) FROM customers WHERE id = 1

-- answered
SELECT array_agg(id ORDER BY ssn) FROM customers

-- answered
SELECT string_agg(name, ',' ORDER BY pin) FROM customers

-- answered
SELECT array_agg(name) FILTER (WHERE ssn > '6') FROM customers

-- answered newer
SELECT array_sort(aliases), array_reverse(aliases) FROM customers
