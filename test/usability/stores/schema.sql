-- Tables as the stores make them, each with a dozen rows in which no two distances are the same.
CREATE TABLE vector_store (id uuid PRIMARY KEY, content text, metadata json, embedding vector(3));
INSERT INTO vector_store SELECT md5(i::text)::uuid, 'text ' || i, json_build_object('lang', CASE i % 2 WHEN 0 THEN 'en' ELSE 'de' END, 'n', i),
  ARRAY[sin(i), cos(i * 2.1), i / 7.0]::vector FROM generate_series(1, 12) i;
CREATE INDEX ON vector_store USING hnsw (embedding vector_cosine_ops);

CREATE TABLE embeddings (embedding_id uuid PRIMARY KEY, embedding vector(3), text text, metadata json);
INSERT INTO embeddings SELECT id, embedding, content, metadata FROM vector_store;

CREATE TABLE langchain_pg_collection (uuid uuid PRIMARY KEY, name varchar UNIQUE, cmetadata json);
CREATE TABLE langchain_pg_embedding (id varchar PRIMARY KEY, collection_id uuid REFERENCES langchain_pg_collection,
  embedding vector, document varchar, cmetadata jsonb);
INSERT INTO langchain_pg_collection VALUES ('5f3a63e4-8c6e-4e0e-9d3c-2f8b4a0e1c77', 'docs', '{}');
INSERT INTO langchain_pg_embedding SELECT id::text, '5f3a63e4-8c6e-4e0e-9d3c-2f8b4a0e1c77', embedding, content, metadata::jsonb FROM vector_store;

CREATE TABLE langchain_docs (langchain_id uuid PRIMARY KEY, content text NOT NULL, embedding vector(3) NOT NULL, langchain_metadata json);
INSERT INTO langchain_docs SELECT id, content, embedding, metadata FROM vector_store;

CREATE TABLE data_llamaindex (id bigserial PRIMARY KEY, text varchar NOT NULL, metadata_ json, node_id varchar, embedding vector(3),
  text_search_tsv tsvector GENERATED ALWAYS AS (to_tsvector('english', text)) STORED);
INSERT INTO data_llamaindex (text, metadata_, node_id, embedding)
  SELECT content, metadata, 'node ' || (metadata ->> 'n'), embedding FROM vector_store ORDER BY content;

CREATE TABLE haystack_documents (id varchar PRIMARY KEY, embedding vector(3), content text, blob_data bytea, blob_meta jsonb, blob_mime_type varchar, meta jsonb);
INSERT INTO haystack_documents SELECT id::text, embedding, content, NULL, NULL, NULL, metadata::jsonb FROM vector_store;

CREATE TABLE items (id bigserial PRIMARY KEY, embedding vector(3), category_id int, content text);
INSERT INTO items (embedding, category_id, content) SELECT embedding, (metadata ->> 'n')::int % 3, content FROM vector_store ORDER BY (metadata ->> 'n')::int;
CREATE INDEX ON items USING hnsw (embedding vector_l2_ops);

CREATE TABLE mem0 (id uuid PRIMARY KEY, vector vector(3), payload jsonb);
INSERT INTO mem0 SELECT id, embedding, metadata::jsonb FROM vector_store;

CREATE TABLE documents_supabase (id bigserial PRIMARY KEY, content text, metadata jsonb, embedding vector(3));
INSERT INTO documents_supabase (content, metadata, embedding) SELECT content, metadata::jsonb, embedding FROM vector_store ORDER BY content;
CREATE FUNCTION match_documents (query_embedding vector(3), match_threshold float, match_count int)
  RETURNS TABLE (id bigint, content text, metadata jsonb, similarity float) LANGUAGE sql STABLE AS $$
  SELECT d.id, d.content, d.metadata, 1 - (d.embedding <=> query_embedding) AS similarity FROM documents_supabase d
  WHERE 1 - (d.embedding <=> query_embedding) > match_threshold ORDER BY d.embedding <=> query_embedding LIMIT match_count
$$;
CREATE FUNCTION match_documents_plpgsql (query_embedding vector(3), match_count int DEFAULT NULL, filter jsonb DEFAULT '{}')
  RETURNS TABLE (id bigint, content text, metadata jsonb, similarity float) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT id, content, metadata, 1 - (documents_supabase.embedding <=> query_embedding) AS similarity
    FROM documents_supabase WHERE metadata @> filter
    ORDER BY documents_supabase.embedding <=> query_embedding LIMIT match_count;
END $$;

CREATE TABLE chunks (id uuid PRIMARY KEY, document_id uuid, owner_id uuid, collection_ids uuid[], vec vector(3), text text, metadata jsonb,
  fts tsvector GENERATED ALWAYS AS (to_tsvector('english', text)) STORED);
INSERT INTO chunks SELECT id, id, id, ARRAY[id], embedding, content, metadata::jsonb FROM vector_store;
ANALYZE;
