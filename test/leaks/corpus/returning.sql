-- answered
UPDATE customers SET city = city WHERE id = 1 RETURNING ssn

-- answered
UPDATE customers SET city = city WHERE id = 1 RETURNING *

-- answered
UPDATE customers SET city = city WHERE id = 1 RETURNING ssn || '', customers, (customers).email

-- answered
UPDATE customers c SET city = c.city FROM orders o WHERE o.customer_id = c.id RETURNING c.pin, o.id

-- answered newer
UPDATE customers SET city = city WHERE id = 1 RETURNING old.ssn, new.ssn, old, new

-- answered newer
UPDATE customers SET city = city WHERE id = 1 RETURNING old.*, new.pin + 0

-- answered newer
UPDATE customers SET city = city WHERE id = 1 RETURNING WITH (OLD AS o, NEW AS n) o.email, n.email || '', to_json(o)

-- answered newer once
BEGIN;
INSERT INTO customers (id, ssn) VALUES (1, '1') ON CONFLICT (id) DO UPDATE SET city = customers.city RETURNING old.ssn, old.email || '', new.pin;
ROLLBACK

-- failed 23503 newer once
BEGIN;
DELETE FROM customers WHERE id = 3 RETURNING old.ssn, (old).pin;
ROLLBACK

-- answered once
BEGIN;
DELETE FROM orders;
DELETE FROM customers RETURNING ssn, upper(email), customers.*;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
UPDATE customers SET name = ssn WHERE id = 1 RETURNING name;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
UPDATE customers SET (name, city) = (SELECT ssn, email FROM customers WHERE id = 1) WHERE id = 1 RETURNING name, city;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
UPDATE customers SET (name, city) = ROW (ssn, email) WHERE id = 1 RETURNING name, city;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
UPDATE customers SET name = c.ssn FROM customers c WHERE c.id = customers.id RETURNING customers.name;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
UPDATE notes SET names[1] = c.ssn FROM customers c WHERE c.id = notes.id RETURNING names;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
UPDATE notes SET names[c.level] = 'x' FROM customers c WHERE c.id = notes.id RETURNING names;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
UPDATE notes SET doc['x'] = to_jsonb(c.ssn) FROM customers c WHERE c.id = notes.id RETURNING doc;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
UPDATE customers SET email = ssn WHERE id = 1;
SELECT email FROM customers WHERE id = 1;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
UPDATE customers SET ssn = left(ssn, 3) || 'x' WHERE id = 1;
SELECT ssn FROM customers WHERE id = 1;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
UPDATE customers SET ssn = reverse(ssn) WHERE id = 1;
SELECT ssn FROM customers WHERE id = 1;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
UPDATE customers SET ssn = email, email = ssn || '@x.io' WHERE id = 1;
TABLE customers;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
INSERT INTO notes (id, body) SELECT id + 100, ssn FROM customers RETURNING body;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
INSERT INTO notes SELECT 8000, ssn FROM customers RETURNING *;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
INSERT INTO notes (id, body) VALUES (8100, (SELECT ssn FROM customers WHERE id = 1)) RETURNING body;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
INSERT INTO notes (id, n) SELECT 8200, pin FROM customers WHERE id = 1 ON CONFLICT DO NOTHING;
SELECT n FROM notes WHERE id = 8200;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
INSERT INTO notes (id, body) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET body = (SELECT ssn FROM customers WHERE id = 1) RETURNING body;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
INSERT INTO customers (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = customers.ssn RETURNING name;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
INSERT INTO customers (id, ssn, name) VALUES (1, 'x', 'y') ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE customers.ssn > '6' RETURNING name;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
INSERT INTO customers (id, ssn) SELECT 50, email FROM customers WHERE id = 1 RETURNING ssn;
ROLLBACK

-- refused COLUMN_MASKED once newer
BEGIN;
MERGE INTO notes n USING customers c ON n.id = c.id WHEN MATCHED THEN UPDATE SET body = c.ssn RETURNING n.body;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
MERGE INTO notes n USING customers c ON n.id = c.id WHEN MATCHED THEN UPDATE SET body = c.ssn;
TABLE notes;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
MERGE INTO notes n USING customers c ON n.n = c.level WHEN MATCHED THEN UPDATE SET body = 'hit' WHEN NOT MATCHED THEN INSERT (id, body) VALUES (c.id + 100, 'miss');
TABLE notes;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
MERGE INTO notes n USING customers c ON n.id = c.id WHEN MATCHED AND c.ssn > '6' THEN UPDATE SET body = 'hit' WHEN NOT MATCHED THEN DO NOTHING;
TABLE notes;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
MERGE INTO notes n USING (SELECT id, ssn AS s FROM customers) c ON n.id = c.id WHEN NOT MATCHED THEN INSERT (id, body) VALUES (c.id + 100, c.s);
TABLE notes;
ROLLBACK

-- answered newer once
BEGIN;
MERGE INTO customers c USING orders o ON o.customer_id = c.id AND o.id < 2 WHEN MATCHED THEN UPDATE SET city = 'x' RETURNING merge_action(), c.ssn, c.pin + 0, c.*;
ROLLBACK

-- refused COLUMN_MASKED once
BEGIN;
MERGE INTO customers c USING orders o ON o.customer_id = c.id AND o.id < 2 WHEN MATCHED THEN UPDATE SET name = c.ssn;
SELECT name FROM customers;
ROLLBACK

-- refused STATEMENT_UNPROVEN once
DELETE FROM ruled
