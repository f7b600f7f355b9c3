-- answered
SELECT mail_of(1)

-- answered
SELECT mail_of(id) FROM orders

-- answered
SELECT mail_body(1) || ''

-- answered
SELECT twice(ssn) FROM customers

-- answered
SELECT * FROM all_customers()

-- answered
SELECT ssn FROM all_customers() x

-- answered
SELECT (all_customers()).ssn

-- answered
SELECT x FROM mail_of(1) x

-- answered harmless
SELECT twice(name) FROM customers

-- refused
SELECT peek()

-- refused
SELECT * FROM peek() AS x

-- refused
SELECT run('SELECT ssn FROM customers WHERE id = 1')

-- refused
SELECT public.run('SELECT max(ssn) FROM customers')

-- refused
SELECT "run"('SELECT max(ssn) FROM customers')

-- refused
SELECT r FROM run('SELECT email FROM customers WHERE id = 1') r

-- refused
SELECT echo(ssn) FROM customers

-- refused
SELECT id FROM names WHERE run('SELECT max(ssn) FROM customers') > '5'

-- refused
SELECT id FROM customers WHERE echo(ssn) = 'x'

-- refused
SELECT id FROM names WHERE mail_of(1) > 'h'

-- refused
SELECT id FROM names ORDER BY mail_of(id)

-- refused
SELECT generate_series(1, length(mail_of(1)))

-- refused
INSERT INTO notes (id, body) VALUES (6000 + {n}, mail_of(1))

-- refused
UPDATE notes SET body = mail_of(1) WHERE id = 2

-- refused
INSERT INTO notes (id, body) VALUES (6500 + {n}, peek())

-- refused
SELECT set_config('leak.x', mail_of(1), false)

-- refused
SELECT pg_notify('leak', mail_of(1))

-- refused
CALL keep_mail()

-- refused
CREATE FUNCTION f_{n}() RETURNS text LANGUAGE sql AS 'SELECT ssn::text FROM customers WHERE id = 1';
SELECT f_{n}()

-- refused
CREATE FUNCTION f_{n}() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT ssn::text FROM customers WHERE id = 1; END;
SELECT f_{n}()

-- refused
CREATE FUNCTION f_{n}() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT ssn FROM customers WHERE id = 1);
END $$;
SELECT f_{n}()

-- refused
CREATE FUNCTION pg_temp.f_{n}() RETURNS text LANGUAGE sql AS 'SELECT ssn::text FROM customers WHERE id = 1';
SELECT pg_temp.f_{n}()

-- refused
CREATE FUNCTION f_{n}() RETURNS SETOF customers LANGUAGE sql AS 'TABLE customers';
SELECT ssn FROM f_{n}()

-- refused
CREATE FUNCTION upper(text, int DEFAULT 0) RETURNS text LANGUAGE sql AS 'SELECT ssn::text FROM customers WHERE id = 1';
SELECT upper(email, 1) FROM names

-- refused
CREATE PROCEDURE p_{n}(INOUT x text) LANGUAGE sql AS 'SELECT ssn::text FROM customers WHERE id = 1';
CALL p_{n}('')

-- refused
CREATE OR REPLACE FUNCTION twice(text) RETURNS text LANGUAGE sql AS 'SELECT ssn::text FROM customers WHERE id = 1';
SELECT twice('x')

-- refused
CREATE AGGREGATE agg_{n}(text) (SFUNC = textcat, STYPE = text, INITCOND = '');
SELECT agg_{n}(ssn ORDER BY id) FROM customers

-- refused
CREATE CAST (text AS date) WITH FUNCTION run(text)

-- refused
DO $$
BEGIN
  RAISE NOTICE '%', (SELECT ssn FROM customers WHERE id = 1);
END $$

-- refused
DO $$
BEGIN
  INSERT INTO notes (id, body) SELECT 7000 + {n}, ssn FROM customers WHERE id = 1;
END $$

-- refused
DO $$
BEGIN
  EXECUTE 'INSERT INTO notes (id, body) SELECT 7500 + {n}, ssn FROM custo' || 'mers WHERE id = 1';
END $$

-- refused
DO $$
BEGIN
  PERFORM set_config('leak.x', (SELECT ssn FROM customers WHERE id = 1), false);
END $$

-- refused
DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT mail FROM contacts LOOP
    RAISE NOTICE '%', r.mail;
  END LOOP;
END $$

-- refused
DO $$
BEGIN
  IF (SELECT ssn FROM customers WHERE id = 1) > '6' THEN
    RAISE EXCEPTION 'yes';
  END IF;
END $$

-- refused
DO $$
BEGIN
  PERFORM pg_notify('leak', mail_of(1));
END $$

-- refused
DO $$
BEGIN
  RAISE NOTICE '%', peek();
END $$

-- refused
DO $$
BEGIN
  RAISE NOTICE '%', mail_of(1);
END $$

-- refused
DO LANGUAGE plpgsql 'BEGIN EXECUTE $q$ SELECT set_config(''leak.y'', (SELECT ssn FROM customers WHERE id = 1), false) $q$; END'
