-- answered
SELECT ssn AS name FROM customers

-- answered
SELECT ssn "id" FROM customers

-- answered
SELECT c.ssn, c.email AS ssn, c.ssn AS email FROM customers c

-- answered
SELECT name FROM customers AS c(id, a, b, d, name)

-- answered
SELECT c.b FROM customers AS c(a, z, y, x, b, email)

-- answered
SELECT id, name FROM (SELECT id, pin FROM customers) AS c(id, name)

-- answered
SELECT x.name FROM (SELECT ssn AS name FROM customers) x

-- answered
SELECT public.customers.pin FROM public.customers

-- answered
SELECT "customers"."salary" AS "Total" FROM "public"."customers"

-- answered
SELECT CUSTOMERS.BALANCE FROM Customers

-- answered
SELECT U&"\0073sn" FROM customers

-- answered
SELECT U&"!0073sn" UESCAPE '!' FROM U&"\0063ustomers"

-- answered
SELECT/**/ssn/**/FROM/* -- */customers--

-- answered
SELECT c.* FROM customers AS c

-- answered
TABLE customers

-- answered
SELECT * FROM ONLY customers

-- refused COLUMN_MASKED
SELECT id AS ssn, ssn AS id FROM customers ORDER BY id

-- answered
SELECT n.ssn, c.ssn FROM names n, customers c

-- answered
SELECT * FROM names, customers

-- answered
SELECT names.* FROM customers AS names

-- answered harmless
SELECT ssn, email FROM names

-- answered harmless
SELECT names.ssn FROM names JOIN customers USING (id)

-- answered
SELECT ssn ssn FROM customers customers

-- answered
SELECT token AS "a.b", token AS "*", token AS "?column?" FROM customers

-- answered
SELECT ALL ssn, ctid FROM customers

-- answered
SELECT c.ssn FROM (customers c CROSS JOIN names n)

-- answered
SELECT j.ssn, j.pin FROM (customers c JOIN orders o ON o.customer_id = c.id) AS j

-- answered
SELECT j.b FROM (customers c JOIN orders o ON o.customer_id = c.id) AS j(a, x, y, z, b)
