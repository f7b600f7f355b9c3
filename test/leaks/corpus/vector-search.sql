-- answered harmless
SELECT id, title FROM documents ORDER BY embedding <-> '[1,0.5,0,0]' LIMIT 4

-- answered
-- with: [1,0.5,0,0]
SELECT id, embedding FROM documents ORDER BY embedding <-> $1::vector LIMIT 4

-- answered harmless
SELECT id, title FROM documents ORDER BY embedding <#> '[1,0.5,0,0]' LIMIT 4

-- answered
-- with: [1,0.5,0,0]
SELECT id, embedding FROM documents ORDER BY embedding <#> $1::vector LIMIT 4

-- answered harmless
SELECT id, title FROM documents ORDER BY embedding <=> '[1,0.5,0,0]' LIMIT 4

-- answered
-- with: [1,0.5,0,0]
SELECT id, embedding FROM documents ORDER BY embedding <=> $1::vector LIMIT 4

-- answered harmless
SELECT id, title FROM documents ORDER BY embedding <+> '[1,0.5,0,0]' LIMIT 4

-- answered
-- with: [1,0.5,0,0]
SELECT id, embedding FROM documents ORDER BY embedding <+> $1::vector LIMIT 4

-- answered harmless
SELECT id FROM documents ORDER BY bits <~> B'1111111111111111111100000000000000000000' LIMIT 4

-- answered differs
SELECT id FROM documents ORDER BY bits <%> B'1111111111111111111100000000000000000000' LIMIT 4

-- answered
SELECT id, half FROM documents ORDER BY half <=> '[1,0,0,0]' LIMIT 4

-- answered
SELECT id, sparse FROM documents ORDER BY sparse <-> '{1:1}/9' LIMIT 4

-- answered harmless
SELECT id FROM documents ORDER BY embedding::halfvec(4) <=> '[1,0,0,0]' LIMIT 4

-- answered harmless
SELECT id FROM documents ORDER BY '[1,0,0,0]' <-> embedding LIMIT 4

-- answered harmless
SELECT id FROM documents WHERE topic = 1 ORDER BY embedding <=> '[1,0,0,0]' LIMIT 4

-- answered
SELECT * FROM documents ORDER BY embedding <-> '[1,0,0,0]' LIMIT 4

-- answered
SELECT id, e FROM search ORDER BY e <-> '[1,0,0,0]' LIMIT 4

-- answered
WITH near AS (SELECT id, embedding FROM documents ORDER BY embedding <-> '[1,0,0,0]' LIMIT 4) SELECT * FROM near

-- answered
WITH near AS MATERIALIZED (SELECT id, embedding <-> '[1,0,0,0]' AS d FROM documents ORDER BY d LIMIT 4) SELECT id, d FROM near

-- answered
SELECT id, embedding <-> '[1,0,0,0]' AS d FROM documents ORDER BY d LIMIT 4

-- answered
SELECT id, embedding <-> '[1,0,0,0]' FROM documents ORDER BY 2 LIMIT 4

-- answered harmless
SELECT id FROM (SELECT id, embedding <-> '[1,0,0,0]' AS d FROM documents) x ORDER BY d LIMIT 4

-- refused VECTOR_CAP differs
SELECT id FROM documents ORDER BY embedding <-> '[1,0,0,0]' LIMIT 101

-- refused VECTOR_CAP harmless
SELECT id FROM documents ORDER BY embedding <-> '[1,0,0,0]'

-- refused VECTOR_CAP harmless
SELECT id FROM documents ORDER BY embedding <-> '[1,0,0,0]' LIMIT ALL

-- refused VECTOR_CAP harmless
SELECT id FROM documents ORDER BY embedding <-> '[1,0,0,0]' LIMIT 5 + 5

-- refused VECTOR_CAP harmless
SELECT id FROM documents ORDER BY embedding <-> '[1,0,0,0]' FETCH FIRST 5 ROWS WITH TIES

-- refused VECTOR_CAP harmless
-- with: 101
SELECT id FROM documents ORDER BY embedding <-> '[1,0,0,0]' LIMIT $1::int

-- refused COLUMN_MASKED
SELECT a.id, b.id FROM documents a, documents b WHERE a.id < b.id ORDER BY a.embedding <-> b.embedding LIMIT 5

-- refused COLUMN_MASKED
SELECT d.id, q.id FROM documents d, queries q ORDER BY d.embedding <-> q.wanted LIMIT 5

-- refused COLUMN_MASKED
SELECT id FROM documents ORDER BY embedding <-> (SELECT embedding FROM documents WHERE id = 1) LIMIT 5

-- refused COLUMN_MASKED
SELECT q.label, n.id FROM queries q, LATERAL (SELECT id FROM documents d ORDER BY d.embedding <-> q.wanted LIMIT 1) n

-- refused COLUMN_MASKED
SELECT a.id, n.id FROM documents a, LATERAL (SELECT id FROM documents d ORDER BY d.embedding <-> a.embedding LIMIT 2) n

-- refused COLUMN_MASKED
SELECT id FROM documents ORDER BY embedding <-> plain LIMIT 5

-- refused COLUMN_MASKED
SELECT id FROM documents ORDER BY (embedding <-> '[1,0,0,0]') > 1 LIMIT 5

-- refused COLUMN_MASKED
SELECT id FROM documents ORDER BY round((embedding <-> '[1,0,0,0]')::numeric, 1) LIMIT 5

-- refused COLUMN_MASKED
SELECT id FROM documents ORDER BY l2_distance(embedding, '[1,0,0,0]') LIMIT 5

-- refused COLUMN_MASKED
SELECT id FROM documents ORDER BY subvector(embedding, 1, 1)::vector(1) <-> '[0]' LIMIT 5

-- refused COLUMN_MASKED
SELECT id FROM documents ORDER BY embedding LIMIT 5

-- refused COLUMN_MASKED
SELECT id FROM documents ORDER BY embedding USING < LIMIT 5

-- refused COLUMN_MASKED
SELECT id FROM documents ORDER BY vector_norm(embedding) LIMIT 5

-- refused COLUMN_MASKED
SELECT id, rank() OVER (ORDER BY embedding <-> '[1,0,0,0]') FROM documents

-- refused COLUMN_MASKED
SELECT DISTINCT ON (embedding <-> '[1,0,0,0]') id FROM documents

-- refused COLUMN_MASKED
SELECT count(*) FROM documents GROUP BY embedding <-> '[1,0,0,0]'

-- refused COLUMN_MASKED
SELECT id FROM documents ORDER BY embedding <-> '[1,0,0,0]', embedding <-> '[0,1,0,0]' + embedding LIMIT 5

-- answered
SELECT array_agg(id ORDER BY embedding <-> '[1,0,0,0]') FROM documents
