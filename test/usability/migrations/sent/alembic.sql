-- @ the table of versions, and the first two revisions in one transaction
BEGIN;
select pg_catalog.version();
select current_schema();
show standard_conforming_strings;
SELECT pg_catalog.pg_class.relname FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace WHERE pg_catalog.pg_class.relname = 'alembic_version' AND pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f', 'v', 'm']) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog';
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TYPE al_status AS ENUM ('draft', 'sent');
CREATE TABLE al_account (
	id SERIAL NOT NULL, 
	name VARCHAR(50) NOT NULL, 
	email VARCHAR(120), 
	status al_status DEFAULT 'draft' NOT NULL, 
	created TIMESTAMP WITHOUT TIME ZONE DEFAULT now(), 
	PRIMARY KEY (id)
);
CREATE UNIQUE INDEX ix_al_account_email ON al_account (email);
INSERT INTO alembic_version (version_num) VALUES ('1975ea83b712') RETURNING alembic_version.version_num;
CREATE TABLE al_invoice (
	id SERIAL NOT NULL, 
	account_id INTEGER NOT NULL, 
	total NUMERIC(10, 2), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_al_invoice_account FOREIGN KEY(account_id) REFERENCES al_account (id) ON DELETE CASCADE
);
ALTER TABLE al_account ADD COLUMN note TEXT;
UPDATE alembic_version SET version_num='ae1027a6acf4' WHERE alembic_version.version_num = '1975ea83b712';
COMMIT;

-- @ op.alter_column and its like on tables that are there
BEGIN;
SELECT alembic_version.version_num FROM alembic_version;
ALTER TABLE al_account ALTER COLUMN name TYPE VARCHAR(100);
ALTER TABLE al_account ALTER COLUMN email TYPE TEXT USING email::text;
ALTER TABLE al_account ALTER COLUMN note SET DEFAULT '';
ALTER TABLE al_account ADD COLUMN kind VARCHAR(10) DEFAULT 'x' NOT NULL;
ALTER TABLE al_account ADD CONSTRAINT ck_al_account_kind CHECK (kind <> '');
ALTER TABLE al_invoice ALTER COLUMN total TYPE NUMERIC(14, 2);
COMMENT ON TABLE al_invoice IS 'what is owed';
-- production: table-rewrite, two more digits behind the point are other values
ALTER TABLE al_invoice ALTER COLUMN total TYPE NUMERIC(14, 4);
-- production: table-rewrite, the times are computed anew
ALTER TABLE al_account ALTER COLUMN created TYPE TIMESTAMP WITH TIME ZONE USING created AT TIME ZONE 'UTC';
-- production: index-concurrently, the table was there before
CREATE INDEX ix_al_invoice_account ON al_invoice (account_id);
UPDATE alembic_version SET version_num='27c6a30d7c24' WHERE alembic_version.version_num = 'ae1027a6acf4';
COMMIT;

-- @ with op.get_context().autocommit_block()
CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_al_invoice_account ON al_invoice (account_id);
ALTER TYPE al_status ADD VALUE IF NOT EXISTS 'paid';

-- @ data, by op.bulk_insert and op.execute
BEGIN;
INSERT INTO al_account (name, email) VALUES ('one', 'a@b.example'), ('two', NULL);
UPDATE al_account SET note = 'x' FROM al_invoice WHERE al_invoice.account_id = al_account.id;
-- production: no-blind-update, every row is written
UPDATE al_account SET note = coalesce(note, '');
-- production: no-truncate, every row goes
TRUNCATE al_invoice;
COMMIT;

-- @ downgrade
BEGIN;
-- production: index-concurrently, op.drop_index without postgresql_concurrently
DROP INDEX ix_al_invoice_account;
ALTER TABLE al_account DROP CONSTRAINT ck_al_account_kind;
-- production: no-drop, what is in the column is gone
ALTER TABLE al_account DROP COLUMN kind;
-- production: no-drop, what is in the table is gone
DROP TABLE al_invoice;
DELETE FROM alembic_version WHERE alembic_version.version_num = '27c6a30d7c24';
COMMIT;
