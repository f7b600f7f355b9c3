-- @ the table of migrations
CREATE SCHEMA IF NOT EXISTS "drizzle";
CREATE TABLE IF NOT EXISTS "drizzle"."__drizzle_migrations" (
				id SERIAL PRIMARY KEY,
				hash text NOT NULL,
				created_at bigint
			);
select id, hash, created_at from "drizzle"."__drizzle_migrations" order by created_at desc limit 1;

-- @ 0000_first, all files in one transaction
begin;
CREATE TYPE "public"."dz_role" AS ENUM('admin', 'user');
CREATE TABLE IF NOT EXISTS "dz_users" (
	"id" serial PRIMARY KEY NOT NULL,
	"name" varchar(50) NOT NULL,
	"role" "dz_role" DEFAULT 'user' NOT NULL,
	"balance" numeric(10, 2) DEFAULT '0' NOT NULL,
	CONSTRAINT "dz_users_name_unique" UNIQUE("name")
);
CREATE TABLE "dz_posts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"author" integer NOT NULL,
	"at" timestamp (3) DEFAULT now() NOT NULL
);
ALTER TABLE "dz_posts" ADD CONSTRAINT "dz_posts_author_dz_users_id_fk" FOREIGN KEY ("author") REFERENCES "public"."dz_users"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "dz_posts_author_idx" ON "dz_posts" USING btree ("author");
insert into "drizzle"."__drizzle_migrations" ("hash", "created_at") values('5f2b', 1772359200000);
commit;

-- @ blocks of older versions
begin;
DO $$ BEGIN
 CREATE TYPE "public"."dz_mood" AS ENUM('sad', 'ok');
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
DO $$ BEGIN
 ALTER TABLE "dz_posts" ADD CONSTRAINT "dz_posts_author_check" CHECK ("author" > 0);
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
-- production: table-rewrite, what stands in a block isn’t followed from one statement to the next
DO $$ BEGIN
 ALTER TABLE "dz_users" ALTER COLUMN "name" SET DATA TYPE varchar(60);
END $$;
commit;

-- @ 0001_second
begin;
ALTER TABLE "dz_users" ALTER COLUMN "name" SET DATA TYPE varchar(100);
ALTER TABLE "dz_users" ALTER COLUMN "balance" SET DATA TYPE numeric(14, 2);
ALTER TABLE "dz_posts" ALTER COLUMN "at" SET DATA TYPE timestamp (6);
ALTER TABLE "dz_posts" ALTER COLUMN "at" DROP NOT NULL;
ALTER TABLE "dz_users" ADD COLUMN "email" text;
ALTER TABLE "dz_users" ADD CONSTRAINT "dz_users_email_unique" UNIQUE("email");
ALTER TYPE "public"."dz_role" ADD VALUE 'guest' BEFORE 'user';
ALTER TABLE "dz_posts" RENAME COLUMN "at" TO "posted_at";
-- production: table-rewrite, the times are computed anew
ALTER TABLE "dz_posts" ALTER COLUMN "posted_at" SET DATA TYPE timestamp with time zone;
-- production: index-concurrently, the table was there before
CREATE INDEX IF NOT EXISTS "dz_users_email_idx" ON "dz_users" USING btree ("email");
-- production: index-concurrently, dropping an index this way waits for readers and writers
DROP INDEX "dz_posts_author_idx";
-- production: no-drop, what is in the column is gone
ALTER TABLE "dz_users" DROP COLUMN "email";
-- production: no-drop, what is in the table is gone
DROP TABLE "dz_posts" CASCADE;
insert into "drizzle"."__drizzle_migrations" ("hash", "created_at") values('9c1d', 1772445600000);
commit;

-- @ outside of the migrator, by hand
CREATE INDEX CONCURRENTLY "dz_users_email_idx" ON "dz_users" USING btree ("email");
-- production: no-protection-off, it turns off row security
ALTER TABLE "dz_users" DISABLE ROW LEVEL SECURITY;
