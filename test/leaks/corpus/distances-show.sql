-- answered
SELECT * FROM documents ORDER BY embedding <-> '[1,0,0,0]' LIMIT 4

-- answered
SELECT id, embedding, embedding::text, embedding::real[], vector_norm(embedding) FROM documents

-- answered differs
SELECT id, embedding <-> '[1,0,0,0]' AS d, embedding FROM documents ORDER BY d LIMIT 4

-- answered differs
SELECT id, round((1 - (embedding <=> '[1,0,0,0]'))::numeric, 3) AS score, half FROM documents ORDER BY score DESC LIMIT 4

-- answered differs
SELECT id, (embedding <-> '[1,0,0,0]')::text, to_char(embedding <=> '[1,0,0,0]', '0.999') FROM documents

-- answered differs
SELECT min(embedding <-> '[1,0,0,0]'), max(embedding <-> '[1,0,0,0]') FROM documents

-- answered differs
SELECT t FROM documents, generate_series(0, 2, 0.001) t WHERE id = 1 AND embedding <-> '[1,0,0,0]' < t LIMIT 1

-- answered
SELECT id, array_agg(embedding), avg(embedding), sum(embedding) FROM documents GROUP BY id

-- answered
SELECT embedding <-> wanted, embedding <-> plain FROM documents, queries

-- answered
SELECT embedding + '[0,0,0,0]', embedding * '[1,1,1,1]', subvector(embedding, 1, 2), l2_normalize(embedding), binary_quantize(embedding) FROM documents

-- answered
SELECT row_to_json(d), d, to_jsonb(d) -> 'embedding' FROM documents d

-- answered
SELECT id, d FROM distances

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE embedding > '[0.7,0,0,0]'

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE (embedding::real[])[1] > 0.7

-- refused COLUMN_MASKED harmless
SELECT id FROM documents ORDER BY vector_norm(embedding) LIMIT 5

-- refused COLUMN_MASKED harmless
SELECT id FROM documents ORDER BY embedding LIMIT 5

-- refused COLUMN_MASKED
SELECT unnest(embedding::real[]) FROM documents WHERE id = 1

-- refused COLUMN_MASKED
INSERT INTO queries (id, label) SELECT 400 + id, (embedding <-> '[1,0,0,0]')::text FROM documents

-- refused COLUMN_MASKED
UPDATE documents SET topic = (1000 * (embedding <-> '[1,0,0,0]'))::int

-- refused COLUMN_MASKED
CREATE TABLE kept_{n} AS SELECT id, embedding <-> '[1,0,0,0]' AS d FROM documents;
TABLE kept_{n}

-- refused COLUMN_MASKED
SELECT embedding <-> '[1,0,0,0]' AS d INTO kept_{n} FROM documents;
TABLE kept_{n}

-- refused COLUMN_MASKED
SELECT set_config('my.d', (embedding <-> '[1,0,0,0]')::text, false) FROM documents

-- refused COLUMN_MASKED
SELECT pg_notify('leak', (embedding <-> '[1,0,0,0]')::text) FROM documents

-- refused COLUMN_MASKED
SELECT count(*) FROM documents GROUP BY binary_quantize(embedding - '[0.7,0.45,-0.3,0.45]')
