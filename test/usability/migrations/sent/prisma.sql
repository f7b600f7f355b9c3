-- @ the lock and the table of migrations
SELECT version(), current_setting('server_version_num')::integer as numeric_version;
SELECT EXISTS(SELECT 1 FROM pg_namespace WHERE nspname = 'public'), version(), current_setting('server_version_num')::integer as numeric_version;
SELECT pg_advisory_lock(72707369);
CREATE TABLE "_prisma_migrations" (
    "id"                    VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum"              VARCHAR(64) NOT NULL,
    "finished_at"           TIMESTAMPTZ,
    "migration_name"        VARCHAR(255) NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        TIMESTAMPTZ,
    "started_at"            TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count"   INTEGER NOT NULL DEFAULT 0
);
SELECT "id", "checksum", "finished_at", "migration_name", "logs", "rolled_back_at", "started_at", "applied_steps_count" FROM "_prisma_migrations" ORDER BY "started_at" ASC;
INSERT INTO "_prisma_migrations" ("id", "checksum", "started_at", "migration_name") VALUES ('6d1c', 'e3b0c44298fc1c14', now(), '20260301_init');

-- @ 20260301_init: the whole file is one text
-- one text
-- CreateEnum
CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');

-- CreateTable
CREATE TABLE "User" (
    "id" SERIAL NOT NULL,
    "email" VARCHAR(100) NOT NULL,
    "name" TEXT,
    "role" "Role" NOT NULL DEFAULT 'USER',
    "age" INTEGER,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Post" (
    "id" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "authorId" INTEGER NOT NULL,

    CONSTRAINT "Post_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- AddForeignKey
ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- @ the migration is noted
UPDATE "_prisma_migrations" SET "applied_steps_count" = "applied_steps_count" + 1, "finished_at" = now() WHERE "id" = '6d1c';

-- @ 20260302_longer
-- one text
-- AlterTable
ALTER TABLE "User" ADD COLUMN     "bio" TEXT,
ALTER COLUMN "email" SET DATA TYPE VARCHAR(254),
ALTER COLUMN "name" DROP NOT NULL;

-- AlterTable
ALTER TABLE "Post" ALTER COLUMN "createdAt" SET DATA TYPE TIMESTAMP(6);

-- @ 20260303_type
-- one text
-- production: table-rewrite, an integer takes four bytes and a bigint eight
-- AlterTable
ALTER TABLE "User" ALTER COLUMN "age" SET DATA TYPE BIGINT;

-- @ 20260304_index
-- one text
-- production: index-concurrently, Prisma’s own text has no CONCURRENTLY: it can be written into the file
-- CreateIndex
CREATE INDEX "Post_authorId_idx" ON "Post"("authorId");

-- @ 20260304_index, with CONCURRENTLY written into it
-- one text
CREATE INDEX CONCURRENTLY "Post_author_idx" ON "Post"("authorId");

-- @ 20260305_enum: a value that goes
-- one text
-- production: table-rewrite, the column gets another type
-- masks: STATEMENT_UNPROVEN, a type by the name of another may be one that does something
-- AlterEnum
BEGIN;
CREATE TYPE "Role_new" AS ENUM ('USER', 'OWNER');
ALTER TABLE "User" ALTER COLUMN "role" DROP DEFAULT;
ALTER TABLE "User" ALTER COLUMN "role" TYPE "Role_new" USING ("role"::text::"Role_new");
ALTER TYPE "Role" RENAME TO "Role_old";
ALTER TYPE "Role_new" RENAME TO "Role";
DROP TYPE "Role_old";
ALTER TABLE "User" ALTER COLUMN "role" SET DEFAULT 'USER';
COMMIT;

-- @ 20260306_enum: a value that is added
-- one text
-- AlterEnum
ALTER TYPE "Role" ADD VALUE 'OWNER';

-- @ 20260307_drop
-- one text
-- production: no-drop, Prisma warns of the same in the file
/*
  Warnings:

  - You are about to drop the column `bio` on the `User` table. All the data in the column will be lost.
*/
-- AlterTable
ALTER TABLE "User" DROP COLUMN "bio";

-- @ 20260308_unmapped
-- one text
-- production: no-drop, what is in the table is gone
-- DropForeignKey
ALTER TABLE "Post" DROP CONSTRAINT "Post_authorId_fkey";

-- DropTable
DROP TABLE "Post";

-- @ the lock is let go
SELECT pg_advisory_unlock(72707369);
