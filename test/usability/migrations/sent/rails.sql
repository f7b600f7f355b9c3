-- @ the connection, the lock and Rails’ own tables
SET client_min_messages TO 'warning';
SET standard_conforming_strings = on;
SET intervalstyle = iso_8601;
SET SESSION timezone TO 'UTC';
SHOW search_path;
SELECT t.oid, t.typname FROM pg_type as t WHERE t.typname IN ('int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'numeric', 'bool', 'timestamp', 'timestamptz');
SELECT pg_try_advisory_lock(4919163287401233060);
CREATE TABLE "schema_migrations" ("version" character varying NOT NULL PRIMARY KEY);
CREATE TABLE "ar_internal_metadata" ("key" character varying NOT NULL PRIMARY KEY, "value" character varying, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL);
SELECT "ar_internal_metadata".* FROM "ar_internal_metadata" WHERE "ar_internal_metadata"."key" = 'environment' ORDER BY "ar_internal_metadata"."key" ASC LIMIT 1;
INSERT INTO "ar_internal_metadata" ("key", "value", "created_at", "updated_at") VALUES ('environment', 'production', '2026-03-01 10:00:00.000000', '2026-03-01 10:00:00.000000') RETURNING "key";
SELECT "schema_migrations"."version" FROM "schema_migrations" ORDER BY "schema_migrations"."version" ASC;

-- @ create_table with references and an index
BEGIN;
CREATE TABLE "users" ("id" bigserial primary key, "name" character varying(40), "email" character varying NOT NULL, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL);
CREATE UNIQUE INDEX "index_users_on_email" ON "users" ("email");
CREATE TABLE "posts" ("id" bigserial primary key, "title" character varying, "body" text, "likes" integer DEFAULT 0 NOT NULL, "seen_at" timestamp(3), "user_id" bigint NOT NULL, CONSTRAINT "fk_rails_5b5ddfd518" FOREIGN KEY ("user_id") REFERENCES "users" ("id"));
CREATE INDEX "index_posts_on_user_id" ON "posts" ("user_id");
INSERT INTO "schema_migrations" ("version") VALUES ('20260301100000') RETURNING "version";
COMMIT;

-- @ create_enum
DO $$ BEGIN IF NOT EXISTS ( SELECT 1 FROM pg_type t JOIN pg_namespace n ON t.typnamespace = n.oid WHERE t.typname = 'rails_state' AND n.nspname = ANY (current_schemas(false)) ) THEN CREATE TYPE "rails_state" AS ENUM ('new', 'done'); END IF; END $$;

-- @ change_column and its like on tables that are there
BEGIN;
ALTER TABLE "users" ALTER COLUMN "name" TYPE character varying(255);
ALTER TABLE "users" ALTER COLUMN "email" TYPE text;
ALTER TABLE "posts" ALTER COLUMN "seen_at" TYPE timestamp(6);
ALTER TABLE "posts" ALTER COLUMN "likes" SET DEFAULT 1;
ALTER TABLE "posts" ALTER COLUMN "likes" DROP NOT NULL;
ALTER TABLE "posts" ADD "state" character varying DEFAULT 'new' NOT NULL;
ALTER TABLE "posts" ADD "editor_id" bigint;
ALTER TABLE "posts" ADD CONSTRAINT "fk_rails_editor" FOREIGN KEY ("editor_id") REFERENCES "users" ("id") NOT VALID;
ALTER TABLE "posts" VALIDATE CONSTRAINT "fk_rails_editor";
ALTER TABLE "posts" ADD CONSTRAINT "chk_rails_likes" CHECK (likes >= 0);
COMMENT ON COLUMN "posts"."state" IS 'where it is';
-- production: table-rewrite, a limit where there was none has to be checked and may cut
ALTER TABLE "posts" ALTER COLUMN "title" TYPE character varying(300);
-- production: table-rewrite, an integer takes four bytes and a bigint eight
ALTER TABLE "posts" ALTER COLUMN "likes" TYPE bigint;
-- production: index-concurrently, add_index without algorithm: :concurrently
CREATE INDEX "index_posts_on_editor_id" ON "posts" ("editor_id");
-- production: no-drop, what is in the column is gone
ALTER TABLE "posts" DROP COLUMN "state";
INSERT INTO "schema_migrations" ("version") VALUES ('20260302100000') RETURNING "version";
COMMIT;

-- @ disable_ddl_transaction!
CREATE INDEX CONCURRENTLY "index_posts_on_title" ON "posts" ("title");
CREATE UNIQUE INDEX CONCURRENTLY "index_posts_on_lower" ON "posts" (lower(title)) WHERE (title IS NOT NULL);
ALTER INDEX "index_posts_on_title" RENAME TO "index_posts_by_title";
DROP INDEX CONCURRENTLY "index_posts_by_title";

-- @ renames
BEGIN;
ALTER TABLE "posts" RENAME COLUMN "body" TO "text";
ALTER TABLE "posts" RENAME TO "articles";
ALTER TABLE "posts_id_seq" RENAME TO "articles_id_seq";
ALTER INDEX "posts_pkey" RENAME TO "articles_pkey";
COMMIT;

-- @ schema load, and fixtures
BEGIN;
-- production: no-extensions, it installs code in the server
CREATE EXTENSION IF NOT EXISTS "plpgsql";
-- production: no-drop, force: :cascade drops what is there
DROP TABLE IF EXISTS "articles" CASCADE;
-- production: no-protection-off, disable_referential_integrity turns off the triggers of foreign keys
ALTER TABLE "articles" DISABLE TRIGGER ALL; ALTER TABLE "users" DISABLE TRIGGER ALL;
COMMIT;

-- @ data, and the lock let go
UPDATE "users" SET "name" = 'x' WHERE "users"."name" IS NULL;
-- production: no-blind-update, update_all on a whole table
UPDATE "users" SET "name" = 'x';
-- production: no-blind-delete, delete_all on a whole table
DELETE FROM "articles";
SELECT pg_advisory_unlock(4919163287401233060);
