-- answered once
PREPARE q_{n} AS SELECT ssn, pin + 0 FROM customers;
EXECUTE q_{n}

-- answered once
PREPARE q_{n}(int) AS SELECT email FROM customers WHERE id = $1;
EXECUTE q_{n}(1);
EXECUTE q_{n}(2)

-- answered once
PREPARE q_{n} AS SELECT c FROM customers c;
EXECUTE q_{n}

-- refused COLUMN_MASKED once
PREPARE q_{n} AS SELECT id FROM customers ORDER BY ssn;
EXECUTE q_{n}

-- refused COLUMN_MASKED once
PREPARE q_{n}(text) AS SELECT id FROM customers WHERE ssn > $1;
EXECUTE q_{n}('6')

-- refused STATEMENT_UNPROVEN once
PREPARE q_{n} AS SELECT id FROM orders WHERE id = $1;
EXECUTE q_{n}((SELECT level FROM customers WHERE id = 1))

-- refused STATEMENT_UNPROVEN once
PREPARE q_{n}(text) AS INSERT INTO notes (id, body) VALUES (8300 + {n}, $1);
EXECUTE q_{n}((SELECT ssn FROM customers WHERE id = 1))

-- refused STATEMENT_UNPROVEN once
PREPARE q_{n}(text) AS SELECT $1;
EXECUTE q_{n}(mail_of(1))

-- refused STATEMENT_UNPROVEN once
PREPARE q_{n} AS SELECT ssn FROM customers;
CREATE TABLE kept_{n} AS EXECUTE q_{n};
TABLE kept_{n}

-- refused STATEMENT_UNPROVEN once
PREPARE q_{n} AS SELECT ssn FROM customers;
CREATE TEMP TABLE kept_{n} AS EXECUTE q_{n};
SELECT * FROM kept_{n}

-- refused STATEMENT_UNPROVEN once
PREPARE q_{n} AS SELECT ssn || '' FROM customers;
EXPLAIN (ANALYZE, VERBOSE) CREATE TABLE kept_{n} AS EXECUTE q_{n};
TABLE kept_{n}

-- answered once
PREPARE q_{n} AS SELECT ssn FROM names;
DEALLOCATE q_{n};
PREPARE q_{n} AS SELECT ssn || '' FROM customers;
EXECUTE q_{n}

-- answered once
BEGIN;
DECLARE c CURSOR FOR SELECT ssn, email || '' FROM customers;
FETCH NEXT FROM c;
FETCH FORWARD 2 FROM c;
MOVE BACKWARD ALL IN c;
FETCH ALL c;
COMMIT

-- answered once
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT c, (c).pin FROM customers c;
FETCH LAST c;
FETCH PRIOR c;
FETCH ABSOLUTE 1 c;
FETCH RELATIVE 1 c;
ROLLBACK

-- answered once
DECLARE c_{n} CURSOR WITH HOLD FOR SELECT ssn, left(email, 7) FROM customers;
FETCH ALL c_{n};
CLOSE c_{n}

-- answered once
BEGIN;
DECLARE c BINARY CURSOR FOR SELECT pin, salary, ssn || '' FROM customers;
FETCH ALL c;
ROLLBACK

-- answered once
BEGIN;
DECLARE "n234567890123456789012345678901234567890123456789012345678901234" CURSOR FOR SELECT ssn || '' FROM customers;
FETCH ALL "n23456789012345678901234567890123456789012345678901234567890123";
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM customers ORDER BY pin;
FETCH ALL c;
ROLLBACK

-- answered once
BEGIN;
DECLARE c CURSOR FOR SELECT email FROM names;
CLOSE c;
DECLARE c CURSOR FOR SELECT ssn || '' FROM customers;
FETCH ALL c;
ROLLBACK

-- answered once
BEGIN;
DECLARE c CURSOR FOR SELECT id, name FROM customers FOR UPDATE;
FETCH 1 c;
UPDATE customers SET city = city WHERE CURRENT OF c RETURNING ssn, email || '';
ROLLBACK

-- refused STATEMENT_UNPROVEN once
SELECT cursor_to_xml('c', 10, true, true, '')

-- refused STATEMENT_UNPROVEN once
BEGIN;
DECLARE c CURSOR FOR SELECT ssn FROM customers;
SELECT cursor_to_xml('c', 10, true, true, '');
ROLLBACK

-- answered once
PREPARE q_{n} AS UPDATE customers SET city = city WHERE id = 1 RETURNING ssn, pin + 0;
EXECUTE q_{n}
