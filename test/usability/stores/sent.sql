-- What stores for vectors send, in the form in which they send it. The lines below a name say what becomes of it under each
-- right to distances (`answered` where nothing is said), what the parameters are, and which columns are made of a distance.

-- @ Spring AI, PgVectorStore.doSimilaritySearch, COSINE_DISTANCE
-- hide: COLUMN_MASKED
-- with: ["[1,0.2,0.5]", "[1,0.2,0.5]", 0.9, 5]
-- distances: distance
SELECT *, embedding <=> $1 AS distance FROM public.vector_store WHERE embedding <=> $2 < $3  ORDER BY distance LIMIT $4 

-- @ Spring AI, with a filter on metadata
-- hide: COLUMN_MASKED
-- with: ["[1,0.2,0.5]", "[1,0.2,0.5]", 1.1, 5]
-- distances: distance
SELECT *, embedding <=> $1 AS distance FROM public.vector_store WHERE embedding <=> $2 < $3  AND metadata::jsonb @@ '$.lang == "en"'::jsonpath  ORDER BY distance LIMIT $4 

-- @ Spring AI, NEGATIVE_INNER_PRODUCT
-- hide: COLUMN_MASKED
-- with: ["[1,0.2,0.5]", "[1,0.2,0.5]", 0.9, 5]
-- distances: distance
SELECT *, (1 + (embedding <#> $1)) AS distance FROM public.vector_store WHERE (1 + (embedding <#> $2)) < $3  ORDER BY distance LIMIT $4 

-- @ Spring AI, EUCLIDEAN_DISTANCE
-- hide: COLUMN_MASKED
-- with: ["[1,0.2,0.5]", "[1,0.2,0.5]", 3, 5]
-- distances: distance
SELECT *, embedding <-> $1 AS distance FROM public.vector_store WHERE embedding <-> $2 < $3  ORDER BY distance LIMIT $4 

-- @ LangChain4j 1.0, PgVectorEmbeddingStore.search
-- hide: COLUMN_MASKED
-- distances: score
SELECT (2 - (embedding <=> '[1.0, 0.2, 0.5]')) / 2 AS score, embedding_id, embedding, text, metadata FROM embeddings WHERE round(cast(float8 (embedding <=> '[1.0, 0.2, 0.5]') as numeric), 8) <= round(2 - 2 * 0.5, 8) ORDER BY embedding <=> '[1.0, 0.2, 0.5]' LIMIT 5;

-- @ LangChain4j 0.35, with a filter
-- hide: COLUMN_MASKED
-- distances: score
WITH temp AS (SELECT (2 - (embedding <=> '[1.0, 0.2, 0.5]')) / 2 AS score, embedding_id, embedding, text, metadata FROM embeddings WHERE (metadata->>'lang')::text is not null and (metadata->>'lang')::text = 'en') SELECT * FROM temp WHERE score >= 0.5 ORDER BY score desc LIMIT 5;

-- @ langchain-postgres PGVector, similarity_search_with_score
-- with: ["[1,0.2,0.5]", "5f3a63e4-8c6e-4e0e-9d3c-2f8b4a0e1c77", 4]
-- distances: distance
SELECT langchain_pg_embedding.id AS langchain_pg_embedding_id, langchain_pg_embedding.collection_id AS langchain_pg_embedding_collection_id, langchain_pg_embedding.embedding AS langchain_pg_embedding_embedding, langchain_pg_embedding.document AS langchain_pg_embedding_document, langchain_pg_embedding.cmetadata AS langchain_pg_embedding_cmetadata, langchain_pg_embedding.embedding <=> $1 AS distance
FROM langchain_pg_embedding JOIN langchain_pg_collection ON langchain_pg_embedding.collection_id = langchain_pg_collection.uuid
WHERE langchain_pg_embedding.collection_id = $2::UUID ORDER BY distance ASC
 LIMIT $3::INTEGER

-- @ langchain-postgres PGVector, with a filter
-- with: ["[1,0.2,0.5]", "5f3a63e4-8c6e-4e0e-9d3c-2f8b4a0e1c77", "$.lang == $value", "{\"value\": \"en\"}", 4]
-- distances: distance
SELECT langchain_pg_embedding.id, langchain_pg_embedding.document, langchain_pg_embedding.cmetadata, langchain_pg_embedding.embedding <=> $1 AS distance
FROM langchain_pg_embedding JOIN langchain_pg_collection ON langchain_pg_embedding.collection_id = langchain_pg_collection.uuid
WHERE langchain_pg_embedding.collection_id = $2::UUID AND jsonb_path_match(langchain_pg_embedding.cmetadata, CAST($3::VARCHAR AS JSONPATH), CAST($4::VARCHAR AS JSONB)) ORDER BY distance ASC
 LIMIT $5::INTEGER

-- @ langchain-postgres PGVectorStore, the distance by a function
-- with: ["[1,0.2,0.5]", 4]
-- distances: distance
SELECT "langchain_id", "content", "embedding", "langchain_metadata", cosine_distance("embedding", $1) as distance
        FROM "public"."langchain_docs"  ORDER BY "embedding" <=> $1 LIMIT $2;

-- @ langchain-postgres PGVectorStore, hybrid search, its sparse half
-- with: ["text", 4]
SELECT "langchain_id", "content", "embedding", "langchain_metadata", ts_rank_cd(to_tsvector('pg_catalog.english', "content"), plainto_tsquery('pg_catalog.english', $1)) as distance FROM "public"."langchain_docs" WHERE to_tsvector('pg_catalog.english', "content") @@ plainto_tsquery('pg_catalog.english', $1)  ORDER BY distance desc, langchain_id LIMIT $2;

-- @ LangChain JS, PGVectorStore.similaritySearchVectorWithScore
-- with: ["[1,0.2,0.5]", 4, "en"]
-- distances: _distance
SELECT *, "embedding" <=> $1 as "_distance"
      FROM vector_store
      WHERE metadata->>'lang' = $3
      ORDER BY "_distance" ASC
      LIMIT $2;

-- @ LangChain notebooks, a score to sort by
-- hide: COLUMN_MASKED
-- with: ["[1,0.2,0.5]"]
-- distances: score
SELECT id, content, 1 - (embedding <=> $1) AS score FROM vector_store ORDER BY score DESC LIMIT 5

-- @ LangChain notebooks, a score to choose by
-- hide: COLUMN_MASKED
-- with: ["[1,0.2,0.5]", 0.3]
-- distances: similarity
SELECT id, content, 1 - (embedding <=> $1::vector) AS similarity FROM vector_store WHERE 1 - (embedding <=> $1::vector) > $2 ORDER BY similarity DESC LIMIT 5

-- @ LlamaIndex, PGVectorStore with hnsw_kwargs
-- transaction: SET LOCAL hnsw.ef_search = 40
-- with: ["[1,0.2,0.5]", 2]
-- distances: distance
SELECT public.data_llamaindex.id, public.data_llamaindex.node_id, public.data_llamaindex.text, public.data_llamaindex.metadata_, public.data_llamaindex.embedding <=> $1 AS distance
FROM public.data_llamaindex ORDER BY distance asc
 LIMIT $2::INTEGER

-- @ LlamaIndex, hybrid search, its sparse half
-- with: ["text|seven", 2]
SELECT public.data_llamaindex.id, public.data_llamaindex.node_id, public.data_llamaindex.text, public.data_llamaindex.metadata_, ts_rank(public.data_llamaindex.text_search_tsv, to_tsquery('english', $1::VARCHAR)) AS rank
FROM public.data_llamaindex WHERE (public.data_llamaindex.text_search_tsv @@ to_tsquery('english', $1::VARCHAR)) ORDER BY rank DESC, id
 LIMIT $2::INTEGER

-- @ LlamaIndex, a filter on metadata
-- with: ["[1,0.2,0.5]", "en", 2]
-- distances: distance
SELECT public.data_llamaindex.id, public.data_llamaindex.node_id, public.data_llamaindex.text, public.data_llamaindex.metadata_, public.data_llamaindex.embedding <=> $1 AS distance
FROM public.data_llamaindex WHERE metadata_->>'lang' = $2 ORDER BY distance asc
 LIMIT $3::INTEGER

-- @ Haystack, PgvectorEmbeddingRetriever, cosine_similarity
-- hide: COLUMN_MASKED
-- with: ["en"]
-- distances: score
SELECT *, 1 - (embedding <=> '[1,0.2,0.5]') AS score FROM "public"."haystack_documents" WHERE meta->>'lang' = $1 ORDER BY score DESC LIMIT 5

-- @ Haystack, inner_product
-- hide: COLUMN_MASKED
-- distances: score
SELECT *, (embedding <#> '[1,0.2,0.5]') * -1 AS score FROM "public"."haystack_documents" ORDER BY score DESC LIMIT 5

-- @ Haystack, l2_distance
-- distances: score
SELECT *, embedding <-> '[1,0.2,0.5]' AS score FROM "public"."haystack_documents" ORDER BY score ASC LIMIT 5

-- @ Haystack, PgvectorKeywordRetriever
-- with: ["text"]
SELECT *, ts_rank_cd(to_tsvector('english', content), query) AS score FROM "public"."haystack_documents", plainto_tsquery('english', $1) query WHERE to_tsvector('english', content) @@ query ORDER BY score DESC, id LIMIT 5

-- @ mem0, PGVector.search
-- with: ["[1,0.2,0.5]", "lang", "en", 5]
-- distances: distance
SELECT id, vector <=> $1::vector AS distance, payload
                FROM mem0
                WHERE payload->>$2 = $3
                ORDER BY distance
                LIMIT $4

-- @ Vercel AI, Drizzle with cosineDistance and gt
-- hide: COLUMN_MASKED
-- with: ["[1,0.2,0.5]", "[1,0.2,0.5]", 0.3, "[1,0.2,0.5]", 4]
-- distances: similarity
select "content", 1 - ("embedding" <=> $1) as "similarity" from "items" where 1 - ("embedding" <=> $2) > $3 order by 1 - ("embedding" <=> $4) desc limit $5

-- @ Drizzle, order by l2Distance
-- with: ["[1,0.2,0.5]", 5]
select "id", "content" from "items" order by "embedding" <-> $1 limit $2

-- @ Prisma, $queryRaw
-- with: ["[1,0.2,0.5]"]
-- distances: distance
SELECT id, content, "embedding" <=> $1::vector AS distance FROM items ORDER BY distance LIMIT 5

-- @ TypeORM, QueryBuilder
-- with: ["[1,0.2,0.5]"]
-- distances: distance
SELECT "item"."id" AS "item_id", "item"."content" AS "item_content", "item"."embedding" <-> $1 AS "distance" FROM "items" "item" ORDER BY "distance" ASC LIMIT 5

-- @ pgvector-node
-- with: ["[1,0.2,0.5]"]
SELECT * FROM items ORDER BY embedding <-> $1 LIMIT 5

-- @ R2R, semantic search
-- with: ["[1,0.2,0.5]", 5, 0]
-- distances: distance
SELECT chunks.id, chunks.document_id, chunks.owner_id, chunks.collection_ids, chunks.text, chunks.metadata, (chunks.vec <=> $1::vector(3)) AS distance FROM public.chunks ORDER BY (chunks.vec <=> $1::vector(3)) LIMIT $2 OFFSET $3

-- @ R2R, full text search
-- with: ["text", 5]
SELECT id, document_id, text, metadata, ts_rank(fts, websearch_to_tsquery('english', $1), 32) as rank FROM public.chunks WHERE fts @@ websearch_to_tsquery('english', $1) ORDER BY rank DESC, id LIMIT $2

-- @ Supabase, match_documents in SQL
-- hide: STATEMENT_UNPROVEN
-- compare: STATEMENT_UNPROVEN
-- show: STATEMENT_UNPROVEN
-- with: ["[1,0.2,0.5]", 0.3, 5]
SELECT * FROM match_documents($1, $2, $3)

-- @ Supabase, match_documents in PL/pgSQL
-- hide: STATEMENT_UNPROVEN
-- compare: STATEMENT_UNPROVEN
-- show: STATEMENT_UNPROVEN
-- with: ["[1,0.2,0.5]", 5]
SELECT * FROM match_documents_plpgsql($1, $2)

-- @ README of pgvector: the nearest to a vector
SELECT * FROM items ORDER BY embedding <-> '[3,1,2]' LIMIT 5;

-- @ README: the nearest to a row
-- hide: COLUMN_MASKED
SELECT id, content FROM items WHERE id != 1 ORDER BY embedding <-> (SELECT embedding FROM items WHERE id = 1) LIMIT 5;

-- @ README: rows within a certain distance
-- hide: COLUMN_MASKED
SELECT id, content FROM items WHERE embedding <-> '[3,1,2]' < 3 ORDER BY id;

-- @ README: the distance
-- distances: distance
SELECT id, embedding <-> '[3,1,2]' AS distance FROM items ORDER BY id;

-- @ README: the inner product
-- distances: inner_product
SELECT id, (embedding <#> '[3,1,2]') * -1 AS inner_product FROM items ORDER BY id;

-- @ README: cosine similarity
-- distances: cosine_similarity
SELECT id, 1 - (embedding <=> '[3,1,2]') AS cosine_similarity FROM items ORDER BY id;

-- @ README: average vectors
-- computed: avg
SELECT AVG(embedding) FROM items;

-- @ README: average groups of vectors
-- computed: avg
SELECT category_id, AVG(embedding) FROM items GROUP BY category_id ORDER BY category_id;

-- @ README: filtering
SELECT id, content FROM items WHERE category_id = 1 ORDER BY embedding <-> '[3,1,2]' LIMIT 5;

-- @ README: iterative scans in strict order
-- transaction: SET LOCAL hnsw.iterative_scan = strict_order
SELECT id, content FROM items WHERE category_id = 1 ORDER BY embedding <-> '[3,1,2]' LIMIT 5;

-- @ README: iterative scans in relaxed order, sorted again
-- hide: COLUMN_MASKED
-- transaction: SET LOCAL hnsw.iterative_scan = relaxed_order
-- distances: distance
WITH relaxed_results AS MATERIALIZED (
    SELECT id, embedding <-> '[1,2,3]' AS distance FROM items WHERE category_id = 1 ORDER BY distance LIMIT 5
) SELECT * FROM relaxed_results ORDER BY distance + 0;

-- @ README: iterative scans, filtered by distance outside
-- hide: COLUMN_MASKED
-- transaction: SET LOCAL hnsw.iterative_scan = relaxed_order
-- distances: distance
WITH nearest_results AS MATERIALIZED (
    SELECT id, embedding <-> '[1,2,3]' AS distance FROM items ORDER BY distance LIMIT 5
) SELECT * FROM nearest_results WHERE distance < 5 ORDER BY distance;

-- @ README: half-precision indexing
SELECT id FROM items ORDER BY embedding::halfvec(3) <-> '[1,2,3]' LIMIT 5;

-- @ README: binary quantization, and ranked again
-- hide: COLUMN_MASKED
SELECT id FROM (
    SELECT * FROM items ORDER BY binary_quantize(embedding)::bit(3) <~> binary_quantize('[1,-2,3]'::vector), id LIMIT 10
) ORDER BY embedding <=> '[1,-2,3]' LIMIT 5;

-- @ README: subvectors, and ranked again
-- hide: COLUMN_MASKED
SELECT id FROM (
    SELECT * FROM items ORDER BY subvector(embedding, 1, 2)::vector(2) <=> subvector('[1,2,3]'::vector, 1, 2) LIMIT 10
) ORDER BY embedding <=> '[1,2,3]' LIMIT 5;

-- @ README: full-text search
-- with: ["text"]
SELECT id, content FROM items, plainto_tsquery($1) query
    WHERE to_tsvector('english', content) @@ query ORDER BY ts_rank_cd(to_tsvector('english', content), query) DESC, id LIMIT 5;

-- @ README, pgvector-python: hybrid search with reciprocal rank fusion
-- hide: COLUMN_MASKED
-- with: ["[1,0.2,0.5]", "text", 60]
-- distances: score
WITH semantic_search AS (
    SELECT id, RANK () OVER (ORDER BY embedding <=> $1) AS rank
    FROM items
    ORDER BY embedding <=> $1
    LIMIT 20
),
keyword_search AS (
    SELECT id, RANK () OVER (ORDER BY ts_rank_cd(to_tsvector('english', content), query) DESC)
    FROM items, plainto_tsquery('english', $2) query
    WHERE to_tsvector('english', content) @@ query
    ORDER BY ts_rank_cd(to_tsvector('english', content), query) DESC
    LIMIT 20
)
SELECT
    COALESCE(semantic_search.id, keyword_search.id) AS id,
    COALESCE(1.0 / ($3::float8 + semantic_search.rank), 0.0) +
    COALESCE(1.0 / ($3::float8 + keyword_search.rank), 0.0) AS score
FROM semantic_search
FULL OUTER JOIN keyword_search ON semantic_search.id = keyword_search.id
ORDER BY score DESC
LIMIT 5

-- @ Supabase, hybrid search by weights, as a query
-- hide: COLUMN_MASKED
-- with: ["[1,0.2,0.5]", "text"]
-- distances: score
SELECT id, content, 0.7 * (1 - (embedding <=> $1)) + 0.3 * ts_rank(to_tsvector('english', content), plainto_tsquery('english', $2)) AS score FROM items ORDER BY score DESC LIMIT 5

-- @ the nearest to each of several vectors
-- hide: COLUMN_MASKED
-- with: ["{\"[1,0.2,0.5]\",\"[3,1,2]\"}"]
-- distances: distance
SELECT q.n, x.id, x.distance FROM unnest($1::vector[]) WITH ORDINALITY q (v, n) CROSS JOIN LATERAL (SELECT id, embedding <=> q.v AS distance FROM items ORDER BY embedding <=> q.v LIMIT 2) x ORDER BY q.n, x.distance

-- @ the best chunk of each document
-- hide: COLUMN_MASKED
-- with: ["[1,0.2,0.5]"]
-- distances: best
SELECT category_id, min(embedding <=> $1) AS best FROM items GROUP BY category_id ORDER BY best LIMIT 5

-- @ a percentage to sort by
-- hide: COLUMN_MASKED
-- with: ["[1,0.2,0.5]"]
-- distances: match
SELECT id, round((100 * (1 - (embedding <=> $1)))::numeric, 1) AS match FROM items ORDER BY 1 - (embedding <=> $1) DESC LIMIT 5
