-- answered
SELECT id, embedding <-> '[1,0,0,0]' AS d FROM documents ORDER BY d LIMIT 4

-- answered
SELECT id, 1 - (embedding <=> '[1,0,0,0]') AS score FROM documents ORDER BY score DESC LIMIT 4

-- answered
SELECT id, (2 - (embedding <=> '[1,0,0,0]')) / 2 AS score, cosine_distance(embedding, '[1,0,0,0]') FROM documents ORDER BY score DESC LIMIT 4

-- answered
SELECT embedding <=> '[1,0,0,0]' < 0.3, round((embedding <=> '[1,0,0,0]')::numeric, 3), (embedding <=> '[1,0,0,0]')::text FROM documents

-- answered
SELECT CASE WHEN embedding <-> '[1,0,0,0]' < 0.76 THEN 'near' ELSE 'far' END FROM documents

-- answered
SELECT width_bucket(embedding <-> '[1,0,0,0]', 0, 2, 1000), width_bucket(embedding <-> '[1,0,0,0]', ARRAY[0.5, 0.76, 1.2]) FROM documents

-- answered
SELECT min(embedding <-> '[1,0,0,0]'), avg(embedding <-> '[1,0,0,0]'), stddev(embedding <-> '[1,0,0,0]'), sum(embedding <=> '[1,0,0,0]') FROM documents

-- answered
SELECT array_agg(embedding <-> '[1,0,0,0]'), json_agg(embedding <-> '[1,0,0,0]'), string_agg((embedding <-> '[1,0,0,0]')::text, ',') FROM documents

-- answered
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY embedding <-> '[1,0,0,0]'), mode() WITHIN GROUP (ORDER BY embedding <-> '[1,0,0,0]') FROM documents

-- answered
SELECT regr_slope(embedding <-> '[1,0,0,0]', id), corr(embedding <-> '[1,0,0,0]', id) FROM documents

-- answered
SELECT id, lag(embedding <-> '[1,0,0,0]') OVER (ORDER BY id), first_value(embedding <-> '[1,0,0,0]') OVER (ORDER BY id) FROM documents

-- answered
SELECT id, avg(embedding <-> '[1,0,0,0]') OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM documents

-- answered harmless
SELECT id, count(*) OVER (ORDER BY embedding <-> '[1,0,0,0]' RANGE BETWEEN 0.01 PRECEDING AND CURRENT ROW) FROM documents

-- answered
SELECT id, percent_rank() OVER (ORDER BY embedding <-> '[1,0,0,0]'), (embedding <-> '[1,0,0,0]') / rank() OVER (ORDER BY id) FROM documents

-- answered
SELECT id, d, d * 2 AS e, d::text || '!' FROM (SELECT id, embedding <-> '[1,0,0,0]' AS d FROM documents) s

-- answered
WITH near AS MATERIALIZED (SELECT id, embedding <-> '[1,0,0,0]' AS d FROM documents ORDER BY d LIMIT 3) SELECT * FROM near ORDER BY d + 0

-- answered
SELECT row_to_json(s), s, to_jsonb(s) -> 'd' FROM (SELECT id, embedding <-> '[1,0,0,0]' AS d FROM documents) s

-- answered
SELECT (s).d, ROW(s.*), ROW(s.d)::text FROM (SELECT id, embedding <-> '[1,0,0,0]' AS d FROM documents) s

-- answered
SELECT (SELECT embedding <-> '[1,0,0,0]' FROM documents WHERE id = 1), (SELECT max(embedding <-> '[1,0,0,0]') FROM documents)

-- answered
SELECT ARRAY(SELECT embedding <-> '[1,0,0,0]' FROM documents ORDER BY id), ARRAY[(SELECT embedding <-> '[1,0,0,0]' FROM documents WHERE id = 2)]

-- answered
SELECT id, embedding <-> '[1,0,0,0]' FROM documents UNION ALL SELECT 0, 0.5

-- answered
SELECT a.id, b.id, a.embedding <-> b.embedding FROM documents a, documents b

-- answered
SELECT q.id, d.id, d.embedding <-> q.wanted FROM documents d, queries q

-- answered
SELECT id, embedding <-> (SELECT embedding FROM documents WHERE id = 1) FROM documents

-- answered
SELECT id, 0.7 * (1 - (embedding <=> '[1,0,0,0]')) + 0.3 * topic AS score FROM documents ORDER BY rank() OVER (ORDER BY embedding <=> '[1,0,0,0]') LIMIT 4

-- answered harmless
SELECT id, 1.0 / (60 + rank() OVER (ORDER BY embedding <=> '[1,0,0,0]')) AS score FROM documents ORDER BY score DESC LIMIT 4

-- answered
SELECT id, greatest(embedding <-> '[1,0,0,0]', 0), coalesce(embedding <-> '[1,0,0,0]', 9), nullif(embedding <-> '[1,0,0,0]', 9) FROM documents

-- answered
SELECT half <-> '[1,0,0,0]', half <=> '[1,0,0,0]', sparse <-> '{1:1}/9', sparse <#> '{1:1}/9' FROM documents

-- answered
SELECT subvector(embedding, 1, 2)::vector(2) <-> '[1,0]', binary_quantize(embedding) <~> B'1000', l2_normalize(embedding) <-> '[1,0,0,0]' FROM documents

-- answered
SELECT format('%s', embedding <-> '[1,0,0,0]'), to_char(embedding <-> '[1,0,0,0]', '9.999999'), concat(embedding <-> '[1,0,0,0]', 1) FROM documents

-- answered
SELECT make_interval(secs => embedding <-> '[1,0,0,0]'), to_timestamp(embedding <-> '[1,0,0,0]'), float8send(embedding <-> '[1,0,0,0]') FROM documents

-- answered
SELECT id, x.d FROM documents, LATERAL (SELECT embedding <-> '[1,0,0,0]' AS d) x

-- answered
SELECT id, d FROM (SELECT id, embedding <-> '[1,0,0,0]' FROM documents) s (id, d)

-- answered
SELECT * FROM (SELECT embedding <-> '[1,0,0,0]' AS one FROM documents WHERE id = 1) a NATURAL JOIN (SELECT 1 AS two) b

-- answered newer
SELECT JSON_OBJECT('d': embedding <-> '[1,0,0,0]'), JSON_ARRAY(embedding <=> '[1,0,0,0]') FROM documents

-- answered differs
SELECT id FROM documents WHERE embedding <=> '[1,0,0,0]' BETWEEN 0.271 AND 0.29

-- answered differs
SELECT count(*) FILTER (WHERE embedding <=> '[1,0,0,0]' < 0.28) FROM documents

-- answered differs
SELECT topic FROM documents GROUP BY topic HAVING min(embedding <=> '[1,0,0,0]') < 0.28

-- refused COLUMN_MASKED
SELECT t FROM documents, generate_series(0, 2, 0.0001) t WHERE id = 1 AND embedding <-> '[1,0,0,0]' < t LIMIT 1

-- refused COLUMN_MASKED
SELECT min(t) FROM documents JOIN generate_series(0, 2, 0.0001) t ON embedding <-> '[1,0,0,0]' < t WHERE id = 1

-- refused COLUMN_MASKED
SELECT t FROM documents, generate_series(0, 2, 0.001) t WHERE id = 1 ORDER BY abs((embedding <-> '[1,0,0,0]') - t) LIMIT 1

-- refused COLUMN_MASKED
SELECT id, (SELECT count(*) FROM generate_series(0, 2, 0.001) t WHERE t < embedding <-> '[1,0,0,0]') FROM documents

-- refused COLUMN_MASKED
SELECT id, x.n FROM documents, LATERAL (SELECT count(*) AS n FROM generate_series(0, 2, 0.001) t WHERE t < embedding <-> '[1,0,0,0]') x

-- refused COLUMN_MASKED
WITH RECURSIVE halves (low, high, n) AS (SELECT 0::float8, 2::float8, 0 UNION ALL SELECT CASE WHEN d.embedding <-> '[1,0,0,0]' < (low + high) / 2 THEN low ELSE (low + high) / 2 END, CASE WHEN d.embedding <-> '[1,0,0,0]' < (low + high) / 2 THEN (low + high) / 2 ELSE high END, n + 1 FROM halves, documents d WHERE d.id = 1 AND n < 30 AND d.embedding <-> '[1,0,0,0]' < high) SELECT low FROM halves WHERE n = 30

-- refused COLUMN_MASKED
SELECT repeat('x', 1) FROM documents, generate_series(1, (1000 * (embedding <-> '[1,0,0,0]'))::int) WHERE id = 1

-- refused COLUMN_MASKED
SELECT generate_series(1, (1000 * (embedding <-> '[1,0,0,0]'))::int) FROM documents WHERE id = 1

-- refused COLUMN_MASKED
SELECT g FROM generate_series(1, 2000) g LIMIT (SELECT (1000 * (embedding <-> '[1,0,0,0]'))::int FROM documents WHERE id = 1)

-- refused COLUMN_MASKED
SELECT g FROM generate_series(1, 2000) g OFFSET (SELECT (1000 * (embedding <-> '[1,0,0,0]'))::int FROM documents WHERE id = 1)

-- refused COLUMN_MASKED harmless
SELECT count(*) FROM documents GROUP BY round((embedding <-> '[1,0,0,0]')::numeric, 2)

-- refused COLUMN_MASKED
SELECT DISTINCT topic, (embedding <-> '[1,0,0,0]') < 0.76 FROM documents

-- refused COLUMN_MASKED harmless
SELECT id FROM documents ORDER BY (embedding <-> '[1,0,0,0]')::text LIMIT 5

-- refused COLUMN_MASKED
SELECT id, d FROM distances WHERE d < 0.76

-- refused COLUMN_MASKED harmless
SELECT id FROM documents WHERE (embedding <-> '[1,0,0,0]')::text LIKE '0.7%'

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE get_bit(float8send(embedding <-> '[1,0,0,0]'), 20) = 1

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE make_interval(0, 0, 0, 0, 0, 0, embedding <-> '[1,0,0,0]') < '00:00:00.76'

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE embedding <-> '[1,0,0,0]' < current_setting('seq_page_cost')::float8 * 0.76

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE embedding <-> '[1,0,0,0]' < ANY (ARRAY[0.2, 0.76])

-- refused COLUMN_MASKED harmless
SELECT id FROM documents WHERE (embedding <-> '[1,0,0,0]') IN (SELECT 0.74845 UNION ALL SELECT 0.5)

-- refused COLUMN_MASKED
SELECT d.id FROM documents d JOIN queries q ON d.embedding <-> q.wanted < 0.76

-- refused COLUMN_MASKED harmless
SELECT a.id FROM documents a JOIN documents b ON a.embedding <-> b.embedding < 1.5

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE embedding > '[0.7,0,0,0]'

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE (embedding::real[])[1] > 0.7

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE vector_norm(embedding - '[1,0,0,0]') < 0.76

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE embedding - '[1,0,0,0]' <-> '[0,0,0,0]' < 0.76

-- refused COLUMN_MASKED harmless
SELECT id FROM (SELECT id, embedding <-> '[1,0,0,0]' AS d FROM documents UNION ALL SELECT 0, 0.71) u ORDER BY d LIMIT 5

-- refused COLUMN_MASKED harmless
SELECT id, rank() OVER (ORDER BY d) FROM (SELECT id, embedding <-> '[1,0,0,0]' AS d FROM documents UNION ALL SELECT 0, 0.71) u

-- refused COLUMN_MASKED harmless
SELECT id FROM (SELECT id, embedding FROM documents UNION ALL SELECT 9, '[0.7,0.4,0,0]') u ORDER BY embedding <-> '[1,0,0,0]' LIMIT 5

-- refused COLUMN_MASKED harmless
SELECT id FROM documents WHERE (embedding <-> '[1,0,0,0]') < random()

-- refused COLUMN_MASKED
INSERT INTO queries (id, label) SELECT 300 + id, (embedding <-> '[1,0,0,0]')::text FROM documents

-- refused COLUMN_MASKED
UPDATE documents SET title = title WHERE embedding <-> '[1,0,0,0]' < 0.72 RETURNING id

-- refused COLUMN_MASKED
DELETE FROM queries USING documents d WHERE d.embedding <-> '[1,0,0,0]' < 0.72

-- refused COLUMN_MASKED
CREATE TABLE kept_{n} AS SELECT id FROM documents WHERE embedding <-> '[1,0,0,0]' < 0.72;
TABLE kept_{n}

-- refused COLUMN_MASKED
SELECT id, embedding <-> '[1,0,0,0]' AS d INTO kept_{n} FROM documents;
TABLE kept_{n}

-- refused COLUMN_MASKED
SELECT set_config('my.d', (embedding <-> '[1,0,0,0]')::text, false) FROM documents

-- refused COLUMN_MASKED
SELECT pg_notify('leak', (embedding <-> '[1,0,0,0]')::text) FROM documents

-- refused COLUMN_MASKED
SELECT pg_sleep(embedding <-> '[1,0,0,0]') FROM documents WHERE id = 1

-- refused COLUMN_MASKED harmless
SELECT pg_advisory_lock((1000000 * (embedding <-> '[1,0,0,0]'))::int) FROM documents WHERE id = 1

-- refused STATEMENT_UNPROVEN
EXPLAIN ANALYZE SELECT id FROM documents WHERE embedding <-> '[1,0,0,0]' < 0.72

-- answered harmless
EXPLAIN SELECT id FROM documents WHERE embedding <=> '[1,0,0,0]' < 0.28

-- refused VECTOR_CAP differs
SELECT id FROM documents ORDER BY 1 - (embedding <-> '[1,0.5,0,0]') LIMIT 101

-- refused VECTOR_CAP harmless
SELECT id FROM documents ORDER BY 0.7 * (embedding <-> '[1,0.5,0,0]') + 0.3 * topic

-- failed 22012 differs
SELECT 1 / ((embedding <=> '[1,0,0,0]') > 0.28)::int FROM documents
