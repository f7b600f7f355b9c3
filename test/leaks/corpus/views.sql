-- answered
SELECT * FROM contacts

-- answered
SELECT mail FROM contacts

-- answered
SELECT mail || '' FROM contacts

-- answered differs
SELECT * FROM contacts_again

-- answered
SELECT doc FROM whole

-- answered
SELECT doc->>'ssn' FROM whole

-- answered
SELECT * FROM both_names

-- answered
SELECT initial FROM initials

-- answered differs
SELECT * FROM counted

-- answered
SELECT c FROM contacts c

-- answered
SELECT (c).mail FROM contacts c

-- answered
SELECT to_json(c) FROM contacts c

-- answered
TABLE contacts

-- answered
SELECT x FROM contacts AS c(id, x, y)

-- answered
SELECT email FROM kept

-- answered
SELECT k, k.email || '' FROM kept k

-- answered differs
SELECT * FROM high

-- answered harmless
SELECT * FROM active

-- refused COLUMN_MASKED
SELECT id FROM contacts WHERE mail > 'h'

-- refused COLUMN_MASKED
SELECT id FROM contacts ORDER BY mail

-- refused COLUMN_MASKED
SELECT id FROM initials WHERE initial < 'h'

-- refused COLUMN_MASKED
SELECT id FROM kept WHERE email LIKE 'q%'

-- refused COLUMN_MASKED
SELECT id FROM kept ORDER BY email

-- refused COLUMN_MASKED
SELECT id, generate_series(1, length(mail)) FROM contacts

-- refused COLUMN_MASKED
INSERT INTO notes (id, body) SELECT 5000 + {n}, mail FROM contacts WHERE id = 1

-- refused COLUMN_MASKED
CREATE TABLE copy_{n} AS SELECT * FROM contacts

-- refused STATEMENT_UNPROVEN
CREATE VIEW peek_{n} AS SELECT ssn FROM customers

-- refused STATEMENT_UNPROVEN
CREATE VIEW peek_{n} AS SELECT ssn FROM customers;
SELECT ssn || '' FROM peek_{n}

-- refused STATEMENT_UNPROVEN
CREATE VIEW peek_{n} AS SELECT upper(mail) AS m FROM contacts;
SELECT m FROM peek_{n}

-- refused STATEMENT_UNPROVEN
CREATE OR REPLACE VIEW active AS SELECT id, ssn::text AS name FROM customers WHERE city = 'Oslo'

-- refused STATEMENT_UNPROVEN
CREATE TEMP VIEW t_{n} AS SELECT pin FROM customers;
SELECT pin + 0 FROM t_{n}

-- refused STATEMENT_UNPROVEN
CREATE RECURSIVE VIEW r_{n} (s) AS SELECT ssn FROM customers;
SELECT * FROM r_{n}

-- refused STATEMENT_UNPROVEN
CREATE MATERIALIZED VIEW m_{n} AS SELECT ssn FROM customers;
SELECT * FROM m_{n}

-- refused STATEMENT_UNPROVEN
CREATE MATERIALIZED VIEW m_{n} AS SELECT ssn || '' AS s FROM customers WITH NO DATA;
REFRESH MATERIALIZED VIEW m_{n};
SELECT * FROM m_{n}

-- refused STATEMENT_UNPROVEN
BEGIN;
ALTER VIEW contacts RENAME COLUMN mail TO name;
SELECT name FROM contacts;
ROLLBACK

-- refused STATEMENT_UNPROVEN
BEGIN;
ALTER VIEW contacts RENAME TO people_{n};
SELECT mail FROM people_{n};
ROLLBACK

-- refused STATEMENT_UNPROVEN
BEGIN;
ALTER VIEW contacts SET SCHEMA crm;
SELECT mail FROM crm.contacts;
ROLLBACK

-- refused STATEMENT_UNPROVEN
BEGIN;
ALTER MATERIALIZED VIEW kept RENAME COLUMN email TO name;
SELECT name FROM kept;
ROLLBACK
