-- answered
SELECT c FROM customers c

-- answered
SELECT customers FROM customers

-- answered
SELECT c.* FROM customers c, orders

-- answered
SELECT ROW(c.*) FROM customers c

-- answered
SELECT ROW(c) FROM customers c

-- answered
SELECT (c.*)::text FROM customers c

-- answered
SELECT c::text FROM customers c

-- answered
SELECT (c).ssn, (c).email || '' FROM customers c

-- answered
SELECT (c).* FROM customers c

-- answered
SELECT c.*::text FROM customers c

-- answered
SELECT c = c, c < c, c IS NULL, c *= c FROM customers c

-- answered
SELECT record_out(c), textin(record_out(c)) FROM customers c

-- answered
SELECT concat(c), format('%s', c), quote_literal(c::text), length(c::text) FROM customers c

-- answered
SELECT md5(c::text), hash_record(c), hash_record_extended(c, 1) FROM customers c

-- answered
SELECT pg_column_size(c), c IS DISTINCT FROM c FROM customers c

-- answered
SELECT row_to_json(c), to_jsonb(c), to_json(c) FROM customers c

-- answered
SELECT to_jsonb(c) ->> 'ssn', to_jsonb(c) -> 'profile' FROM customers c

-- answered
SELECT array_agg(c), json_agg(c), count(c) FROM customers c

-- answered
SELECT (array_agg(c))[1] FROM customers c

-- answered
SELECT ((array_agg(c ORDER BY id))[1]).ssn FROM customers c

-- answered
SELECT max(c::text), min(c::text) FROM customers c

-- answered
SELECT (ARRAY[c])[1].ssn FROM customers c

-- refused COLUMN_MASKED
SELECT unnest(ARRAY[c]) FROM customers c WHERE id = 1

-- refused COLUMN_MASKED
SELECT (unnest(ARRAY[c])).email FROM customers c WHERE id = 1

-- refused COLUMN_MASKED
SELECT id FROM customers c WHERE c::text LIKE '%641%'

-- refused COLUMN_MASKED
SELECT id FROM customers c WHERE c > (SELECT d FROM customers d WHERE d.id = 2)

-- refused COLUMN_MASKED
SELECT id FROM customers c ORDER BY c

-- refused COLUMN_MASKED
SELECT DISTINCT ON (c.*) id FROM customers c WHERE c.ssn > '6'

-- answered
SELECT jsonb_populate_record(NULL::names, to_jsonb(c)) FROM customers c

-- answered
SELECT (jsonb_populate_record(NULL::names, to_jsonb(c))).ssn FROM customers c

-- answered
SELECT (jsonb_populate_record(NULL::customers, to_jsonb(c))).pin FROM customers c

-- refused STATEMENT_UNPROVEN
SELECT x.ssn FROM customers c, jsonb_populate_record(NULL::names, to_jsonb(c)) x

-- answered
SELECT x.ssn FROM customers c, jsonb_to_record(to_jsonb(c)) AS x(ssn text)

-- answered
SELECT COALESCE(c, c), CASE WHEN true THEN c END, NULLIF(c, c) FROM customers c

-- answered
SELECT (SELECT c) FROM customers c

-- answered
SELECT lag(c) OVER (), first_value(c) OVER (ORDER BY id) FROM customers c

-- answered
SELECT p FROM crm.people p

-- answered
SELECT e, e.* FROM events e

-- answered
SELECT e.payload, (e).payload ->> 'card' FROM events_2026 e

-- refused STATEMENT_UNPROVEN
SELECT c.notes FROM customers c

-- answered
SELECT notes(c) FROM customers c

-- answered
SELECT (c).notes FROM customers c

-- refused STATEMENT_UNPROVEN
SELECT c.id FROM customers c WHERE c.notes LIKE 'q%'

-- failed 42703 harmless
SELECT c.text, c.name FROM customers c

-- answered
SELECT hstore_missing FROM (SELECT c AS hstore_missing FROM customers c) x
