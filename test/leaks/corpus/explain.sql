-- answered harmless
EXPLAIN SELECT ssn FROM customers

-- answered harmless
EXPLAIN (VERBOSE, COSTS off) SELECT ssn || '', email FROM customers

-- refused STATEMENT_UNPROVEN
EXPLAIN ANALYZE SELECT ssn FROM customers WHERE ssn > '6'

-- refused STATEMENT_UNPROVEN
EXPLAIN (ANALYZE, TIMING off, SUMMARY off, BUFFERS off) SELECT id FROM customers WHERE level > 4

-- refused STATEMENT_UNPROVEN
EXPLAIN (ANALYZE, VERBOSE, FORMAT json) SELECT id FROM customers WHERE level > 4

-- refused COLUMN_MASKED
EXPLAIN SELECT id FROM customers WHERE ssn > '6'

-- refused COLUMN_MASKED
EXPLAIN (FORMAT xml) SELECT id FROM customers WHERE pin < 1500000000

-- refused COLUMN_MASKED
EXPLAIN SELECT id FROM customers WHERE ssn LIKE '6%'

-- refused STATEMENT_UNPROVEN
EXPLAIN (ANALYZE true) UPDATE customers SET city = city WHERE ssn > '6'

-- refused STATEMENT_UNPROVEN
EXPLAIN (ANALYZE 1) SELECT id FROM customers WHERE level > 4

-- refused STATEMENT_UNPROVEN
EXPLAIN (ANALYZE on, COSTS off) SELECT id FROM customers WHERE level > 4

-- refused STATEMENT_UNPROVEN
EXPLAIN (ANALYZE, SERIALIZE text) SELECT ssn FROM customers WHERE level > 4

-- refused STATEMENT_UNPROVEN
EXPLAIN ANALYZE INSERT INTO notes (id, body) SELECT 8400 + {n}, ssn FROM customers WHERE id = 1

-- refused STATEMENT_UNPROVEN
EXPLAIN ANALYZE CREATE TABLE kept_{n} AS SELECT ssn FROM customers;
TABLE kept_{n}

-- refused STATEMENT_UNPROVEN
EXPLAIN (ANALYZE, COSTS off) DECLARE c CURSOR FOR SELECT id FROM customers WHERE level > 4

-- answered
EXPLAIN SELECT mail_of(1)

-- refused COLUMN_MASKED
EXPLAIN (VERBOSE) SELECT id FROM names WHERE ssn = mail_of(1)

-- refused STATEMENT_UNPROVEN
EXPLAIN (VERBOSE) SELECT * FROM notes WHERE body = peek()

-- refused COLUMN_MASKED
EXPLAIN (VERBOSE, GENERIC_PLAN) SELECT id FROM customers WHERE ssn > $1

-- answered differs
EXPLAIN (VERBOSE) SELECT mail FROM contacts

-- refused STATEMENT_UNPROVEN
EXPLAIN (VERBOSE) SELECT frozen()

-- refused STATEMENT_UNPROVEN
EXPLAIN (VERBOSE) SELECT id FROM notes WHERE body <> frozen()
