-- answered
SELECT home FROM customers

-- answered
SELECT (home).street, (home).zip FROM customers

-- answered
SELECT (customers.home).street FROM customers

-- refused STATEMENT_UNPROVEN
SELECT (home).* FROM customers

-- answered
SELECT (c.home).zip || '' FROM customers c

-- answered
SELECT (c).home FROM customers c

-- answered
SELECT ((c).home).street FROM customers c

-- refused STATEMENT_UNPROVEN
SELECT street(home) FROM customers

-- answered
SELECT home > ROW('M', 'y')::address, home IS NULL FROM customers

-- answered
SELECT to_json(home), row_to_json(home), home::text FROM customers

-- answered
SELECT ROW((home).zip, 1) FROM customers

-- answered
SELECT ARRAY[home], (ARRAY[home])[1].zip FROM customers

-- refused STATEMENT_UNPROVEN
SELECT x.street FROM (SELECT (home).* FROM customers) x

-- refused STATEMENT_UNPROVEN
SELECT h.zip FROM customers c, LATERAL (SELECT (c.home).*) h

-- refused COLUMN_MASKED
SELECT unnest(ARRAY[home]) FROM customers

-- refused COLUMN_MASKED
SELECT id FROM customers WHERE (home).zip LIKE 'Z%'

-- refused COLUMN_MASKED
SELECT id FROM customers ORDER BY (home).zip LIMIT 1

-- answered
SELECT (ROW(ssn, pin)::text) FROM customers

-- answered
SELECT (ROW(1, (home).street)).f2 FROM customers
