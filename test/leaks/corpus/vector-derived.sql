-- answered
SELECT id, embedding <-> '[1,0,0,0]' FROM documents

-- answered
SELECT id, embedding <#> '[1,0,0,0]' FROM documents

-- answered
SELECT id, embedding <=> '[1,0,0,0]' FROM documents

-- answered
SELECT id, embedding <+> '[1,0,0,0]' FROM documents

-- answered
SELECT id, bits <~> B'1111111111111111111100000000000000000000' FROM documents

-- answered
SELECT id, bits <%> B'1111111111111111111100000000000000000000' FROM documents

-- answered
SELECT embedding, half, sparse, bits FROM documents

-- answered
SELECT embedding::real[], embedding::text, embedding::halfvec, embedding::sparsevec FROM documents

-- answered
SELECT half::vector, half::real[], sparse::vector, sparse::text, half::text, bits::text, bits::bit(8) FROM documents

-- answered
SELECT avg(embedding), sum(embedding), avg(half), sum(half) FROM documents

-- answered
SELECT id, avg(embedding), sum(embedding) FROM documents GROUP BY id

-- answered
SELECT avg(embedding) FILTER (WHERE id = 1) FROM documents

-- answered
SELECT avg(embedding) OVER (ORDER BY id ROWS CURRENT ROW) FROM documents

-- answered
SELECT l2_distance(embedding, '[1,0,0,0]'), inner_product(embedding, '[1,0,0,0]'), cosine_distance(embedding, '[1,0,0,0]'), l1_distance(embedding, '[1,0,0,0]') FROM documents

-- answered
SELECT vector_negative_inner_product(embedding, '[1,0,0,0]'), vector_spherical_distance(embedding, '[1,0,0,0]'), vector_l2_squared_distance(embedding, '[1,0,0,0]') FROM documents

-- answered
SELECT hamming_distance(bits, B'1111111111111111111100000000000000000000'), jaccard_distance(bits, B'1111111111111111111100000000000000000000') FROM documents

-- answered harmless
SELECT vector_dims(embedding) FROM documents

-- answered
SELECT vector_norm(embedding), l2_norm(half), l2_norm(sparse), l2_normalize(embedding) FROM documents

-- answered
SELECT subvector(embedding, 1, 2), subvector(half, 2, 1) FROM documents

-- answered
SELECT binary_quantize(embedding), binary_quantize(half), binary_quantize(embedding - '[0.7,0.45,-0.3,0.45]') FROM documents

-- answered
SELECT embedding + '[0,0,0,0]', embedding - '[1,1,1,1]', embedding * '[1,1,1,1]', embedding || '[1]' FROM documents

-- answered
SELECT half + half, half || half, sparse::vector + '[0,0,0,0,0,0,0,0,0]' FROM documents

-- answered
SELECT id, embedding < '[0.5,0,0,0]', embedding >= '[0.7,0,0,0]', embedding <> '[1,0,0,0]', vector_cmp(embedding, '[0.6,0,0,0]') FROM documents

-- answered
SELECT array_agg(embedding ORDER BY id), json_agg(embedding), string_agg(embedding::text, ',') FROM documents

-- answered
SELECT row_to_json(d), to_jsonb(d) -> 'embedding', d::text FROM documents d

-- answered
SELECT d, (d).embedding, (d).half::text FROM documents d

-- answered
SELECT (embedding::real[])[1], (embedding::real[])[2:3] FROM documents

-- answered
SELECT to_json(embedding::real[]), embedding::text::jsonb -> 0 FROM documents

-- answered
SELECT ARRAY[embedding], ARRAY(SELECT embedding FROM documents ORDER BY id) FROM documents WHERE id = 1

-- answered
SELECT vector_send(embedding), halfvec_send(half), sparsevec_send(sparse), vector_out(embedding) FROM documents

-- answered
SELECT coalesce(embedding, '[0,0,0,0]'), nullif(embedding, '[0,0,0,0]'), greatest(embedding, '[0,0,0,0]') FROM documents

-- answered
SELECT CASE WHEN embedding <-> '[1,0,0,0]' < 0.76 THEN 'near' ELSE 'far' END FROM documents

-- answered
SELECT a.id, b.id, a.embedding <-> b.embedding FROM documents a, documents b

-- answered
SELECT d.id, q.id, d.embedding <=> q.wanted FROM documents d, queries q

-- answered
SELECT q.id, x.d FROM queries q, LATERAL (SELECT d.embedding <-> q.wanted AS d FROM documents d) x

-- answered
SELECT (SELECT embedding FROM documents WHERE id = 1), (SELECT embedding <-> '[1,0,0,0]' FROM documents WHERE id = 1)

-- answered
SELECT embedding FROM documents UNION ALL SELECT plain FROM documents

-- answered
SELECT id, d FROM distances

-- answered
SELECT e, e::text FROM search

-- answered
SELECT far(1, '[1,0,0,0]'), far(id, '[0,1,0,0]') FROM documents

-- answered
SELECT 1 - (embedding <=> '[1,0,0,0]') AS similarity, round((embedding <-> '[1,0,0,0]')::numeric, 1) FROM documents

-- answered
SELECT embedding::vector(4), embedding::halfvec(4), CAST(embedding AS vector) FROM documents

-- answered
SELECT half <-> '[1,0,0,0]', sparse <-> '{1:1}/9', sparse <#> '{1:1}/9', half <+> '[0,0,0,0]' FROM documents

-- answered
SELECT get_bit(bits, 0), bit_count(bits), bits & B'1111111100000000000000000000000000000000', substring(bits from 1 for 10), ~bits FROM documents

-- answered
VALUES ((SELECT embedding FROM documents WHERE id = 1))

-- refused COLUMN_MASKED
SELECT unnest(embedding::real[]) FROM documents WHERE id = 1

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE embedding <-> '[1,0,0,0]' < 0.76

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE (embedding <=> '[1,0,0,0]') BETWEEN 0.1 AND 0.29

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE embedding > '[0.7,0,0,0]'

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE (embedding::real[])[1] > 0.7

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE vector_norm(embedding) > 1.001

-- refused COLUMN_MASKED
SELECT id FROM documents WHERE bits <~> B'1111111111111111111100000000000000000000' < 20

-- refused COLUMN_MASKED harmless
SELECT a.id, b.id FROM documents a JOIN documents b ON a.embedding <-> b.embedding < 1.2

-- refused COLUMN_MASKED harmless
SELECT d.id FROM documents d JOIN queries q ON d.embedding < q.wanted

-- refused COLUMN_MASKED harmless
SELECT d.id FROM documents d JOIN queries q ON d.embedding = q.wanted

-- refused COLUMN_MASKED harmless
SELECT id FROM documents WHERE embedding IN (SELECT wanted FROM queries)

-- refused COLUMN_MASKED
SELECT count(*) FROM documents GROUP BY binary_quantize(embedding - '[0.7,0.45,-0.3,0.45]')

-- refused COLUMN_MASKED
SELECT count(*) FROM documents HAVING avg(embedding) > '[0.135,0,0,0]'

-- refused COLUMN_MASKED
SELECT count(*) FROM documents HAVING max(embedding <-> '[1,0,0,0]') > 1.73

-- refused COLUMN_MASKED
SELECT id FROM distances WHERE d < 0.76

-- refused COLUMN_MASKED harmless
SELECT id FROM distances ORDER BY d LIMIT 3

-- refused COLUMN_MASKED
SELECT DISTINCT embedding::halfvec FROM documents

-- refused COLUMN_MASKED
SELECT generate_series(1, (10 * (embedding <-> '[1,0,0,0]'))::int) FROM documents

-- refused COLUMN_MASKED
SELECT id FROM documents LIMIT (SELECT (100 * (embedding <-> '[1,0,0,0]') - 170)::int FROM documents WHERE id = 2)

-- refused STATEMENT_UNPROVEN harmless
SELECT nearest('[1,0,0,0]')

-- failed 22000 harmless
SELECT embedding <-> '[1,0,0]' FROM documents

-- failed 22012 differs
SELECT 1 / (embedding <-> '[1,0,0,0]' > 0.76)::int FROM documents
