-- @ the connection and the table of versions
SELECT CURRENT_USER;
SHOW search_path;
SELECT COUNT(*) FROM pg_namespace WHERE nspname='public';
SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'flyway_schema_history' AND c.relkind = 'r');
BEGIN;
SELECT pg_try_advisory_xact_lock(77431708279161);
CREATE TABLE "public"."flyway_schema_history" (
    "installed_rank" INT NOT NULL,
    "version" VARCHAR(50),
    "description" VARCHAR(200) NOT NULL,
    "type" VARCHAR(20) NOT NULL,
    "script" VARCHAR(1000) NOT NULL,
    "checksum" INTEGER,
    "installed_by" VARCHAR(100) NOT NULL,
    "installed_on" TIMESTAMP NOT NULL DEFAULT now(),
    "execution_time" INTEGER NOT NULL,
    "success" BOOLEAN NOT NULL
);
ALTER TABLE "public"."flyway_schema_history" ADD CONSTRAINT "flyway_schema_history_pk" PRIMARY KEY ("installed_rank");
CREATE INDEX "flyway_schema_history_s_idx" ON "public"."flyway_schema_history" ("success");
COMMIT;
SELECT pg_try_advisory_lock(77431708279162);
SELECT "installed_rank","version","description","type","script","checksum","installed_on","installed_by","execution_time","success" FROM "public"."flyway_schema_history" WHERE "installed_rank" > -1 ORDER BY "installed_rank";

-- @ V1__create.sql, a script by hand
BEGIN;
CREATE TABLE fw_person (id integer GENERATED ALWAYS AS IDENTITY, first_name varchar(30) NOT NULL, code varbit(8), PRIMARY KEY (id));
CREATE TABLE fw_visit (person integer REFERENCES fw_person, day date NOT NULL, minutes time(0), PRIMARY KEY (person, day)) PARTITION BY RANGE (day);
CREATE TABLE fw_visit_2026 PARTITION OF fw_visit FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX fw_visit_day ON fw_visit_2026 (day);
CREATE VIEW fw_busy AS SELECT person, count(*) AS visits FROM fw_visit GROUP BY person;
INSERT INTO fw_person (first_name) VALUES ('Ada'), ('Bob');
INSERT INTO "public"."flyway_schema_history" ("installed_rank", "version", "description", "type", "script", "checksum", "installed_by", "execution_time", "success") VALUES (1, '1', 'create', 'SQL', 'V1__create.sql', 1085862021, 'me', 20, true);
COMMIT;

-- @ V2__alter.sql
BEGIN;
ALTER TABLE fw_person ALTER COLUMN first_name TYPE varchar(60), ADD COLUMN last_name varchar(60);
ALTER TABLE fw_person ALTER COLUMN code TYPE varbit(16);
ALTER TABLE ONLY fw_person ADD CONSTRAINT fw_named CHECK (first_name <> '') NOT VALID;
CREATE OR REPLACE VIEW fw_busy AS SELECT person, count(*) AS visits FROM fw_visit GROUP BY person HAVING count(*) > 1;
CREATE SEQUENCE fw_ticket START 100;
-- production: table-rewrite, fewer bits
ALTER TABLE fw_person ALTER COLUMN code TYPE varbit(4);
-- production: table-rewrite, one change of two has other values
ALTER TABLE fw_person ALTER COLUMN first_name TYPE varchar(70), ALTER COLUMN last_name TYPE char(60);
-- production: no-lock-table, its lock makes writers wait
LOCK TABLE fw_person IN SHARE ROW EXCLUSIVE MODE;
-- production: no-grants warns and lets it through
GRANT SELECT ON fw_person TO PUBLIC;
-- production: no-role-changes, it changes who may do what
ALTER TABLE fw_person OWNER TO CURRENT_USER;
INSERT INTO "public"."flyway_schema_history" ("installed_rank", "version", "description", "type", "script", "checksum", "installed_by", "execution_time", "success") VALUES (2, '2', 'alter', 'SQL', 'V2__alter.sql', -1085862021, 'me', 20, true);
COMMIT;

-- @ V3__concurrent.sql, executeInTransaction=false
CREATE INDEX CONCURRENTLY fw_person_name ON fw_person (first_name, last_name);
REINDEX INDEX CONCURRENTLY fw_person_name;
VACUUM ANALYZE fw_person;
-- production: no-vacuum-full, it locks and rewrites the table
VACUUM FULL fw_person;

-- @ R__function.sql, a repeatable script
BEGIN;
-- masks: STATEMENT_UNPROVEN, what a function does can't be told before it is called
CREATE OR REPLACE FUNCTION fw_age(born date) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 2026 - extract(year FROM born)::int $$;
COMMIT;

-- @ what Flyway does at the end, and `flyway clean`
SELECT pg_advisory_unlock(77431708279162);
BEGIN;
-- production: no-other-role, it is the role that the session has anyway, which the text does not tell
SET ROLE 'postgres';
-- production: no-drop, all that is in the schema is gone
DROP SCHEMA "public" CASCADE;
-- production: no-drop
DROP VIEW IF EXISTS "public"."fw_busy" CASCADE;
-- production: no-drop
DROP TABLE IF EXISTS "public"."fw_visit" CASCADE;
DROP SEQUENCE IF EXISTS "public"."fw_ticket";
COMMIT;
