-- refused COLUMN_MASKED
INSERT INTO queries SELECT id + 100, embedding, 'kept' FROM documents

-- refused COLUMN_MASKED
INSERT INTO queries (id, label) SELECT 200 + id, (embedding <-> '[1,0,0,0]')::text FROM documents

-- refused COLUMN_MASKED
UPDATE queries SET wanted = d.embedding FROM documents d WHERE d.id = queries.id

-- refused COLUMN_MASKED
UPDATE documents SET plain = embedding

-- refused COLUMN_MASKED
UPDATE documents SET embedding = half

-- refused COLUMN_MASKED
CREATE TABLE kept_{n} AS SELECT id, embedding FROM documents;
TABLE kept_{n}

-- refused COLUMN_MASKED
CREATE TABLE kept_{n} AS SELECT id, embedding <-> '[1,0,0,0]' AS d FROM documents;
TABLE kept_{n}

-- refused COLUMN_MASKED
CREATE TEMP TABLE kept_{n} AS SELECT id FROM documents ORDER BY embedding <-> '[1,0,0,0]' LIMIT 2;
TABLE kept_{n}

-- refused COLUMN_MASKED
SELECT embedding INTO kept_{n} FROM documents;
TABLE kept_{n}

-- refused STATEMENT_UNPROVEN
CREATE VIEW kept_{n} AS SELECT embedding::text AS e FROM documents;
SELECT e FROM kept_{n}

-- refused STATEMENT_UNPROVEN
CREATE MATERIALIZED VIEW kept_{n} AS SELECT embedding FROM documents;
TABLE kept_{n}

-- refused STATEMENT_UNPROVEN
ALTER TABLE documents ADD COLUMN copy_{n} vector(4) GENERATED ALWAYS AS (embedding * '[1,1,1,1]') STORED;
SELECT copy_{n} FROM documents

-- refused STATEMENT_UNPROVEN
ALTER TABLE documents ALTER COLUMN embedding TYPE real[] USING embedding::real[]

-- refused STATEMENT_UNPROVEN
ALTER TABLE documents ALTER COLUMN plain TYPE vector(4) USING embedding

-- refused STATEMENT_UNPROVEN
CREATE INDEX kept_{n} ON documents USING hnsw ((embedding::halfvec(4)) halfvec_l2_ops)

-- answered harmless
CREATE INDEX kept_{n} ON documents USING hnsw (embedding vector_l2_ops);
DROP INDEX kept_{n}

-- answered harmless
CREATE INDEX kept_{n} ON documents USING ivfflat (half halfvec_cosine_ops) WITH (lists = 1);
DROP INDEX kept_{n}

-- answered harmless
REINDEX INDEX by_cosine

-- answered harmless
REINDEX TABLE documents

-- answered
COPY documents TO STDOUT

-- answered
COPY documents (id, embedding) TO STDOUT (FORMAT binary)

-- answered
COPY (SELECT embedding, embedding <-> '[1,0,0,0]', half, sparse FROM documents) TO STDOUT (FORMAT csv, HEADER)

-- answered once
BEGIN;
DECLARE c CURSOR FOR SELECT id, embedding, embedding <-> '[1,0,0,0]' AS d FROM documents ORDER BY d LIMIT 4;
FETCH 2 FROM c;
FETCH ALL FROM c;
ROLLBACK

-- answered once
BEGIN;
DECLARE c BINARY CURSOR FOR SELECT embedding, half, sparse, embedding::real[] FROM documents;
FETCH ALL FROM c;
ROLLBACK

-- answered once
PREPARE near_{n}(vector) AS SELECT id, embedding, embedding <=> $1 FROM documents ORDER BY embedding <=> $1 LIMIT 4;
EXECUTE near_{n}('[1,0,0,0]');
DEALLOCATE near_{n}

-- answered
UPDATE documents SET title = title WHERE id = 1 RETURNING embedding, embedding <-> '[1,0,0,0]'

-- answered newer
UPDATE documents SET title = title WHERE id = 1 RETURNING old.embedding, new.half::text, old.embedding <-> new.embedding

-- refused COLUMN_MASKED
UPDATE documents SET title = title WHERE embedding <-> '[1,0,0,0]' < 0.8 RETURNING id

-- refused COLUMN_MASKED
DELETE FROM documents WHERE id = 5 AND embedding <-> '[1,0,0,0]' > 2

-- refused COLUMN_MASKED
MERGE INTO queries q USING documents d ON q.id = d.id AND d.embedding <-> '[1,0,0,0]' < 0.8 WHEN MATCHED THEN UPDATE SET label = 'near'

-- answered harmless
EXPLAIN (COSTS off) SELECT id FROM documents ORDER BY embedding <=> '[1,0,0,0]' LIMIT 4

-- refused STATEMENT_UNPROVEN
EXPLAIN (ANALYZE) SELECT id FROM documents ORDER BY embedding <=> '[1,0,0,0]' LIMIT 4

-- answered harmless once
BEGIN;
SET LOCAL hnsw.ef_search = 50;
SET LOCAL ivfflat.probes = 5;
SET LOCAL enable_seqscan = off;
SELECT id FROM documents ORDER BY embedding <=> '[1,0,0,0]' LIMIT 4;
ROLLBACK

-- refused COLUMN_MASKED harmless
SELECT setseed((embedding <-> '[1,0,0,0]') / 4) FROM documents WHERE id = 1

-- refused COLUMN_MASKED
SELECT pg_notify('leak', embedding::text) FROM documents

-- refused COLUMN_MASKED
SELECT set_config('application_name', embedding::text, false) FROM documents
