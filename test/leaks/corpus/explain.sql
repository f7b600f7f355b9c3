-- answered harmless
EXPLAIN SELECT ssn FROM customers

-- answered harmless
EXPLAIN (VERBOSE, COSTS off) SELECT ssn || '', email FROM customers

-- refused
EXPLAIN ANALYZE SELECT ssn FROM customers WHERE ssn > '6'

-- refused
EXPLAIN (ANALYZE, TIMING off, SUMMARY off, BUFFERS off) SELECT id FROM customers WHERE level > 4

-- refused
EXPLAIN (ANALYZE, VERBOSE, FORMAT json) SELECT id FROM customers WHERE level > 4

-- refused
EXPLAIN SELECT id FROM customers WHERE ssn > '6'

-- refused
EXPLAIN (FORMAT xml) SELECT id FROM customers WHERE pin < 1500000000

-- refused
EXPLAIN SELECT id FROM customers WHERE ssn LIKE '6%'

-- refused
EXPLAIN (ANALYZE true) UPDATE customers SET city = city WHERE ssn > '6'

-- refused
EXPLAIN (ANALYZE 1) SELECT id FROM customers WHERE level > 4

-- refused
EXPLAIN (ANALYZE on, COSTS off) SELECT id FROM customers WHERE level > 4

-- refused
EXPLAIN (ANALYZE, SERIALIZE text) SELECT ssn FROM customers WHERE level > 4

-- refused
EXPLAIN ANALYZE INSERT INTO notes (id, body) SELECT 8400 + {n}, ssn FROM customers WHERE id = 1

-- refused
EXPLAIN ANALYZE CREATE TABLE kept_{n} AS SELECT ssn FROM customers;
TABLE kept_{n}

-- refused
EXPLAIN (ANALYZE, COSTS off) DECLARE c CURSOR FOR SELECT id FROM customers WHERE level > 4

-- refused
EXPLAIN SELECT mail_of(1)

-- refused
EXPLAIN (VERBOSE) SELECT id FROM names WHERE ssn = mail_of(1)

-- refused
EXPLAIN (VERBOSE) SELECT * FROM notes WHERE body = peek()

-- refused
EXPLAIN (VERBOSE, GENERIC_PLAN) SELECT id FROM customers WHERE ssn > $1

-- answered harmless
EXPLAIN (VERBOSE) SELECT mail FROM contacts
