/** A database with many ways around: views, functions, triggers, rules, partitions, children, foreign keys. */
export const schema = `
  CREATE TABLE secret (id int PRIMARY KEY, k text); INSERT INTO secret SELECT i, 'k' || i FROM generate_series(1, 5) i;
  CREATE TABLE docs (id int PRIMARY KEY, body text); CREATE TABLE scratch (id int, body text);
  CREATE TABLE people (id int PRIMARY KEY, name text, ssn text); CREATE TABLE other (id int, name text);
  CREATE TABLE frozen (id int PRIMARY KEY, v text); CREATE INDEX frozen_v ON frozen (v);
  CREATE SCHEMA app; CREATE TABLE app.frozen2 (id int);
  CREATE VIEW secret_v AS SELECT * FROM secret; CREATE VIEW secret_vv AS SELECT k AS x FROM secret_v;
  CREATE MATERIALIZED VIEW secret_m AS SELECT k FROM secret; CREATE VIEW app.on_frozen AS SELECT id FROM frozen;
  CREATE VIEW frozen_v2 AS SELECT * FROM frozen; CREATE VIEW people_v AS SELECT id, ssn AS number FROM people;
  CREATE VIEW people_row AS SELECT to_json(p.*) AS j FROM people p; CREATE VIEW docs_v AS SELECT * FROM docs;
  CREATE FUNCTION read_sql() RETURNS SETOF text LANGUAGE sql AS 'SELECT k FROM secret';
  CREATE FUNCTION read_atomic() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC SELECT k FROM secret; END;
  CREATE FUNCTION read_plpgsql(n int) RETURNS text LANGUAGE plpgsql AS
    'DECLARE r text; BEGIN SELECT k INTO r FROM secret WHERE id = n; RETURN r; END';
  CREATE FUNCTION read_nested() RETURNS text LANGUAGE sql AS 'SELECT read_plpgsql(1)';
  CREATE FUNCTION run_it(q text) RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE q; END';
  CREATE FUNCTION wipe() RETURNS void LANGUAGE plpgsql AS 'BEGIN DELETE FROM frozen; END';
  CREATE FUNCTION drops() RETURNS void LANGUAGE plpgsql AS 'BEGIN DROP TABLE IF EXISTS gone; END';
  CREATE FUNCTION all_docs() RETURNS SETOF docs LANGUAGE sql AS 'SELECT * FROM docs';
  CREATE FUNCTION one_doc(n int) RETURNS text LANGUAGE sql AS 'SELECT body FROM docs WHERE id = n LIMIT 1';
  CREATE PROCEDURE wipe_call() LANGUAGE sql AS 'DELETE FROM frozen';
  CREATE VIEW through_function AS SELECT * FROM read_sql();
  CREATE FUNCTION harmless(n int) RETURNS int LANGUAGE sql AS 'SELECT n + 1';
  CREATE TABLE inbox (id int); CREATE FUNCTION on_inbox() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN DELETE FROM frozen WHERE id = NEW.id; RETURN NEW; END';
  CREATE TRIGGER t AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION on_inbox();
  CREATE TABLE ruled (id int); CREATE RULE r AS ON INSERT TO ruled DO ALSO UPDATE frozen SET v = 'x';
  CREATE VIEW instead AS SELECT 1 AS id; CREATE RULE i AS ON INSERT TO instead DO INSTEAD DELETE FROM frozen;
  CREATE TABLE parent (id int PRIMARY KEY);
  CREATE TABLE cascaded (id int REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE);
  CREATE TABLE events (id int, y int) PARTITION BY LIST (y); CREATE TABLE events_24 PARTITION OF events FOR VALUES IN (24);
  CREATE TABLE events_25 PARTITION OF events FOR VALUES IN (25);
  CREATE TABLE base (id int); CREATE TABLE kid (extra int) INHERITS (base);
  CREATE VIEW stats_v AS SELECT most_common_vals::text AS v FROM pg_stats;
  CREATE FUNCTION read_stats() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM pg_statistic';
  CREATE VIEW settings_v AS SELECT * FROM pg_settings;
  CREATE FUNCTION as_postgres() RETURNS text LANGUAGE sql SET role = 'postgres' AS 'SELECT current_user::text';
  CREATE TYPE level AS ENUM ('low'); CREATE INDEX ON frozen (id) WHERE 'low'::level = 'low'::level;
  CREATE DOMAIN narrow AS text; CREATE VIEW narrow_v AS SELECT id, v::narrow AS v FROM frozen;
  CREATE FUNCTION frozen_default() RETURNS text LANGUAGE sql AS 'SELECT now()::text';
  ALTER TABLE frozen ALTER v SET DEFAULT frozen_default();
  CREATE FUNCTION frozen_check(text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 IS NOT NULL';
  ALTER TABLE frozen ADD CHECK (frozen_check(v));
  CREATE TYPE mood AS ENUM ('calm'); CREATE DOMAIN short AS text; CREATE SEQUENCE numbers;
  CREATE FUNCTION naps(float8) RETURNS float8 LANGUAGE sql AS 'SELECT pg_sleep($1); SELECT $1';
  CREATE OPERATOR ### (FUNCTION = naps, RIGHTARG = float8);
  CREATE FUNCTION naps_twice(float8, float8) RETURNS float8 LANGUAGE sql AS 'SELECT naps($2)';
  CREATE AGGREGATE waiting (float8) (SFUNC = naps_twice, STYPE = float8, INITCOND = '0');
  CREATE TYPE nap AS (seconds float8);
  CREATE FUNCTION to_nap(float8) RETURNS nap LANGUAGE sql AS 'SELECT ROW(naps($1))::nap';
  CREATE CAST (float8 AS nap) WITH FUNCTION to_nap(float8);
  CREATE FUNCTION peek(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT EXISTS (SELECT FROM secret WHERE id = $1)';
  CREATE OPERATOR <<<< (FUNCTION = peek, LEFTARG = int, RIGHTARG = int);
  CREATE TYPE wrapped AS (v text);
  CREATE FUNCTION to_wrapped(text) RETURNS wrapped LANGUAGE sql AS 'SELECT ROW(k)::wrapped FROM secret LIMIT 1';
  CREATE CAST (text AS wrapped) WITH FUNCTION to_wrapped(text);
`
