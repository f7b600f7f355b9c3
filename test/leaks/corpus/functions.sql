-- answered
SELECT mail_of(1)

-- answered
SELECT mail_of(id) FROM orders

-- answered
SELECT mail_body(1) || ''

-- answered
SELECT twice(ssn) FROM customers

-- refused STATEMENT_UNPROVEN
SELECT * FROM all_customers()

-- refused STATEMENT_UNPROVEN
SELECT ssn FROM all_customers() x

-- answered
SELECT (all_customers()).ssn

-- answered
SELECT x FROM mail_of(1) x

-- answered harmless
SELECT twice(name) FROM customers

-- refused STATEMENT_UNPROVEN
SELECT peek()

-- refused STATEMENT_UNPROVEN
SELECT * FROM peek() AS x

-- refused STATEMENT_UNPROVEN
SELECT run('SELECT ssn FROM customers WHERE id = 1')

-- refused STATEMENT_UNPROVEN
SELECT public.run('SELECT max(ssn) FROM customers')

-- refused STATEMENT_UNPROVEN
SELECT "run"('SELECT max(ssn) FROM customers')

-- refused STATEMENT_UNPROVEN
SELECT r FROM run('SELECT email FROM customers WHERE id = 1') r

-- refused STATEMENT_UNPROVEN
SELECT echo(ssn) FROM customers

-- refused STATEMENT_UNPROVEN
SELECT id FROM names WHERE run('SELECT max(ssn) FROM customers') > '5'

-- refused STATEMENT_UNPROVEN
SELECT id FROM customers WHERE echo(ssn) = 'x'

-- refused COLUMN_MASKED
SELECT id FROM names WHERE mail_of(1) > 'h'

-- refused COLUMN_MASKED
SELECT id FROM names ORDER BY mail_of(id)

-- refused COLUMN_MASKED
SELECT generate_series(1, length(mail_of(1)))

-- refused COLUMN_MASKED
INSERT INTO notes (id, body) VALUES (6000 + {n}, mail_of(1))

-- refused COLUMN_MASKED
UPDATE notes SET body = mail_of(1) WHERE id = 2

-- refused STATEMENT_UNPROVEN
INSERT INTO notes (id, body) VALUES (6500 + {n}, peek())

-- refused COLUMN_MASKED
SELECT set_config('leak.x', mail_of(1), false)

-- refused COLUMN_MASKED
SELECT pg_notify('leak', mail_of(1))

-- refused STATEMENT_UNPROVEN
CALL keep_mail()

-- refused STATEMENT_UNPROVEN
CREATE FUNCTION f_{n}() RETURNS text LANGUAGE sql AS 'SELECT ssn::text FROM customers WHERE id = 1';
SELECT f_{n}()

-- refused STATEMENT_UNPROVEN
CREATE FUNCTION f_{n}() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT ssn::text FROM customers WHERE id = 1; END;
SELECT f_{n}()

-- refused STATEMENT_UNPROVEN
CREATE FUNCTION f_{n}() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT ssn FROM customers WHERE id = 1);
END $$;
SELECT f_{n}()

-- refused STATEMENT_UNPROVEN
CREATE FUNCTION pg_temp.f_{n}() RETURNS text LANGUAGE sql AS 'SELECT ssn::text FROM customers WHERE id = 1';
SELECT pg_temp.f_{n}()

-- refused STATEMENT_UNPROVEN
CREATE FUNCTION f_{n}() RETURNS SETOF customers LANGUAGE sql AS 'TABLE customers';
SELECT ssn FROM f_{n}()

-- refused STATEMENT_UNPROVEN
CREATE FUNCTION upper(text, int DEFAULT 0) RETURNS text LANGUAGE sql AS 'SELECT ssn::text FROM customers WHERE id = 1';
SELECT upper(email, 1) FROM names

-- refused STATEMENT_UNPROVEN
CREATE PROCEDURE p_{n}(INOUT x text) LANGUAGE sql AS 'SELECT ssn::text FROM customers WHERE id = 1';
CALL p_{n}('')

-- refused STATEMENT_UNPROVEN
CREATE OR REPLACE FUNCTION twice(text) RETURNS text LANGUAGE sql AS 'SELECT ssn::text FROM customers WHERE id = 1';
SELECT twice('x')

-- refused STATEMENT_UNPROVEN
CREATE AGGREGATE agg_{n}(text) (SFUNC = textcat, STYPE = text, INITCOND = '');
SELECT agg_{n}(ssn ORDER BY id) FROM customers

-- refused STATEMENT_UNPROVEN
CREATE CAST (text AS date) WITH FUNCTION run(text)

-- refused STATEMENT_UNPROVEN
DO $$
BEGIN
  RAISE NOTICE '%', (SELECT ssn FROM customers WHERE id = 1);
END $$

-- refused COLUMN_MASKED
DO $$
BEGIN
  INSERT INTO notes (id, body) SELECT 7000 + {n}, ssn FROM customers WHERE id = 1;
END $$

-- refused STATEMENT_UNPROVEN
DO $$
BEGIN
  EXECUTE 'INSERT INTO notes (id, body) SELECT 7500 + {n}, ssn FROM custo' || 'mers WHERE id = 1';
END $$

-- refused COLUMN_MASKED
DO $$
BEGIN
  PERFORM set_config('leak.x', (SELECT ssn FROM customers WHERE id = 1), false);
END $$

-- refused STATEMENT_UNPROVEN
DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT mail FROM contacts LOOP
    RAISE NOTICE '%', r.mail;
  END LOOP;
END $$

-- refused STATEMENT_UNPROVEN
DO $$
BEGIN
  IF (SELECT ssn FROM customers WHERE id = 1) > '6' THEN
    RAISE EXCEPTION 'yes';
  END IF;
END $$

-- refused COLUMN_MASKED
DO $$
BEGIN
  PERFORM pg_notify('leak', mail_of(1));
END $$

-- refused STATEMENT_UNPROVEN
DO $$
BEGIN
  RAISE NOTICE '%', peek();
END $$

-- refused STATEMENT_UNPROVEN
DO $$
BEGIN
  RAISE NOTICE '%', mail_of(1);
END $$

-- refused STATEMENT_UNPROVEN
DO LANGUAGE plpgsql 'BEGIN EXECUTE $q$ SELECT set_config(''leak.y'', (SELECT ssn FROM customers WHERE id = 1), false) $q$; END'

-- refused STATEMENT_UNPROVEN differs
DO $$ DECLARE x text; BEGIN x/*=' */ := (SELECT ssn FROM customers WHERE id = 1) --'
|| 'b'; RAISE NOTICE '%', x; END $$

-- refused STATEMENT_UNPROVEN differs
DO $$ DECLARE x text; BEGIN x--='
:= (SELECT ssn FROM customers WHERE id = 1) --'
|| 'b'; RAISE NOTICE '%', x; END $$

-- refused STATEMENT_UNPROVEN differs
DO $$ DECLARE a text := E'a'
'x\''; r record := (SELECT c FROM customers c WHERE id = 1); b text := ' '; BEGIN RAISE NOTICE '%', r; END $$

-- refused STATEMENT_UNPROVEN differs
DO $$ DECLARE a text := $😀$ ' $😀$; r record := (SELECT c FROM customers c WHERE id = 1); b text := ' '; BEGIN RAISE NOTICE '%', r; END $$

-- refused STATEMENT_UNPROVEN differs
DO $out$ DECLARE b😀$$ text := 'a'; r record := (SELECT c FROM customers c WHERE id = 1); c😀$$ text; BEGIN RAISE NOTICE '%', r; END $out$

-- answered harmless
DO $$ DECLARE x text; "y z" int; r record := ROW(1); BEGIN x := E'a\'b'
'c\''; "y z" := 2; x := $q$ ä😀 ' $q$; END $$
