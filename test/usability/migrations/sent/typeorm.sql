-- @ the table of migrations
SELECT version();
SELECT * FROM current_schema();
SELECT * FROM "information_schema"."tables" WHERE "table_schema" = 'public' AND "table_name" = 'migrations';
CREATE TABLE "migrations" ("id" SERIAL NOT NULL, "timestamp" bigint NOT NULL, "name" character varying NOT NULL, CONSTRAINT "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY ("id"));
SELECT * FROM "migrations" "migrations" ORDER BY "id" DESC;
-- production: no-extensions, it installs code in the server: `uuidExtension: "pgcrypto"` or gen_random_uuid() needs none
CREATE EXTENSION IF NOT EXISTS "uuid-ossp";

-- @ First1772359200000
START TRANSACTION;
CREATE TYPE "public"."to_user_role_enum" AS ENUM('admin', 'user');
CREATE TABLE "to_user" ("id" uuid NOT NULL DEFAULT gen_random_uuid(), "name" character varying(50) NOT NULL, "role" "public"."to_user_role_enum" NOT NULL DEFAULT 'user', "createdAt" TIMESTAMP NOT NULL DEFAULT now(), CONSTRAINT "UQ_to_user_name" UNIQUE ("name"), CONSTRAINT "PK_to_user" PRIMARY KEY ("id"));
CREATE TABLE "to_photo" ("id" SERIAL NOT NULL, "views" integer NOT NULL, "userId" uuid, CONSTRAINT "PK_to_photo" PRIMARY KEY ("id"));
CREATE INDEX "IDX_to_photo_views" ON "to_photo" ("views") ;
ALTER TABLE "to_photo" ADD CONSTRAINT "FK_to_photo_user" FOREIGN KEY ("userId") REFERENCES "to_user"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
INSERT INTO "migrations"("timestamp", "name") VALUES (1772359200000, 'First1772359200000');
COMMIT;

-- @ Second1772445600000
START TRANSACTION;
ALTER TABLE "to_user" ADD "email" character varying;
ALTER TABLE "to_user" ADD CONSTRAINT "UQ_to_user_email" UNIQUE ("email");
ALTER TABLE "to_user" ALTER COLUMN "name" TYPE character varying(200);
ALTER TABLE "to_user" RENAME COLUMN "name" TO "fullName";
ALTER TABLE "to_user" RENAME CONSTRAINT "UQ_to_user_name" TO "UQ_to_user_fullName";
ALTER TABLE "to_user" ALTER COLUMN "fullName" TYPE character varying(240);
ALTER TABLE "to_user" ALTER COLUMN "email" SET DEFAULT '';
COMMENT ON COLUMN "to_user"."email" IS 'where to write';
ALTER TABLE "to_photo" DROP CONSTRAINT "FK_to_photo_user";
ALTER TABLE "to_photo" ADD CONSTRAINT "FK_to_photo_user" FOREIGN KEY ("userId") REFERENCES "to_user"("id") ON DELETE SET NULL ON UPDATE NO ACTION;
CREATE VIEW "to_named" AS SELECT "id", "fullName" FROM "to_user";
INSERT INTO "migrations"("timestamp", "name") VALUES (1772445600000, 'Second1772445600000');
COMMIT;

-- @ Third1772532000000, as it is generated
START TRANSACTION;
-- production: no-drop, TypeORM takes another length for another column: what is in it is gone
ALTER TABLE "to_user" DROP COLUMN "email";
ALTER TABLE "to_user" ADD "mail" character varying(120) NOT NULL DEFAULT '';
-- masks: STATEMENT_UNPROVEN, a type by the name of another may be one that does something
ALTER TYPE "public"."to_user_role_enum" RENAME TO "to_user_role_enum_old"; CREATE TYPE "public"."to_user_role_enum" AS ENUM('admin', 'user', 'guest');
ALTER TABLE "to_user" ALTER COLUMN "role" DROP DEFAULT;
-- production: table-rewrite, the column gets another type
ALTER TABLE "to_user" ALTER COLUMN "role" TYPE "public"."to_user_role_enum" USING "role"::"text"::"public"."to_user_role_enum";
-- production: index-concurrently, dropping an index this way waits for readers and writers
DROP INDEX "public"."IDX_to_photo_views";
-- production: index-concurrently, the table was there before
CREATE UNIQUE INDEX "IDX_to_photo_user" ON "to_photo" ("userId") ;
ROLLBACK;

-- @ Fourth1772618400000, transaction = false
CREATE INDEX CONCURRENTLY "IDX_to_photo_user" ON "to_photo" ("userId");

-- @ revert
START TRANSACTION;
-- production: no-drop, a view may be read by others
DROP VIEW "to_named";
-- production: no-drop, what is in the table is gone
DROP TABLE "to_photo";
DELETE FROM "migrations" WHERE "timestamp" = 1772618400000 AND "name" = 'Fourth1772618400000';
COMMIT;
