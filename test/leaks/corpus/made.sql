-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT ssn FROM customers WHERE id = 1); END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS text LANGUAGE sql AS 'SELECT ssn FROM customers WHERE id = 1';
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS text BEGIN ATOMIC SELECT ssn FROM customers WHERE id = 1; END;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS SETOF customers LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM public.customers';
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT mail FROM contacts WHERE id = 1); END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN mail_of(1); END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN peek(); END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN run('SELECT ssn FROM customers LIMIT 1'); END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}(q text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE r text; BEGIN EXECUTE q INTO r; RETURN r; END $$;
SELECT leak_{n}('SELECT ssn FROM customers');
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}(q text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE q; END $$;
SELECT leak_{n}('SELECT ssn::text FROM customers');
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}(q text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN FOR r IN EXECUTE q LOOP RETURN r; END LOOP; END $$;
SELECT leak_{n}('SELECT ssn FROM customers');
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS text LANGUAGE plpgsql AS $$ DECLARE c CURSOR FOR SELECT ssn FROM customers; BEGIN FOR r IN c LOOP RETURN r; END LOOP; END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS text LANGUAGE plpgsql AS $$ DECLARE r record := (SELECT c FROM customers c WHERE id = 1); BEGIN RETURN r; END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE USING MESSAGE = (SELECT ssn FROM customers WHERE id = 1); RETURN 1; END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS int LANGUAGE plpgsql AS $$ BEGIN FOR i IN (SELECT pin FROM customers WHERE id = 1)..2147483647 LOOP RETURN i; END LOOP; END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS int LANGUAGE plpgsql AS $$ DECLARE a int[]; BEGIN a[(SELECT pin FROM customers WHERE id = 1)] := 1; RETURN array_lower(a, 1); END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS int LANGUAGE plpgsql AS $$ BEGIN CALL keep_mail(); RETURN 1; END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION leak_{n}(t text DEFAULT mail_of(1)) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN t; END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN query_to_xml('SELECT ssn FROM customers', true, true, ''); END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT most_common_vals FROM pg_stats LIMIT 1); END $$;
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION leak_{n}() RETURNS text LANGUAGE internal AS 'pg_read_file';
SELECT leak_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION keep_{n}(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO notes VALUES (901, t); RETURN t; END $$;
SELECT keep_{n}(ssn) FROM customers WHERE id = 1;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION keep_{n}(t text) RETURNS text LANGUAGE sql AS 'INSERT INTO notes VALUES (901, $1) RETURNING body';
SELECT keep_{n}(ssn) FROM customers WHERE id = 1;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION keep_{n}(p int) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN setval('counter', p); END $$;
SELECT keep_{n}(pin) FROM customers WHERE id = 1;
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION keep_{n}(p int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_lock(p); RETURN p; END $$;
SELECT keep_{n}(pin) FROM customers WHERE id = 1;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION lower(t varchar) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', t; RETURN t; END $$;
SELECT lower(ssn) FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE OR REPLACE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO notes VALUES (902, OLD.code); RETURN NEW; END $$;
UPDATE vault SET label = 'x' WHERE id = 1;
SELECT body FROM notes WHERE id = 902;
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE OR REPLACE FUNCTION crm.tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE OR REPLACE FUNCTION mail_of(int) RETURNS text LANGUAGE sql STABLE AS 'SELECT body FROM notes WHERE id = $1';
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION shout_{n}(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'it is %', t; RETURN t; END $$;
SELECT shout_{n}(name) FROM notes n JOIN (VALUES ('x')) v (name) ON true;
SELECT shout_{n}(ssn) FROM customers;
ROLLBACK

-- answered once
BEGIN;
CREATE FUNCTION shout_{n}(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN t || '!'; END $$;
SELECT shout_{n}(body) FROM notes WHERE id < 3;
SELECT ssn FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION part_{n}(c customers) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN c.ssn; END $$;
SELECT c.part_{n} FROM customers c;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION part_{n}(c customers) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN c.ssn; END $$;
SELECT (c).part_{n} FROM (SELECT c FROM customers c) q;
ROLLBACK

-- refused COLUMN_MASKED once harmless
BEGIN;
CREATE FUNCTION big_{n}(t text) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT $1 > '5' $$;
SELECT big_{n}(ssn) FROM customers;
SELECT id FROM customers WHERE big_{n}(ssn);
ROLLBACK

-- refused COLUMN_MASKED once harmless
BEGIN;
CREATE FUNCTION upto_{n}(int) RETURNS SETOF int LANGUAGE sql AS 'SELECT generate_series(1, $1)';
SELECT id, upto_{n}(pin) FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION same_{n}(text, text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', $1; RETURN $1 = $2; END $$;
CREATE OPERATOR @#@ (LEFTARG = text, RIGHTARG = text, FUNCTION = same_{n});
SELECT ssn::text @#@ 'x' FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
BEGIN;
CREATE FUNCTION add_{n}(text, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', $2; RETURN $2; END $$;
CREATE AGGREGATE all_{n} (text) (SFUNC = add_{n}, STYPE = text);
SELECT all_{n}(body) FROM notes;
SELECT all_{n}(ssn) FROM customers;
ROLLBACK

-- refused COLUMN_MASKED once harmless
BEGIN;
CREATE OPERATOR @#@ (LEFTARG = text, RIGHTARG = text, FUNCTION = text_gt);
SELECT id FROM customers WHERE ssn::text @#@ '6';
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE OPERATOR crm.= (LEFTARG = text, RIGHTARG = text, FUNCTION = text_gt);
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE OPERATOR === (LEFTARG = varchar, RIGHTARG = text, FUNCTION = text_gt);
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE AGGREGATE kept_{n} (text, bool) (SFUNC = set_config, STYPE = text, INITCOND = 'my.ssn');
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE AGGREGATE count (text) (SFUNC = textcat, STYPE = text);
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION kept_{n}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO notes VALUES (903, OLD.code); RETURN NEW; END $$;
CREATE TRIGGER kept_{n} AFTER UPDATE ON vault FOR EACH ROW EXECUTE FUNCTION kept_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION guess_{n}() RETURNS text LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..9 LOOP BEGIN INSERT INTO keys VALUES (i, i::text); SET CONSTRAINTS ALL IMMEDIATE; RETURN i; EXCEPTION WHEN foreign_key_violation THEN NULL; END; END LOOP; END $$;
SELECT guess_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION guess_{n}() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO keys VALUES (1, 'x'); RETURN 1; END $$;
SELECT guess_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN harmless
DO $$ BEGIN FOR i IN 1..9 LOOP BEGIN SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO keys VALUES (i, i::text); RAISE NOTICE 'it is %', i; EXCEPTION WHEN foreign_key_violation THEN NULL; END; END LOOP; END $$

-- refused STATEMENT_UNPROVEN harmless
DO $$ BEGIN DELETE FROM orders; EXCEPTION WHEN others THEN RAISE NOTICE '%', SQLERRM; END $$

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION late_{n}() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT max(code) FROM stash_{n}); END $$;
CREATE VIEW stash_{n} AS SELECT code FROM vault;
SELECT late_{n}();
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION late_{n}() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT max(code) FROM stash_{n}); END $$;
ALTER TABLE vault RENAME TO stash_{n};
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION twice_{n}() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'x'; END $$;
PREPARE twice_{n} AS SELECT twice_{n}();
CREATE OR REPLACE FUNCTION twice_{n}() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT max(ssn) FROM customers); END $$;
EXECUTE twice_{n};
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION checks_{n}(t text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', t; RETURN true; END $$;
CREATE DOMAIN checked_{n} AS text CHECK (checks_{n}(VALUE));
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION shown_{n}(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN t; END $$;
CREATE VIEW shown_{n} AS SELECT shown_{n}(ssn) FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE CAST (text AS point) WITH FUNCTION run(text);
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION next_{n}() RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT random()::text';
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
ALTER FUNCTION placed_by(text) IMMUTABLE;
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION export_{n}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO notes SELECT 904, code FROM exported; RETURN NEW; END $$;
ROLLBACK

-- refused STATEMENT_UNPROVEN once harmless
BEGIN;
CREATE FUNCTION seen_{n}(t text) RETURNS bool LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE '%', t; RETURN true; END $$;
SELECT id FROM high WHERE seen_{n}(name);
ROLLBACK
