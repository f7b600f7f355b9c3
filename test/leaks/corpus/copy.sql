-- answered
COPY customers TO STDOUT

-- answered
COPY customers TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *)

-- answered
COPY customers TO STDOUT (FORMAT binary)

-- answered
COPY public.customers (ssn, id, email, pin) TO STDOUT WITH (DELIMITER '|', NULL 'nothing')

-- answered
COPY customers (secret, aliases, home, profile) TO STDOUT (FORMAT csv, DELIMITER E'\t', QUOTE '''', ESCAPE '\')

-- answered
COPY (SELECT * FROM customers) TO STDOUT

-- answered
COPY (TABLE customers) TO STDOUT (FORMAT binary)

-- answered
COPY (SELECT ssn || '', email FROM customers) TO STDOUT

-- answered
COPY (SELECT c FROM customers c) TO STDOUT (FORMAT binary)

-- answered
COPY (UPDATE customers SET city = city WHERE id = 1 RETURNING ssn, upper(email)) TO STDOUT

-- answered
COPY (SELECT mail FROM contacts) TO STDOUT

-- failed 42809 harmless
COPY events TO STDOUT

-- answered
COPY events_2026 TO STDOUT (FORMAT csv)

-- answered
COPY crm.people TO STDOUT

-- failed 42P10 harmless
COPY crm.people (id, digits) TO STDOUT

-- answered newer
COPY kept TO STDOUT

-- refused COLUMN_MASKED
COPY (SELECT id FROM customers ORDER BY ssn LIMIT 1) TO STDOUT

-- refused STATEMENT_UNPROVEN
COPY customers TO STDOUT (ENCODING 'latin1')

-- refused STATEMENT_UNPROVEN harmless
COPY (SELECT ssn FROM customers) TO STDOUT (ENCODING 'UTF16')

-- refused STATEMENT_UNPROVEN harmless
COPY customers TO '/tmp/leak_{n}'

-- refused STATEMENT_UNPROVEN harmless
COPY customers TO PROGRAM 'cat > /tmp/leak_{n}'

-- refused STATEMENT_UNPROVEN harmless
COPY (SELECT ssn FROM customers) TO PROGRAM 'cat > /dev/null'

-- refused STATEMENT_UNPROVEN harmless
COPY notes (id, body) FROM PROGRAM 'echo 1'

-- refused STATEMENT_UNPROVEN harmless
COPY notes FROM '/etc/passwd'

-- refused COLUMN_MASKED harmless
COPY notes (id, body) FROM STDIN WHERE id > (SELECT level * 15 FROM customers WHERE id = 1)

-- refused COLUMN_MASKED harmless
COPY vault (id, label) FROM STDIN WHERE code > 'm'

-- answered harmless once
BEGIN;
COPY vault (id, label) FROM STDIN;
ROLLBACK
